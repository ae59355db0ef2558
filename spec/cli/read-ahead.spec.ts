import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Arguments } from '../../lib/cli/flags/arguments.js';
import { buildPages } from '../../lib/cli/flags/build-pages.js';
import { alone } from '../../lib/cli/jobs/together.js';
import { numbered, serve, settle, until } from '../support/server.js';
import { temporaryFolder } from './pagewise.js';

/** Takes the first page of a job, and no more. @returns what the server has seen */
async function takeOne(flags: Partial<Arguments>) {
  const server = await serve(numbered(50));
  const args: Arguments = { url: server.url, paging: 'page', items: 'items', size: 10, ...flags };
  const { pages } = await buildPages(
    args,
    undefined,
    { detection: { next: () => undefined }, walk: { next: () => undefined } },
    undefined,
    new AbortController().signal,
    alone(),
  );
  const iterator = pages[Symbol.asyncIterator]();
  await iterator.next();
  return { seen: server.seen, leave: () => iterator.return?.() };
}

const file = () => join(temporaryFolder(), 'items.ndjson');

describe('reading ahead', () => {
  it('requests one page while the one before it is written into a file', async () => {
    const { seen, leave } = await takeOne({ output: file() });
    await until('page 2 is requested', () => seen.length === 2);
    await settle();
    expect(seen).toHaveLength(2);
    await leave();
  });

  it.each<[why: string, flags: () => Partial<Arguments>]>([
    ['past --max-pages', () => ({ output: file(), maxPages: 1 })],
    ['past --max-items', () => ({ output: file(), maxItems: 10 })],
    ['with --max-items of --distinct, which may be any number of pages', () => ({ output: file(), maxItems: 1, distinct: '.' })],
    ['where equal requests are valid, since a killed run could not repeat one', () => ({ output: file(), onRepeat: 'allow' })],
    ['with --prefetch 0', () => ({ output: file(), prefetch: 0 })],
    ['into a pipe, whose reader may leave, even with a checkpoint', () => {
      const output = file();
      execFileSync('mkfifo', [output]);
      return { output, checkpoint: `${output}.place` };
    }],
  ])('requests nothing %s', async (_why, flags) => {
    const { seen, leave } = await takeOne(flags());
    await settle();
    expect(seen).toHaveLength(1);
    await leave();
  }); // prettier-ignore
});
