import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';

// A fence that names a file shows that file, or a region of it, which tests run: ```tsx path/of/file.tsx#region
const excerpts = ['README.md', ...readdirSync('docs', { recursive: true }).map((name) => `docs/${String(name)}`)]
  .filter((name) => name.endsWith('.md'))
  .flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/^```\S+ +(\S.*)\n([^]*?)^```$/gm)].map(([, source = '', code = '']) => ({
      page,
      source,
      code,
    })),
  );

function read(source: string): string {
  const [file = '', region] = source.split('#');
  const text = readFileSync(file, 'utf8');
  if (region === undefined) return text;
  const found = text.split(`// #region ${region}\n`)[1]?.split('// #endregion\n')[0];
  if (found === undefined) throw new Error(`${file} has no lines between // #region ${region} and // #endregion`);
  return found;
}

describe('every block of README and docs that names a file', () => {
  it('is found', () => expect(excerpts.length).toBeGreaterThan(5));

  it.each(excerpts)('is that file: $page $source', ({ source, code }) => expect(code).toBe(read(source)));
});
