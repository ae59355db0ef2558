import { describe, expect, it } from '@jest/globals';
import * as pagewise from 'pagewise';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { topics } from '../lib/cli/terminal/help.js';
import { kindNames, kinds, optionNames, pagingOptions, type PagingOptions } from '../lib/detect/kinds.js';
import { strategyOptions } from '../lib/detect/paging.js';
import { flagOf, toTypeScript } from '../lib/detect/write-paging.js';

const root = join(import.meta.dirname, '..');

/** A word of each option that it may be. */
const words: Readonly<Record<string, unknown>> = {
  size: 2,
  start: 1,
  names: ['a'],
  tokens: ['a'],
  fields: ['a'],
  statuses: [404],
  switch: true,
  pairs: { a: 'b' },
  object: { url: '/b' },
};
const wordOf = (name: keyof PagingOptions): unknown => {
  const { means } = pagingOptions[name];
  return typeof means === 'string' ? (words[means] ?? 'a') : means[0];
};

describe('the table of kinds', () => {
  it('has a row for each file of lib/strategies, under the name that index.ts exports', () => {
    const files = readdirSync(join(root, 'lib/strategies')).filter((file) => file.endsWith('.ts'));
    const made = files.map((file) =>
      file.slice(0, -3).replace(/-(\w)/g, (_all, letter: string) => letter.toUpperCase()),
    );
    expect(kindNames.map((kind) => kinds[kind].typescript).sort()).toEqual(made.sort());
    for (const kind of kindNames)
      expect(kinds[kind].make).toBe(pagewise[kinds[kind].typescript as keyof typeof pagewise]);
  });

  it.each(kindNames)('%s takes the options that its strategy takes, and no other', (kind) => {
    // What an absent has-more means is a part of `hasMore` in code.
    for (const name of optionNames.filter((each) => each !== 'hasMoreIfAbsent')) {
      const options = strategyOptions({ kind, options: { [name]: wordOf(name) } });
      const message = thrownBy(() => kinds[kind].make(options as never));
      const known = !message.includes(`unknown option ${JSON.stringify(kinds[kind].names?.[name] ?? name)}`);
      expect({ name, known }).toEqual({ name, known: kinds[kind].takes.includes(name) });
    }
  });

  it.each(kindNames)('%s is made of what it needs, and named in TypeScript as it is', (kind) => {
    const needed = (kinds[kind].needs ?? []).flatMap(([names]) => names);
    // It needs the connection, or two paths.
    const either = kind === 'relay' ? { connection: 'a' } : {};
    const options = { ...Object.fromEntries(needed.map((name) => [name, wordOf(name)])), ...either };
    const strategy = kinds[kind].make(strategyOptions({ kind, options }) as never);
    expect(strategy.name).toBe(kinds[kind].typescript);
    expect(toTypeScript({ kind, options })).toMatch(new RegExp(`^${strategy.name}\\(`));
  });

  it('pagewise help paging has a line for each kind', () => {
    const help = topics['paging']?.() ?? '';
    for (const kind of kindNames) expect(help).toMatch(new RegExp(`^${kind} `, 'm'));
  });

  it('docs/strategies.md has a section for each strategy, and docs/command-line.md names each kind and flag', () => {
    const [strategies, commandLine] = ['strategies', 'command-line'].map((name) =>
      readFileSync(join(root, `docs/${name}.md`), 'utf8'),
    );
    for (const kind of kindNames) {
      expect(strategies).toContain(`### ${kinds[kind].typescript}\n`);
      expect(commandLine).toContain(`\`${kind}\``);
    }
    for (const name of optionNames) expect(commandLine).toMatch(new RegExp(`\`${flagOf(name)}[ \`]`));
  });
});

/** The message of what a function throws; '' if it returns. */
function thrownBy(call: () => unknown): string {
  try {
    call();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
