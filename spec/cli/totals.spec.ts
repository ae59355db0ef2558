import { describe, expect, it, jest } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { json, rows, serve } from '../support/server.js';
import { pagewise, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

interface Api {
  readonly announced?: (page: number) => unknown;
  readonly total?: number;
  readonly more?: (page: number) => object;
}

/** Rows with an id, ten to a page, and a total that need not be true. */
const api = ({ announced = () => 73, total = 50, more = () => ({}) }: Api = {}) =>
  serve(({ url }, response) => {
    const page = Number(url.searchParams.get('page') ?? 1);
    const items = rows(total)
      .slice((page - 1) * 10, page * 10)
      .map((id) => ({ id }));
    json(response, { items, total: announced(page), ...more(page) });
  });

const paged = ['--paging', 'page', '--items', 'items', '--size', '10', '--total', 'total'];
const advice =
  'pagewise: 23 items missing; if the announced total counts something else or is an estimate, add --total-is estimate.';
const sentence = 'The API announced 73 items, but 50 arrived.';

describe('fewer items than announced', () => {
  it('P15 exits with 3 and says so: it used to exit with 0', async () => {
    const server = await api();
    const { code, items, stderr } = await pagewise([server.url, ...paged]);
    expect([code, items.length]).toEqual([3, 50]);
    expect(stderr).toContain(`${sentence}\n${advice}\n`);
  });

  it('P15 says so with -q too, and nothing else', async () => {
    const server = await api();
    const { code, stderr } = await pagewise([server.url, ...paged, '-q']);
    expect([code, stderr]).toEqual([3, `${sentence}\n${advice}\n`]);
  });

  it.each([
    ['page', ['--paging', 'page', '--total', 'total']],
    ['cursor', ['--paging', 'cursor', '--next', 'next', '--cursor-param', 'page', '--total', 'total']],
    ['next-url', ['--paging', 'next-url', '--next', 'link', '--total', 'header:X-Total']],
    ['link', ['--paging', 'link', '--total', 'header:X-Total']],
    ['none', ['--paging', 'none', '--total', 'total']],
    ['keyset', ['--paging', 'keyset', '--key', 'page', '--cursor-param', 'page', '--total', 'total']],
  ])('P15 of --paging %s', async (_name, flags) => {
    const server = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page') ?? 1);
      const link = page < 3 ? { link: `/items?page=${page + 1}` } : {};
      const next = page < 3 ? { next: page + 1, ...link } : {};
      const headers = { 'x-total': '7', ...(page < 3 ? { link: `<${link.link ?? ''}>; rel="next"` } : {}) };
      json(response, { items: page < 4 ? [{ page: page + 1 }] : [], total: 7, ...next }, 200, headers);
    });
    const { code, stderr } = await pagewise([server.url, '--items', 'items', ...flags, '-q']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^The API announced 7 items, but \d arrived\.\npagewise: \d items missing/);
  });

  it('P15 --total-is estimate accepts it, and still reports it', async () => {
    const server = await api();
    const { code, stderr } = await pagewise([server.url, ...paged, '--total-is', 'estimate']);
    expect(code).toBe(0);
    expect(stderr).toContain(`${sentence}\n`);
    expect(stderr).not.toContain('missing');
    const quiet = await pagewise([server.url, ...paged, '--total-is', 'estimate', '-q']);
    expect([quiet.code, quiet.stderr]).toEqual([0, '']);
  });

  it('P15 the last announcement counts: rows that were deleted meanwhile are not missing', async () => {
    const server = await api({ announced: (page) => 90 - 5 * page });
    expect(await pagewise([server.url, ...paged, '-q'])).toMatchObject({ code: 3 });
    const down = await api({ announced: (page) => (page < 3 ? 73 : 50) });
    expect(await pagewise([down.url, ...paged, '-q'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('P15 a total that detection adds is no more than a notice', async () => {
    const server = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page') ?? 1);
      const items = page < 6 ? rows(10).map((row) => ({ id: page * 100 + row })) : [];
      json(response, { items, page, total: 73 });
    });
    const { code, stderr } = await pagewise([server.url]);
    expect(stderr).toContain('--total total');
    expect(code).toBe(0);
    expect(stderr).toContain(`${sentence.slice(0, -1)}; to make that a failure (exit code 3), name the total with --total.\n`); // prettier-ignore
    expect(stderr).not.toContain('missing');
    const named = await pagewise([server.url, '--total', 'total']);
    expect(named.code).toBe(3);
  });

  it('P15 of a profile: it names the total', async () => {
    const server = await serve(({ url }, response) => {
      const from = Number(url.searchParams.get('offset') ?? 0);
      json(response, { data: rows(50).slice(from, from + 10), meta: { filter_count: 73 } });
    });
    const args = [server.url, '--profile', 'directus', '-q'];
    expect(await pagewise(args)).toMatchObject({ code: 3, stderr: `${sentence}\n${advice}\n` });
    expect(await pagewise([...args, '--total-is', 'estimate'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('P15 runs that were cut are not judged', async () => {
    const server = await api();
    for (const flags of [
      ['--max-pages', '2'],
      ['--max-items', '20'],
      ['--max-items', '15'],
    ])
      expect(await pagewise([server.url, ...paged, ...flags])).toMatchObject({ code: 0 });
  });

  it('P15 what earlier runs received counts', async () => {
    const whole = await api({ announced: () => 50 });
    const short = await api();
    for (const [server, code] of [
      [whole, 0],
      [short, 3],
    ] as const) {
      const folder = temporaryFolder();
      const job = [server.url, ...paged, '-o', join(folder, 'out.ndjson'), '--checkpoint', join(folder, 'place')];
      expect(await pagewise([...job, '--max-pages', '2'])).toMatchObject({ code: 0 });
      expect(await pagewise([...job, '-q'])).toMatchObject({ code });
      expect(readFileSync(join(folder, 'out.ndjson'), 'utf8').trim().split('\n')).toHaveLength(50);
    }
  });

  it('P15 a job that is done does not forget what is missing: the next run had exit code 0', async () => {
    const folder = temporaryFolder();
    const server = await api();
    const job = (url: string) => [url, ...paged, '-o', join(folder, 'out.ndjson'), '--checkpoint', join(folder, 'place')];
    expect(await pagewise(job(server.url))).toMatchObject({ code: 3 });
    const again = await pagewise([...job(server.url), '-q']);
    expect(again.code).toBe(3);
    expect(again.stderr).toMatch(/^Nothing to do: .* The API had announced 23 items more than arrived; --when-done restart requests all items again\.\n$/);
    expect(await pagewise([...job(server.url), '-q', '--total-is', 'estimate'])).toMatchObject({ code: 0 });
    const more = await api({ announced: () => 48 });
    const other = [more.url, ...paged, '-o', join(folder, 'more.ndjson'), '--checkpoint', join(folder, 'other')];
    await pagewise(other);
    expect(await pagewise([...other, '-q'])).toMatchObject({ code: 0 });
  }); // prettier-ignore

  it('P15 the worst exit code of several jobs is that of missing items', async () => {
    const server = await api();
    const folder = temporaryFolder();
    const job = { url: server.url, paging: 'page', items: 'items', size: 10, total: 'total' };
    const jobs = { one: { ...job, output: 'one.ndjson', totalIs: 'estimate' }, two: { ...job, output: 'two.ndjson' } };
    writeFileSync(join(folder, 'pagewise.config.json'), JSON.stringify({ jobs }));
    const { code, stderr } = await pagewise(['run', '--all'], { cwd: folder });
    expect(code).toBe(3);
    expect(stderr).toContain('job "two": exit code 3');
    expect(stderr).not.toContain('job "one"');
  });
});

describe('more items than announced', () => {
  it('P15 are a notice, and nothing with -q', async () => {
    const server = await api({ announced: () => 10, more: (page) => ({ more: page < 5 }) });
    const flags = ['--has-more', 'more'];
    const { code, stderr } = await pagewise([server.url, ...paged, ...flags]);
    expect(code).toBe(0);
    expect(stderr).toContain('The API announced 10 items, but 50 arrived.\n');
    expect(await pagewise([server.url, ...paged, ...flags, '-q'])).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('with --distinct', () => {
  /** Rows that move: the last one of each page comes again as the first one of the next. */
  const shifted = (announced: number) =>
    serve(({ url }, response) => {
      const from = (Number(url.searchParams.get('page')) - 1) * 9;
      const items = rows(46)
        .slice(from, from + 10)
        .map((id) => ({ id }));
      json(response, { items: from < 46 ? items : [], total: announced, pages: 6 });
    });

  it('P15 distinct items are compared: repeated ones do not make up for missing ones', async () => {
    const flags = [
      '--paging',
      'page',
      '--items',
      'items',
      '--distinct',
      'id',
      '--total',
      'total',
      '--total-pages',
      'pages',
    ];
    const complete = await shifted(46);
    expect((await pagewise([complete.url, ...flags, '-q'])).code).toBe(0);
    const missing = await shifted(50);
    const { code, stderr } = await pagewise([missing.url, ...flags, '-q']);
    expect(code).toBe(3);
    expect(stderr).toContain('46 distinct items of 50 that the API announced');
    expect(stderr).toContain('pagewise: 4 items missing;');
  });

  it('P15 of a checkpoint, with the keys of earlier runs; of a token they are not known, so nothing is judged', async () => {
    const server = await api({ announced: () => 50 });
    const folder = temporaryFolder();
    const flags = [server.url, ...paged, '--distinct', 'id', '-o', join(folder, 'out.ndjson')];
    const job = [...flags, '--checkpoint', join(folder, 'place')];
    await pagewise([...job, '--max-pages', '2']);
    expect(await pagewise([...job, '-q'])).toMatchObject({ code: 0, stderr: '' });
    const cut = await pagewise([server.url, ...paged, '--max-pages', '2']);
    const rest = await pagewise([server.url, ...paged, '--distinct', 'id', '-q', '--resume-from', cut.token ?? '']);
    expect(rest).toMatchObject({ code: 0, stderr: '' });
  });
});
