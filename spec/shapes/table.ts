import { readFileSync } from 'node:fs';

/** A row of the table of shapes in docs/apis/README.md. */
export interface Row {
  readonly shape: string;
  /** TypeScript: a strategy. */
  readonly strategy: string;
  /** TypeScript: options beside it, `check` and `decode`. */
  readonly others: string;
  /** The flags as a shell reads them; undefined where the table says why there are none. */
  readonly flags: string | undefined;
  readonly why: string;
}

const code = /(`+) ?(.+?) ?\1/g;

export function readRows(): readonly Row[] {
  const text = readFileSync('docs/apis/README.md', 'utf8');
  const section = text.slice(text.indexOf('\n## Shapes\n'), text.indexOf('\n## To add one\n'));
  const lines = section.split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(1).map((line) => {
    const cells = line.slice(2, -2).split(/ (?<!\\)\| /).map((cell) => cell.replaceAll('\\|', '|')); // prettier-ignore
    const [shape = '', , options = '', flags = ''] = cells;
    if (cells.length !== 4) throw new Error(`${cells.length} cells in ${line}`);
    const [strategy = '', ...others] = [...options.matchAll(code)].map(([, , inside = '']) => inside);
    const [, , inFlags] = /^(`+) ?(.+?) ?\1$/.exec(flags) ?? [];
    return { shape, strategy, others: others.join(', '), flags: inFlags, why: flags };
  });
}

/** The words of a command line, with single quotes as a shell reads them. */
export const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/'([^']*)'|[^\s']+/g)].map(([word, quoted]) => quoted ?? word);
