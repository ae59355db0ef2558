import { describe, expect, it, jest } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { json, numbered, rows, serve, until } from '../support/server.js';
import { command, pagewise, start, startPagewise, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

const paged = ['--paging', 'page', '--items', 'items', '--size', '10'];
const counts = (text: string) => new RegExp(`^${text}, \\d+\\.\\d s$`, 'm');

/** 50 rows, of which a page fails until it is repaired. */
async function failing(failAt: number) {
  let broken = true;
  const answer = numbered(50);
  const server = await serve((seen, response) => {
    if (broken && seen.url.searchParams.get('page') === String(failAt)) json(response, {}, 400);
    else answer(seen, response);
  });
  return { server, repair: () => (broken = false) };
}

describe('a failure', () => {
  it('exits with 1, says what was received, and the same command resumes with the token', async () => {
    const { server, repair } = await failing(4);
    const first = await pagewise([server.url, ...paged]);
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(
      /^pagewise: Page 4 failed: 400 Bad Request, GET .*\?page=…&per_page=… \[HttpError\]$/m,
    );
    expect(first.stderr).toMatch(counts('Written before the failure: 3 pages, 30 items, 4 requests, 0 retries'));
    repair();
    const second = await pagewise([server.url, ...paged, '--resume-from', first.token ?? '']);
    expect(second.code).toBe(0);
    expect([...first.items, ...second.items]).toEqual(rows(50));
  });

  it('offers no token if the first request fails: there is nothing to resume', async () => {
    const server = await serve((seen, response, index) => (index === 1 ? numbered(50)(seen, response) : json(response, {}, 401))); // prettier-ignore
    const failed = await pagewise([server.url, ...paged]);
    expect(failed).toMatchObject({ code: 1, token: undefined });
    expect(failed.stderr).toMatch(
      /^pagewise: Page 1 failed: 401 .*\nWritten before the failure: 0 pages, 0 items, .*\n$/,
    );
    // A later page, and a first one of a run that resumes, have one.
    const { token = '', stderr } = await pagewise([server.url, ...paged]);
    expect(stderr).toContain('Page 2 failed: 401');
    const again = await pagewise([server.url, ...paged, '--resume-from', token]);
    expect(again.token).toBe(token);
    const folder = temporaryFolder();
    const job = await pagewise([server.url, ...paged, '--checkpoint', 'c.json', '-o', 'a.ndjson'], { cwd: folder });
    expect(job.stderr).not.toContain('c.json');
  });

  it('prints a token that a shell takes as is', async () => {
    const { server, repair } = await failing(3);
    const first = await pagewise([server.url, ...paged]);
    repair();
    const flag = /--resume-from .*$/m.exec(first.stderr)?.[0] ?? '';
    const line = `exec "$0" "$@" ${flag}`;
    const second = await start('/bin/sh', ['-c', line, process.execPath, command, server.url, ...paged]).ended;
    expect([...first.items, ...second.items]).toEqual(rows(50));
  });

  it('resumes from a file with the token, and appends to the output', async () => {
    const { server, repair } = await failing(3);
    const folder = temporaryFolder();
    const output = join(folder, 'items.ndjson');
    writeFileSync(output, 'of an earlier run\n');
    const first = await pagewise([server.url, ...paged, '-o', output]);
    expect(first).toMatchObject({ code: 1, stdout: '' });
    writeFileSync(join(folder, 'token'), `${first.token ?? ''}\n`);
    repair();
    const second = await pagewise([server.url, ...paged, '-o', output, '--resume-from', '@token'], { cwd: folder });
    expect(second.code).toBe(0);
    expect(readFileSync(output, 'utf8')).toBe(rows(50).map((row) => `${row}\n`).join('')); // prettier-ignore
  });

  it('fails if stdout or the file can take no more, and says how to resume', async () => {
    const server = await serve(numbered(50));
    const { code, stderr } = await pagewise([server.url, ...paged, '-o', '/dev/full']);
    expect(code).toBe(1);
    expect(stderr).toContain("pagewise: can't write to /dev/full: ENOSPC");
    expect(stderr).toContain(
      'Page 1 was being written: some of its items may already be in the output, and will be written again.',
    );
    expect(server.seen).toHaveLength(1);
  });
});

describe('--skip-failed-pages', () => {
  const skipping = (pages: string) => [...paged, '--skip-failed-pages', pages];

  it('skips pages that keep failing, lists them, and resumes at them, and exits with 3', async () => {
    const { server, repair } = await failing(3);
    const first = await pagewise([server.url, ...skipping('1')]);
    expect(first).toMatchObject({ code: 3, items: rows(50).filter((row) => row < 20 || row >= 30) });
    expect(first.stderr).toMatch(counts('5 pages, 40 items, 6 requests, 0 retries'));
    expect(first.stderr).toContain('Skipped, and missing from the output: 1 page.\n  Page 3 failed: 400 Bad Request');
    repair();
    const [, flags = ''] =
      /To request the skipped pages again, run the same command with:\n {2}(.*)$/m.exec(first.stderr) ?? [];
    const line = `exec "$0" "$@" ${flags}`;
    const again = await start('/bin/sh', ['-c', line, process.execPath, command, server.url, ...paged]).ended;
    expect(again).toMatchObject({ code: 0, items: rows(30).slice(20) });
  });

  it('exits with 3 too if --max-pages stops the run', async () => {
    const { server } = await failing(2);
    const { code, stderr } = await pagewise([server.url, ...skipping('1'), '--max-pages', '2']);
    expect(code).toBe(3);
    expect(stderr).toContain('Stopped at --max-pages');
    expect(stderr).toContain('Skipped, and missing from the output: 1 page.');
  });

  it('fails with 1 after n pages, and resumes at the first of those that failed in a row: nothing is missing', async () => {
    const answer = numbered(50);
    let down = true;
    const server = await serve((seen, response) => {
      if (down && Number(seen.url.searchParams.get('page')) > 2) json(response, {}, 400);
      else answer(seen, response);
    });
    const first = await pagewise([server.url, ...skipping('2')]);
    expect(first).toMatchObject({ code: 1, items: rows(20) });
    expect(first.stderr).toContain(
      'Page 5 fails too, and 2 pages are already skipped, which is the limit; raise --skip-failed-pages.',
    );
    expect(first.stderr).not.toContain('Skipped, and missing');
    down = false;
    const second = await pagewise([server.url, ...skipping('2'), '--resume-from', first.token ?? '']);
    expect([...first.items, ...second.items]).toEqual(rows(50));
    expect(second.code).toBe(0);
  });

  it('is refused if the page after a failed one cannot be known', async () => {
    const args = ['https://api.example.com/', '--paging', 'offset', '--items', 'items', '--skip-failed-pages', '1'];
    const { code, stderr } = await pagewise(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^pagewise: --skip-failed-pages needs a strategy that can guess the next position/);
  });
});

describe('an error of a page', () => {
  it("that can't be requested is not reported as one of writing the page, as it once was", async () => {
    const server = await serve((_seen, response) => json(response, { items: [1], next: 'a\nb' }));
    const cursor = ['--paging', 'cursor', '--items', 'items', '--next', 'next', '--cursor-param', 'X-Next'];
    const { code, items, stderr } = await pagewise([server.url, ...cursor, '--in', 'headers']);
    expect({ code, items }).toEqual({ code: 1, items: [1] });
    expect(stderr).toMatch(
      /^pagewise: Page 2 failed: --in headers: parameter X-Next holds characters that a header can't carry/,
    );
    expect(stderr).not.toContain("can't be written");
  });

  it('that nobody has thought of shows where it happened, and no secret', async () => {
    const server = await serve(numbered(5));
    const secrets = "Authorization: Bearer s3cr3t-s3cr3t for ' + process.env.PAT";
    const preload = join(temporaryFolder(), 'preload.mjs');
    writeFileSync(preload, `performance.now = () => { throw new Error('${secrets}) }`);
    const { code, stderr } = await pagewise([server.url, ...paged, '-H', 'X-Key: $ENV{PAT}'], {
      env: { PAT: 'p4t-p4t', NODE_OPTIONS: `--import=${preload}` },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^pagewise: Error: Authorization: ….*\n +at /);
    expect(stderr).not.toMatch(/s3cr3t|p4t/);
  });
});

describe('--retries, --timeout and --rate', () => {
  it.each([
    [0, 1],
    [1, 2],
  ])('--retries %d sends %d requests for a page that stays unavailable', async (retries, requests) => {
    const server = await serve((_seen, response) => json(response, {}, 503));
    const { code, stderr } = await pagewise([server.url, '--paging', 'page', '--retries', String(retries)]);
    expect({ code, requests: server.seen.length }).toEqual({ code: 1, requests });
    expect(stderr).toMatch(
      counts(`Written before the failure: 0 pages, 0 items, ${requests} requests?, ${retries} retr.*`),
    );
  });

  it('counts the retries of a run that succeeds', async () => {
    const answer = numbered(20);
    const server = await serve((seen, response, index) => {
      if (index === 1) json(response, {}, 503);
      else answer(seen, response);
    });
    const { code, items, stderr } = await pagewise([server.url, ...paged]);
    expect({ code, items }).toEqual({ code: 0, items: rows(20) });
    expect(stderr).toMatch(counts('3 pages, 20 items, 4 requests, 1 retry'));
  });

  it('--timeout ends an attempt that is not answered', async () => {
    const server = await serve(() => {});
    const { code, stderr } = await pagewise([server.url, '--timeout', '200ms', '--retries', '0']);
    expect(code).toBe(1);
    expect(stderr).toContain('no complete answer within 200 ms (--timeout)');
  });

  it('--rate delays requests, and the progress says so', async () => {
    const server = await serve(numbered(50));
    const run = startPagewise([server.url, ...paged, '--rate', '1/1h', '--progress']);
    await until('it says what it waits for', () =>
      /1 page, 10 items, rate limit, again in (60 min|1 h 0 min), /.test(run.stderr()),
    );
    expect(server.seen).toHaveLength(1);
    run.child.kill('SIGINT');
    expect(await run.ended).toMatchObject({ code: 130 });
  });
});

describe('a run that has nothing left to do', () => {
  it('says so, sends nothing and exits with 0', async () => {
    const server = await serve(numbered(50));
    const { token = '' } = await pagewise([server.url, ...paged, '--max-pages', '1']);
    const { position: _position, ...rest } = JSON.parse(token) as Record<string, unknown>;
    const lost = await pagewise([server.url, ...paged, '--resume-from', JSON.stringify(rest)]);
    expect(lost.stderr).toContain('--resume-from: this is not a resume token, or it is damaged');
    const done = { ...rest, done: true };
    const { code, stdout, stderr } = await pagewise([server.url, ...paged, '--resume-from', JSON.stringify(done)]);
    expect({ code, stdout, requests: server.seen.length }).toEqual({ code: 0, stdout: '', requests: 1 });
    expect(stderr).toMatch(/^Nothing to do: /);
  });
});

describe('an interrupt', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s aborts the request, exits with %d and says how to resume', async (signal, code) => {
    let hold = true;
    const answer = numbered(50);
    const server = await serve((seen, response) => {
      if (!hold || seen.url.searchParams.get('page') !== '3') answer(seen, response);
    });
    const run = startPagewise([server.url, ...paged]);
    await until('page 3 is requested', () => server.seen.length === 3);
    run.child.kill(signal);
    const first = await run.ended;
    expect(first.code).toBe(code);
    expect(first.stderr).toMatch(/^pagewise: interrupted$/m);
    expect(first.stderr).toMatch(counts('2 pages, 20 items, 3 requests, 0 retries'));
    await until('the request is aborted', () => server.aborted() === 1);
    hold = false;
    const second = await pagewise([server.url, ...paged, '--resume-from', first.token ?? '']);
    expect([...first.items, ...second.items]).toEqual(rows(50));
  });

  it('before the first page leaves nothing to resume from', async () => {
    const server = await serve(() => {});
    const run = startPagewise([server.url, '--paging', 'page']);
    await until('page 1 is requested', () => server.seen.length === 1);
    run.child.kill('SIGINT');
    const { code, stderr, token } = await run.ended;
    expect({ code, token }).toEqual({ code: 130, token: undefined });
    expect(stderr).toContain('To resume, run the same command again.');
  });

  it('during detection ends the command too', async () => {
    const server = await serve(() => {});
    const run = startPagewise([server.url]);
    await until('the API receives a request', () => server.seen.length === 1);
    run.child.kill('SIGINT');
    const { code, stdout, stderr } = await run.ended;
    expect({ code, stdout, stderr }).toEqual({ code: 130, stdout: '', stderr: 'pagewise: interrupted\n' });
  });

  it('ends a run whose reader has stopped reading', async () => {
    const server = await serve((_seen, response) => json(response, { items: ['x'.repeat(4_000_000)] }));
    const run = startPagewise([server.url, ...paged], { unread: true });
    await until('a page is in flight', () => server.seen.length >= 1 && server.inFlight() === 0);
    run.child.kill('SIGINT');
    expect((await run.ended).code).toBe(130);
  });
});

