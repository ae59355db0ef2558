import { describe, expect, it } from '@jest/globals';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { json, serve } from '../support/server.js';
import { pagewise, temporaryFolder } from './pagewise.js';

interface Row {
  readonly id: number;
  readonly at: string;
}

const at = (minute: number) => `2026-03-01T10:${String(minute).padStart(2, '0')}:00Z`;
const row = (minute: number): Row => ({ id: minute, at: at(minute) });

/** Rows from `since` on, in the query or in `filter` of the body, three to a page. */
async function rowsApi() {
  const rows: Row[] = [];
  const server = await serve(({ url, body }, response) => {
    const filter = body === '' ? undefined : (JSON.parse(body) as { filter?: { since?: string } }).filter;
    const since = filter?.since ?? url.searchParams.get('since') ?? '';
    const from = Number(url.searchParams.get('cursor') ?? 0);
    const list = rows.filter((each) => each.at >= since);
    json(response, { items: list.slice(from, from + 3), next: from + 3 < list.length ? String(from + 3) : null });
  });
  return { rows, server, asked: () => server.seen.splice(0).map(({ url }) => decodeURIComponent(url.search)) };
}

const paging = ['--paging', 'cursor', '--items', 'items', '--next', 'next', '--cursor-param', 'cursor'];
const ids = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as Row).id);

describe('--sync', () => {
  it('appends what is new in each run, whatever the run before was', async () => {
    const { rows, server, asked } = await rowsApi();
    const folder = temporaryFolder();
    const [out, kept] = [join(folder, 'rows.ndjson'), join(folder, 'rows.job.json')];
    const args = [
      server.url, ...paging, '--sync', 'at', '--sync-param', 'since', '--sync-start', at(1), '--sync-key', 'id', '--sync-order', 'asc', '-o', out, '--checkpoint', kept,
    ]; // prettier-ignore
    rows.push(...[0, 1, 2, 3, 4, 5].map(row));
    expect((await pagewise([...args, '--max-items', '2'])).code).toBe(0);
    expect((await pagewise(args)).code).toBe(0);
    expect(ids(out)).toEqual([1, 2, 3, 4, 5]);
    asked();
    expect((await pagewise(args)).code).toBe(0);
    expect(asked()).toEqual([`?since=${at(5)}`]);
    rows.push(row(6));
    const last = await pagewise(args);
    expect([last.code, ids(out)]).toEqual([0, [1, 2, 3, 4, 5, 6]]);
    expect(last.stderr).not.toContain('Nothing to do');
  });

  it('works as a job of a file, with a body, a lag, and what detection finds', async () => {
    const { rows, server } = await rowsApi();
    const folder = temporaryFolder();
    const config = join(folder, 'jobs.json');
    const job = {
      url: server.url, json: { filter: { kind: 'a' } }, in: 'query', sync: 'at', syncParam: 'since', syncIn: 'body:filter', syncLag: '2m', output: 'rows.ndjson',
    }; // prettier-ignore
    writeFileSync(config, JSON.stringify({ jobs: { rows: job } }));
    rows.push(...[1, 2, 3, 4].map(row));
    const run = () => pagewise(['run', 'rows', '--config', config], { cwd: folder });
    expect((await run()).code).toBe(0);
    rows.push(row(5));
    server.seen.splice(0);
    const second = await run();
    expect([second.code, second.stderr]).toEqual([0, expect.stringContaining('1 item')]);
    expect(server.seen.map(({ body }) => JSON.parse(body) as unknown)).toContainEqual({
      filter: { kind: 'a', since: at(2) },
    });
    expect(ids(join(folder, 'rows.ndjson'))).toEqual([1, 2, 3, 4, 5]);
  });

  it.each<[readonly string[], string]>([
    [['--sync', 'at'], '--sync at needs --checkpoint FILE'],
    [['--sync-param', 'since'], '--sync-param needs --sync: the field of each item whose newest value is remembered'],
    [['--sync', 'at', '--sync-in', 'query', '--checkpoint', 'c'], 'add --sync-param NAME'],
    [['--sync', 'at', '--sync-format', 'iso', '--checkpoint', 'c'], 'add --sync-param NAME'],
    [['--sync', 'at', '--sync-param', 'a', '--sync-in', 'body', '--checkpoint', 'c'], 'a GET request has no body'],
    [['--sync', 'at', '--sync-param', 'a', '--json', '{}', '--checkpoint', 'c'], 'a JSON body needs --sync-in'],
    [
      ['--sync', 'at', '--sync-lag', 'soon', '--checkpoint', 'c'],
      "--sync-lag must be milliseconds or a text such as '5m'",
    ],
    [
      ['--sync', 'at', '--sync-start', '24/02/2026', '--checkpoint', 'c'],
      '--sync-start must be a time, a number or an id',
    ],
    [
      ['--sync', 'at', '--checkpoint', 'c', '--when-done', 'restart'],
      '--when-done restart with --sync: each run asks for what is new',
    ],
    [['--sync', 'at', '--checkpoint', 'c', '--skip-failed-pages', '1'], '--skip-failed-pages with --sync'],
    [['--sync', 'at', '--sync-order', 'up', '--checkpoint', 'c'], 'asc, desc, none'],
  ])('%j is refused before anything is sent', async (args, message) => {
    const { server } = await rowsApi();
    const { code, stderr } = await pagewise([server.url, ...paging, ...args], { cwd: temporaryFolder() });
    expect([code, server.seen.length]).toEqual([2, 0]);
    expect(stderr).toContain(message);
  });

  it('an output that is gone is refused, with advice that can be followed', async () => {
    const { rows, server } = await rowsApi();
    const folder = temporaryFolder();
    const out = join(folder, 'o.ndjson');
    const args = [server.url, ...paging, '--sync', 'at', '--checkpoint', join(folder, 'c'), '-o', out];
    rows.push(row(1));
    expect((await pagewise(args)).code).toBe(0);
    rmSync(out);
    const gone = await pagewise(args);
    expect(gone.code).toBe(2);
    expect(gone.stderr).toContain('is gone; start over: delete');
    expect(gone.stderr).not.toContain('--when-done');
  });

  it('goes on in a pipe, where each run writes what is new', async () => {
    const { rows, server } = await rowsApi();
    const args = [server.url, ...paging, '--sync', 'at', '--checkpoint', join(temporaryFolder(), 'c')];
    rows.push(row(1), row(2));
    expect((await pagewise(args)).items).toEqual([row(1), row(2)]);
    rows.push(row(3));
    expect((await pagewise(args)).items).toEqual([row(3)]);
  });

  it('a checkpoint of other flags of --sync is refused, and items that can not be compared are named', async () => {
    const { rows, server } = await rowsApi();
    const folder = temporaryFolder();
    const args = [server.url, ...paging, '--checkpoint', join(folder, 'c'), '-o', join(folder, 'o.ndjson')];
    rows.push(row(1));
    expect((await pagewise([...args, '--sync', 'at'])).code).toBe(0);
    const other = await pagewise([...args, '--sync', 'id']);
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('made with other flags of --sync, or without them')]); // prettier-ignore
    const plain = await pagewise(args);
    expect([plain.code, plain.stderr]).toEqual([2, expect.stringContaining('made with other flags of --sync')]);
    rows.push({ id: 2, at: 'soon' });
    const failed = await pagewise([...args, '--sync', 'at']);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('item 1 has "soon"');
    expect(failed.stderr).toContain('--sync-compare text');
  });
});
