import { describe, expect, it, jest } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { json, numbered, serve, until } from '../support/server.js';
import { pagewise, startPagewise, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

const paged = ['--paging', 'page', '--items', 'items', '--size', '10'];

function filesIn(folder: string) {
  const [report, trace, har] = ['run.html', 'trace.json', 'run.har'].map((name) => join(folder, name)) as [string, string, string]; // prettier-ignore
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  return {
    flags: ['--report', report, '--trace', trace, '--har', har],
    exist: () => [report, trace, har].map((file) => existsSync(file)),
    entries: () => (read(har) as { log: { entries: { _page: number; response: { status: number } }[] } }).log.entries,
    events: () => (read(trace) as { traceEvents: { name: string }[] }).traceEvents,
    report: () => readFileSync(report, 'utf8'),
  };
}

describe('--report, --trace and --har', () => {
  it('record the run', async () => {
    const server = await serve(numbered(25));
    const files = filesIn(temporaryFolder());
    expect(await pagewise([server.url, ...paged, ...files.flags])).toMatchObject({ code: 0 });
    expect(files.entries().map(({ _page, response }) => [_page, response.status])).toEqual([1, 2, 3, 4].map((page) => [page, 200])); // prettier-ignore
    expect(files.events().at(-1)?.name).toBe('end: last-page');
    expect(files.report()).toContain('"reason":"last-page"');
  });

  it('also if the run fails', async () => {
    const server = await serve((seen, response, index) =>
      index < 1 ? numbered(25)(seen, response) : json(response, {}, 500),
    );
    const files = filesIn(temporaryFolder());
    expect(await pagewise([server.url, ...paged, '--retries', '1', ...files.flags])).toMatchObject({ code: 1 });
    expect(files.entries().map(({ response }) => response.status)).toEqual([200, 500, 500]);
    expect(files.report()).toContain('"reason":"error"');
  });

  it('also if it is interrupted', async () => {
    const server = await serve((seen, response, index) => (index < 2 ? numbered(99)(seen, response) : undefined));
    const files = filesIn(temporaryFolder());
    const { child, ended } = startPagewise([server.url, ...paged, ...files.flags]);
    await until('the third request', () => server.seen.length === 3);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130 });
    expect(files.events().at(-1)?.name).toBe('end: error');
    expect(files.exist()).toEqual([true, true, true]);
  });

  it('also if the reader closes the pipe', async () => {
    const server = await serve(numbered(100_000));
    const files = filesIn(temporaryFolder());
    const { child, stdout, ended } = startPagewise([server.url, ...paged, ...files.flags]);
    await until('some items', () => stdout() !== '');
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ code: 0 });
    expect(files.report()).toContain('"reason":"unsubscribed"');
  });

  it('shows the numbers of the paging in URLs of HAR with --har-numbers, which needs --har', async () => {
    const server = await serve(numbered(25));
    const har = join(temporaryFolder(), 'run.har');
    await pagewise([`${server.url}?account=7`, ...paged, '--har', har, '--har-numbers']);
    const { log } = JSON.parse(readFileSync(har, 'utf8')) as { log: { entries: { request: { url: string } }[] } };
    expect(log.entries.map(({ request }) => decodeURIComponent(request.url).replace(/.*\?/, ''))).toEqual(
      [1, 2, 3, 4].map((page) => `account=…&page=${page}&per_page=10`),
    );
    const { code, stderr } = await pagewise([server.url, ...paged, '--har-numbers']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--har-numbers needs --har FILE')]);
  });

  it('are refused before anything is sent if they cannot be written', async () => {
    const server = await serve(numbered(25));
    const { code, stderr } = await pagewise([server.url, ...paged, '--har', '/no/such/folder/run.har']);
    expect([code, server.seen]).toEqual([2, []]);
    expect(stderr).toContain("pagewise: --har can't be written to /no/such/folder/run.har: ENOENT");
  });
});