describe('a reader of stdout', () => {
  const large = async (pages: number) =>
    serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page'));
      json(response, { items: page <= pages ? rows(10).map((row) => `${page} ${row} ${'x'.repeat(10_000)}`) : [] });
    });

  it('that does not read holds the requests back', async () => {
    const server = await large(100);
    const run = startPagewise([server.url, ...paged], { unread: true });
    await until(
      'requests have stopped',
      settled(() => server.seen.length),
    );
    expect(server.seen.length).toBeLessThan(30);
    let text = '';
    run.child.stdout!.setEncoding('utf8').on('data', (more: string) => (text += more));
    expect((await run.ended).code).toBe(0);
    await until('all is read', () => text.split('\n').length === 1001);
  });

  it('that closes the pipe, as head does, ends the run quietly', async () => {
    const server = await large(1000);
    const { stdout, stderr } = await start('/bin/sh', [
      ...['-c', '{ "$0" "$@"; echo "exit $?" >&2; } | head -n 3', process.execPath, command, server.url, ...paged],
    ]).ended;
    expect(stdout.split('\n').map((line) => line.slice(1, 5))).toEqual(['1 0 ', '1 1 ', '1 2 ', '']);
    expect(stderr).toBe('exit 0\n');
    expect(server.seen.length).toBeLessThan(30);
  });

  it('of a pipe named with -o that closes it ends the run quietly too', async () => {
    const server = await large(1000);
    const script = '"$0" "$@" -o >(head -n 1 | cut -c 1-4 >&2); echo "exit $?" >&2';
    const { stderr } = await start('bash', ['--norc', '-c', script, process.execPath, command, server.url, ...paged])
      .ended;
    expect(stderr.split('\n').sort()).toEqual(['', '"1 0', 'exit 0']);
    expect(server.seen.length).toBeLessThan(30);
  });

  it('that closes the pipe while items are in flight ends the run quietly', async () => {
    const server = await large(1000);
    const run = startPagewise([server.url, ...paged], { unread: true });
    await until(
      'requests have stopped',
      settled(() => server.seen.length),
    );
    run.child.stdout!.destroy();
    expect(await run.ended).toMatchObject({ code: 0, stderr: '' });
  });
});

/** Whether a count has been above 0 and the same for half a second. */
function settled(count: () => number): () => boolean {
  let last = 0;
  let since = performance.now();
  return () => {
    if (count() !== last || last === 0) [last, since] = [count(), performance.now()];
    return performance.now() - since > 500;
  };
}
