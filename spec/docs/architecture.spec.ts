import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const text = readFileSync('docs/architecture.md', 'utf8');
/** What stands in backquotes, without code and the files that a reader is to make. */
const named = [...text.matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name);
const rooms = readdirSync('lib', { withFileTypes: true }).map((entry) =>
  entry.isDirectory() ? `${entry.name}/` : entry.name,
);
const section = (title: string) => text.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

describe('docs/architecture.md', () => {
  it('names every room and every file at the top of lib/ in its table of rooms', () => {
    const inTable = new Set([...section('The rooms').matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name));
    expect(rooms.length).toBeGreaterThan(20);
    expect(rooms.filter((room) => !inTable.has(room))).toEqual([]);
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

  it('describes the path of one page in at most 15 stops, each with a file', () => {
    const stops = section('The way of one page').match(/^\d+\. .*$/gm) ?? [];
    expect(stops.length).toBeGreaterThan(9);
    expect(stops.length).toBeLessThanOrEqual(15);
    expect(stops.filter((stop) => !/`lib\/|`expandPages`|`PageRun`/.test(stop))).toEqual([]);
  });

  it('names the rooms that docs/concepts.md has as layers', () => {
    const layers = readFileSync('docs/concepts.md', 'utf8').split('\n## Layers\n')[1] ?? '';
    const listed = new Set([...layers.matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name));
    expect(rooms.filter((room) => !listed.has(room.replace(/\.ts$/, '')))).toEqual([]);
  });
});
