import { styleText } from 'node:util';

export const colourWhen = ['auto', 'always', 'never'] as const;
type When = (typeof colourWhen)[number];

let chosen: When = 'auto';

/** Reads --color before the flags are parsed, since an error of parsing follows it too. */
export function chooseColour(argv: readonly string[]): void {
  const given = argv.flatMap((arg, at) =>
    arg === '--color' ? [argv[at + 1]] : arg.startsWith('--color=') ? [arg.slice(8)] : [],
  );
  chosen = colourWhen.find((when) => when === given.at(-1)) ?? 'auto';
}

/** What the environment says of a stream, in the order in which Node reads it. Nothing else is coloured: stdout is data. */
export function isColoured(
  { isTTY }: { readonly isTTY?: boolean },
  { FORCE_COLOR, NO_COLOR = '', NODE_DISABLE_COLORS = '', TERM }: NodeJS.ProcessEnv = process.env,
  when: When = chosen,
): boolean {
  if (when !== 'auto') return when === 'always';
  if (FORCE_COLOR !== undefined) return !/^(0|false)$/i.test(FORCE_COLOR);
  return isTTY === true && NO_COLOR === '' && NODE_DISABLE_COLORS === '' && TERM !== 'dumb';
}

const styles = {
  problem: ['bold', 'red'],
  number: ['bold'],
  label: ['yellow'],
  typed: ['cyan'],
  good: ['green'],
  bad: ['red'],
  waiting: ['yellow'],
  aside: ['dim'],
} satisfies Record<string, Parameters<typeof styleText>[0]>;

/** Text in one of the styles of this command. */
export type Paint = (style: keyof typeof styles, text: string) => string;

/** The environment has been read: what styleText finds on its own differs between runtimes. */
export const painted: Paint = (style, text) => styleText(styles[style], text, { validateStream: false });
export const unpainted: Paint = (_style, text) => text;

/** A line of a message in colour: who speaks, numbers, and what can be typed. It has no control characters before. */
export function inColour(line: string, paint: Paint = painted): string {
  const words = /^The API says: /.exec(line);
  if (words) return paint('label', words[0].trim()) + line.slice(words[0].length - 1);
  const [, speaker = '', rest = line] = /^(pagewise:)(.*)$/s.exec(line) ?? [];
  if (speaker !== '') return paint('problem', speaker) + flagsIn(rest, paint);
  const [, sent, what = ''] = /^(> )(.*)$/s.exec(line) ?? [];
  if (sent !== undefined) return paint('aside', sent) + what;
  const [, answered, status = '', after = ''] = /^(< .*?: )(\d{3})( after .*)$/s.exec(line) ?? [];
  if (answered !== undefined) return paint('aside', answered) + paint(/^[23]/.test(status) ? 'good' : 'bad', status) + paint('aside', after); // prettier-ignore
  if (/^ {2}waits /.test(line)) return paint('waiting', line);
  const [, token, value = ''] = /^( {2}--resume-from)( .*)$/s.exec(line) ?? [];
  if (token !== undefined) return paint('typed', token) + value;
  return /^(Written before the failure: )?\d[\d,]* pages?, /.test(line)
    ? line.replace(/\d[\d,.]*/g, (number) => paint('number', number))
    : flagsIn(line, paint);
}

/** Flags within a sentence: after the API's own words nothing is a flag. */
function flagsIn(text: string, paint: Paint): string {
  const [, own = text, foreign = ''] = /^(.*?)(; the API says: .*)$/s.exec(text) ?? [];
  return own.replace(/(?<![^\s(])--?[a-zA-Z][\w-]*(?![\w/'"=-])/g, (flag) => paint('typed', flag)) + foreign;
}
