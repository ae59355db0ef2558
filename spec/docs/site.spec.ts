import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';

interface Section {
  readonly text: string;
  readonly pages: readonly string[];
}
const { sections } = (await import(new URL('../../site/sections.mjs', import.meta.url).pathname)) as {
  sections: readonly Section[];
};
const listed = sections.flatMap(({ pages }) => pages);
const docs = readdirSync('docs', { recursive: true })
  .map((name) => String(name).replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => name.replace(/README\.md$/, 'index').replace(/\.md$/, ''));

describe('site/sections.mjs', () => {
  it('has a place for every page of docs/', () => {
    expect(docs.filter((page) => !listed.includes(page))).toEqual([]);
  });

  it('names each page once', () => expect(listed).toEqual([...new Set(listed)]));

  it('has the sections in the order of need', () => {
    expect(sections.map(({ text }) => text)).toEqual([
      'Start', 'Guides', 'Frameworks', 'Command', 'APIs', 'See a run', 'Reference', 'Migration', 'Comparison', 'Project',
    ]); // prettier-ignore
  });
});

describe('docs/which-paging.md', () => {
  const text = readFileSync('docs/which-paging.md', 'utf8');

  it('asks at most six questions, and leads to every kind of paging', () => {
    expect(text.match(/<summary>/g)).toHaveLength(6);
    const kinds = [...readFileSync('docs/strategies.md', 'utf8').matchAll(/^### ([a-z]\w+)$/gm)].map(
      ([, name = '']) => name,
    );
    expect(kinds).toHaveLength(9);
    expect(kinds.filter((kind) => !text.includes(`[\`${kind}\`](strategies.md#${kind.toLowerCase()})`))).toEqual([]);
  });
});

describe('profiles', () => {
  const pages = docs.filter((page) => page.startsWith('apis/') && page !== 'apis/index');

  it('README has their number', () => {
    expect(readFileSync('README.md', 'utf8')).toContain(`${pages.length} APIs, Clarifai's among them`);
  });

  it('each function of lib/profiles is one that the command uses (lib/cli/flags/profiles.ts)', () => {
    const index = readFileSync('lib/profiles/index.ts', 'utf8');
    const made = [...index.matchAll(/^export \{([^}]*)\}/gms)]
      .flatMap(([, names = '']) => names.split(','))
      .map((name) => name.trim())
      .filter((name) => /^(?!check)[a-z]/.test(name) && !name.startsWith('type '));
    const used = readFileSync('lib/cli/flags/profiles.ts', 'utf8');
    expect(made.length).toBeGreaterThan(pages.length);
    expect(made.filter((name) => !used.includes(`profiles.${name}`))).toEqual([]);
  });
});
