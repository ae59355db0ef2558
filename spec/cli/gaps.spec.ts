import { describe, expect, it, jest } from '@jest/globals';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { json, numbered, rows, serve } from '../support/server.js';
import { pagewise, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

const paged = ['--paging', 'page', '--items', 'items', '--size', '10'];
const written = (cwd: string, name = 'a.ndjson') =>
  readFileSync(join(cwd, name), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as number); // prettier-ignore
const sorted = (items: readonly number[]) => [...items].sort((a, b) => a - b);

/** 50 rows on five pages; those in `down` fail. */
async function fivePages(...down: number[]) {
  const broken = new Set(down);
  const page = numbered(50);
  const server = await serve((seen, response) =>
    broken.has(Number(seen.url.searchParams.get('page'))) ? json(response, {}, 400) : page(seen, response),
  );
  return { server, url: server.url, broken, asked: () => server.seen.map(({ url }) => url.searchParams.get('page')).join() }; // prettier-ignore
}

describe('P17 skipped pages of a job', () => {
  it('are requested first by the next run, which exits with 3 until they have arrived', async () => {
    const { url, broken, asked } = await fivePages(2, 4);
    const cwd = temporaryFolder();
    const args = [url, ...paged, '-o', 'a.ndjson', '--checkpoint', 'place', '--skip-failed-pages', '5'];
    const first = await pagewise(args, { cwd });
    expect(first.code).toBe(3);
    expect(first.stderr).toContain('Skipped, and missing from the output: 2 pages.\n  Page 2 failed: 400');
    expect(first.stderr).toContain('To request the skipped pages again, run the same command again.\n');
    broken.delete(4);
    const second = await pagewise(args, { cwd });
    expect(second.code).toBe(3);
    expect(second.stderr).toContain('Skipped, and missing from the output: 1 page.\n  Page 2 failed');
    broken.clear();
    expect((await pagewise(args, { cwd })).code).toBe(0);
    expect(asked()).toBe('1,2,3,4,5,6,2,4,2');
    expect(sorted(written(cwd))).toEqual(rows(50));
    const done = await pagewise([...args, '-q'], { cwd });
    expect(done).toMatchObject({ code: 0, stdout: '' });
    expect(done.stderr).toMatch(/^Nothing to do/);
  });

  it('are named by a run that was killed and resumed, also with -q, and with --gaps keep', async () => {
    const { url, broken, asked } = await fivePages(2);
    const cwd = temporaryFolder();
    const args = [url, ...paged, '-o', 'a.ndjson', '--checkpoint', 'place'];
    await pagewise([...args, '--skip-failed-pages', '1', '--max-pages', '3'], { cwd });
    const second = await pagewise([...args, '--gaps', 'keep', '-q'], { cwd });
    expect(second.code).toBe(3);
    expect(second.stderr).toBe(
      'Skipped by earlier runs, and still missing: page 2.\nTo request the skipped pages again, run the same command again.\n',
    );
    const third = await pagewise([...args, '--gaps', 'keep', '-q'], { cwd });
    expect(third.code).toBe(3);
    expect(third.stderr).toContain(
      'Earlier runs skipped page 2, still missing; to request them, remove --gaps keep.\n',
    );
    expect(asked()).toBe('1,2,3,4,5,6');
    broken.clear();
    expect((await pagewise(args, { cwd })).code).toBe(0);
    expect(sorted(written(cwd))).toEqual(rows(50));
  });

  it('without a checkpoint, the token of the run requests them', async () => {
    const { url, broken } = await fivePages(2, 3);
    const first = await pagewise([url, ...paged, '--skip-failed-pages', '5']);
    broken.clear();
    const second = await pagewise([url, ...paged, '--resume-from', first.token ?? '']);
    expect(second.code).toBe(0);
    expect(second.items).toEqual(rows(50).slice(10, 30));
  });
});

describe('P18 a page that --max-items cut, and that is skipped or was skipped before', () => {
  // Four items of page 2 are delivered; then it fails.
  it.each([[[]], [['--checkpoint', 'place', '-o', 'a.ndjson']]])('comes without these items %j', async (kept) => {
    const { url, broken } = await fivePages();
    const cwd = temporaryFolder();
    const delivered: unknown[] = [];
    let resume: string[] = [];
    const run = async (...more: string[]) => {
      const ended = await pagewise([url, ...paged, ...kept, ...resume, ...more], { cwd });
      delivered.push(...ended.items);
      if (kept.length === 0 && ended.token) resume = ['--resume-from', ended.token];
      return ended;
    };
    await run('--max-items', '14');
    broken.add(2);
    expect((await run('--skip-failed-pages', '1', '--max-items', '13')).code).toBe(3);
    broken.clear();
    // The rest of page 2 is cut too, then the rest of page 4.
    const cut = await run('--max-items', '3');
    expect(cut.stderr).toContain('Stopped at --max-items within page 2');
    expect(cut.stderr).toContain('To resume after the last written item');
    const last = await run('-q');
    expect([last.code, last.stderr]).toEqual([0, '']);
    expect(sorted(kept.length === 0 ? (delivered as number[]) : written(cwd))).toEqual(rows(50));
  });

  it('does not make a gap smaller than what is left out', async () => {
    const down = new Set<number>();
    const server = await serve((seen, response) => {
      const from = Number(seen.url.searchParams.get('offset'));
      const items = rows(50).slice(from, from + 10);
      json(response, { items }, items.some((item) => down.has(item)) ? 400 : 200);
    });
    const args = [server.url, '--paging', 'offset', '--items', 'items', '--size', '10', '--skip-failed-pages', '3'];
    const first = await pagewise([...args, '--max-items', '12']);
    down.add(25);
    const second = await pagewise([...args, '--resume-from', first.token!]);
    down.clear();
    const third = await pagewise([...args, '--resume-from', second.token!]);
    expect(third.items).toEqual(rows(30).slice(20));
    expect(sorted([...first.items, ...second.items, ...third.items] as number[])).toEqual(rows(50));
  });

  it('with --pages: the token repeats the page, and keeps the gaps', async () => {
    const { url, broken } = await fivePages(2);
    const args = [url, ...paged, '--skip-failed-pages', '1', '--pages'];
    const first = await pagewise([...args, '--max-items', '20']);
    broken.clear();
    const cut = await pagewise([...args, '--max-items', '3', '--resume-from', first.token!]);
    const rest = await pagewise([...args, '--resume-from', cut.token!]);
    expect(rest.items.map((page) => (page as { index: number }).index)).toEqual([1, 3, 4, 5]);
  });
});

describe('H7 a finished job', () => {
  const growing = async (items: unknown[]) =>
    serve(({ url }, response) => {
      const after = url.searchParams.get('after');
      const from = after === null ? 0 : items.findIndex((item) => (item as { id: number }).id === Number(after)) + 1;
      json(response, { items: items.slice(from, from + 10) });
    });
  const ids = (count: number) => rows(count).map((id) => ({ id }));
  const keyset = ['--paging', 'keyset', '--items', 'items', '--key', 'id', '--cursor-param', 'after'];
  const job = (url: string, ...more: string[]) => [url, ...keyset, '-o', 'a.ndjson', '--checkpoint', 'place', ...more];

  it('says that there is nothing to do, also with -q', async () => {
    const { url } = await growing(ids(15));
    const cwd = temporaryFolder();
    await pagewise(job(url), { cwd });
    for (const more of [[], ['-q'], ['--when-done', 'stop', '-q']]) {
      const { code, stderr } = await pagewise(job(url, ...more), { cwd });
      expect({ code, stderr }).toEqual({
        code: 0,
        stderr: expect.stringMatching(
          /^Nothing to do: according to place, .* --when-done continue .* --when-done restart/,
        ),
      });
    }
  });

  it.each([
    ['in the last page', 15],
    ['in a full last page', 20],
    ['in an empty list', 0],
  ])('--when-done continue appends what was added %s, once', async (_where, count) => {
    const items: unknown[] = ids(count);
    const { url } = await growing(items);
    const cwd = temporaryFolder();
    await pagewise(job(url), { cwd });
    items.push(...ids(38).slice(count));
    const { code } = await pagewise(job(url, '--when-done', 'continue'), { cwd });
    expect(code).toBe(0);
    expect(written(cwd)).toEqual(ids(38));
    // And once more: nothing is new.
    expect((await pagewise(job(url, '--when-done', 'continue'), { cwd })).code).toBe(0);
    expect(written(cwd)).toEqual(ids(38));
  });

  it('--when-done restart writes the output anew, also with --distinct', async () => {
    const items = ids(15);
    const { url } = await growing(items);
    const cwd = temporaryFolder();
    const args = job(url, '--distinct', 'id');
    await pagewise(args, { cwd });
    items.splice(0, items.length, ...ids(5));
    expect((await pagewise([...args, '--when-done', 'restart'], { cwd })).code).toBe(0);
    expect(written(cwd)).toEqual(ids(5));
    expect(statSync(join(cwd, 'place.keys')).size).toBe(10);
  });

  it('--when-done is refused without a checkpoint', async () => {
    const { code, stderr } = await pagewise(['https://api.example.com/', ...keyset, '--when-done', 'restart']);
    expect(code).toBe(2);
    expect(stderr).toContain('--when-done restart needs --checkpoint FILE');
  });
});
