import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const text = readFileSync('docs/architecture.md', 'utf8');
/** What stands in backquotes, without code and the files that a reader is to make. */
const named = [...text.matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name);
const folders = readdirSync('lib', { withFileTypes: true }).map((entry) =>
  entry.isDirectory() ? `${entry.name}/` : entry.name,
);
const section = (title: string) => text.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

describe('docs/architecture.md', () => {
  it('names every folder and every file at the top of lib/ in its table of folders', () => {
    const inTable = new Set([...section('The folders').matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name));
    expect(folders.length).toBeGreaterThan(20);
    expect(folders.filter((folder) => !inTable.has(folder))).toEqual([]);
  });

  it('names only files and folders that exist', () => {
    const inRepository = named.filter((name) => /^(lib|spec|docs|scripts)\//.test(name) && !name.includes('my-'));
    const inLib = named.filter(
      (name) => /^[\w-]+(\/[\w/-]*|\.ts)$/.test(name) && !/^(spec|docs|scripts|lib)\//.test(name),
    );
    expect(inRepository.length).toBeGreaterThan(40);
    expect(inLib.length).toBeGreaterThan(20);
    expect([...inRepository, ...inLib.map((name) => `lib/${name}`)].filter((path) => !existsSync(path))).toEqual([]);
  });

  it('names folders for the files that are to be made', () => {
    const made = named.filter((name) => name.includes('my-') && name.includes('/'));
    expect(made.length).toBeGreaterThan(5);
    expect(made.map((name) => name.replace(/\/[^/]+$/, '')).filter((folder) => !existsSync(folder))).toEqual([]);
  });

  it('names only functions that the file beside them has', () => {
    const pairs = [...text.matchAll(/`(\w+)` (?:in|of) `((?:lib|spec)\/[\w./-]+\.ts)`/g)];
    expect(pairs.length).toBeGreaterThan(4);
    for (const [, name = '', file = ''] of pairs)
      expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`\\b${name}\\b`));
  });

  it('describes the path of one page in at most 15 steps, each with a file', () => {
    const steps = section('The path of one page').match(/^\d+\. .*$/gm) ?? [];
    expect(steps.length).toBeGreaterThan(9);
    expect(steps.length).toBeLessThanOrEqual(15);
    expect(steps.filter((step) => !/`lib\/|`expandPages`|`PageRun`/.test(step))).toEqual([]);
  });

  it('names the folders that docs/concepts.md has as layers', () => {
    const layers = readFileSync('docs/concepts.md', 'utf8').split('\n## Layers\n')[1] ?? '';
    const listed = new Set([...layers.matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name));
    expect(folders.filter((folder) => !listed.has(folder.replace(/\.ts$/, '')))).toEqual([]);
  });
});
