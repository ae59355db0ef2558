import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import * as grpc from 'pagewise/grpc';
import * as pagewise from 'pagewise';
import * as testing from 'pagewise/testing';

const { documented } = (await import(new URL('../../scripts/write-errors.mjs', import.meta.url).pathname)) as {
  documented: () => Map<string, string>;
};
const said = documented();
/** Those that every entry exports; the names that code exports are compared with the sources of all entries below. */
const exported = [...new Set([pagewise, grpc, testing].flatMap((entry) => Object.keys(entry)))].filter((name) =>
  /^[A-Z]\w*Error$/.test(name),
);
const entries = new Map(
  readFileSync('docs/errors.md', 'utf8')
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.split('\n')[0] ?? '', section] as const),
);

describe('docs/errors.md', () => {
  it('has every exported class of errors, from A to Z', () => {
    expect(exported.length).toBeGreaterThan(25);
    expect([...entries.keys()]).toEqual(exported.sort());
  });

  it('leaves out no entry of the package', () => {
    const sources = readdirSync('lib', { recursive: true })
      .map(String)
      .filter((name) => /^([a-z]+\/)?index\.ts$/.test(name));
    const named = sources.flatMap((name) => readFileSync(`lib/${name}`, 'utf8').match(/\b[A-Z]\w*Error\b/g) ?? []);
    const values = new Set(exported);
    expect([...new Set(named)].filter((name) => !values.has(name))).toEqual([]);
  });

  it.each(exported)('%s: what the class says of itself, cause, fix and an example', (name) => {
    const entry = entries.get(name) ?? '';
    expect(entry.startsWith(`${name}\n\n${said.get(name) ?? 'nothing'}\n\n**Cause.** `)).toBe(true);
    expect(entry).toMatch(/^\*\*Cause\.\*\* .+\n\n\*\*Fix\.\*\* .+\n\n```(text|ts)\n/m);
  });
});
