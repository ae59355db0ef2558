import { describe, expect, it, jest } from '@jest/globals';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { json, serve } from '../support/server.js';
import { pagewise, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

const cursor = ['--paging', 'cursor', '--items', 'items', '--next', 'next', '--retries', '0'];
const page = ['--paging', 'page', '--items', 'items', '--retries', '0'];
const offset = ['--paging', 'offset', '--items', 'items', '--size', '2', '--retries', '0'];

describe('H6 a flag is its option in kebab-case', () => {
  it.each([
    ['"nil"', 'nil', { items: [1], next: 'nil' }],
    ['"-1"', 'nil,-1', { items: [1], next: '-1' }],
    ['-1', 'nil,-1', { items: [1], next: -1 }],
  ])('H6 --end-tokens: %s', async (_token, tokens, body) => {
    const server = await serve((_seen, response) => json(response, body));
    expect(await pagewise([server.url, ...cursor, `--end-tokens=${tokens}`])).toMatchObject({ code: 0, items: [1] });
    expect(server.seen).toHaveLength(1);
  });

  it('H6 --end-tokens in a file of jobs is a list', async () => {
    const server = await serve((_seen, response) => json(response, { items: [1], next: 'nil' }));
    const cwd = temporaryFolder();
    const job = { url: server.url, items: 'items', next: 'next', paging: 'cursor', endTokens: ['nil'] };
    writeFileSync(join(cwd, 'pagewise.config.json'), JSON.stringify({ jobs: { one: job } }));
    expect(await pagewise(['run', 'one'], { cwd })).toMatchObject({ code: 0, items: [1] });
  });

  describe('H6 --next as JSON sends each token under a parameter of its own', () => {
    const next = { 'key-marker': 'NextKeyMarker', version: 'header:x-version' };
    const start = () =>
      serve(({ url }, response) => {
        const sent = ['key-marker', 'version'].map((name) => url.searchParams.get(name));
        if (sent[0] === null) json(response, { items: [1, 2], NextKeyMarker: 'k' }, 200, { 'x-version': 'v' });
        else json(response, { items: sent });
      });

    it('H6 without --paging', async () => {
      const server = await start();
      const run = await pagewise([server.url, '--items', 'items', '--next', JSON.stringify(next), '--explain']);
      expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining("next: { 'key-marker': 'NextKeyMarker', version: header('x-version') }") }); // prettier-ignore
      const { items } = await pagewise([server.url, '--items', 'items', '--next', JSON.stringify(next)]);
      expect(items).toEqual([1, 2, 'k', 'v']);
    });

    it('H6 in a file of jobs', async () => {
      const server = await start();
      const cwd = temporaryFolder();
      writeFileSync(join(cwd, 'pagewise.config.json'), JSON.stringify({ jobs: { one: { url: server.url, items: 'items', next } } })); // prettier-ignore
      expect(await pagewise(['run', 'one'], { cwd })).toMatchObject({ code: 0, items: [1, 2, 'k', 'v'] });
    });

    it.each([
      ['{"a": 1}', 'PARAMETER'],
      ['{}', 'PARAMETER'],
      ['{"a": "header:"}', '--next header: names no header'],
    ])('H6 not %s', async (text, message) => {
      const run = await pagewise(['https://api.example.com/', '--items', 'items', '--next', text]);
      expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
    });
  });

  it('H6 --first-cursor and --on-same-token', async () => {
    const server = await serve((_seen, response, index) => json(response, { items: [index], next: 'a' }));
    const run = await pagewise([server.url, ...cursor, '--first-cursor', '*', '--on-same-token', 'stop']);
    expect(run).toMatchObject({ code: 0, items: [0, 1] });
    expect(server.seen.map(({ url }) => url.searchParams.get('cursor'))).toEqual(['*', 'a']);
  }); // prettier-ignore

  it('H6 --advance-by size, and what it needs', async () => {
    const server = await serve((seen, response) => {
      const from = Number(seen.url.searchParams.get('offset'));
      json(response, { items: from >= 4 ? [] : [from], total: 4 });
    });
    const refused = await pagewise([server.url, ...offset, '--advance-by', 'size']);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--total, --has-more or --end-statuses') }); // prettier-ignore
    const run = await pagewise([server.url, ...offset, '--advance-by', 'size', '--total', 'total']);
    expect(run).toMatchObject({ code: 0, items: [0, 2] });
  });

  it('H6 --on-expired restart', async () => {
    const server = await serve((_seen, response, index) =>
      index === 1 ? json(response, {}, 410) : json(response, { items: [index], ...(index < 3 && { next: `t${index}` }) }),
    ); // prettier-ignore
    const run = await pagewise([server.url, ...cursor, '--on-expired', 'restart']);
    expect(run).toMatchObject({ code: 0, items: [0, 2, 3] });
  });

  it('R15 --margin is added to the time of a rate', async () => {
    const server = await serve((_seen, response, index) => json(response, { items: index === 0 ? [1] : [] }));
    const run = await pagewise([server.url, ...page, '--rate', '1/1ms', '--margin', '3s', '-v']);
    expect(run).toMatchObject({ code: 0, stderr: expect.stringMatching(/waits .* for the rate limit/) });
    expect(await pagewise([server.url, '--margin', 'soon'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--margin') });
  }); // prettier-ignore

  it('H6 a page number and a size in the URL that are replaced are reported', async () => {
    const server = await serve((_seen, response, index) => json(response, { items: index === 0 ? [1, 2] : [] }));
    const run = await pagewise([`${server.url}?page=7&per_page=3`, ...page, '--size', '2']);
    expect(run).toMatchObject({ code: 0, items: [1, 2] });
    for (const said of ['page=7 in the URL is replaced by page=1', 'per_page=3 in the URL is replaced by per_page=2'])
      expect(run.stderr.split(said)).toHaveLength(2);
  });

  it('H6 --max-empty-pages, and the message names it', async () => {
    const server = await serve((_seen, response, index) => json(response, { items: [], next: `t${index}` }));
    const run = await pagewise([server.url, ...cursor, '--max-empty-pages', '3']);
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('raise --max-empty-pages, GET') });
    expect(server.seen).toHaveLength(4);
  });

  it('H6 --max-retry-after, and the message names it', async () => {
    const server = await serve((_seen, response) => {
      response.setHeader('retry-after', '3');
      json(response, {}, 429);
    });
    const run = await pagewise([server.url, ...page, '--retries', '1', '--max-retry-after', '2s']);
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('longer than --max-retry-after (2 s)') });
    expect(server.seen).toHaveLength(1);
  });

  it('H6 --total-timeout, and the message names it', async () => {
    const server = await serve((_seen, response) => json(response, {}, 503));
    const run = await pagewise([server.url, ...page, '--retries', '1000', '--total-timeout', '300ms']);
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('within 300 ms (--total-timeout)') });
  });

  it.each([
    ['--max-response-bytes', '1k'],
    ['--max-filesize', '1024'],
  ])('H6 %s %s, and the message names --max-response-bytes', async (flag, size) => {
    const server = await serve((_seen, response) => json(response, { items: ['x'.repeat(2000)] }));
    const run = await pagewise([server.url, ...page, flag, size]);
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('larger than 1024 bytes (--max-response-bytes)') }); // prettier-ignore
  });

  it.each(['--max-redirects', '--max-redirs'])('H6 %s, and the message names --max-redirects', async (flag) => {
    const server = await serve((_seen, response) => void response.writeHead(302, { location: '/again' }).end());
    const run = await pagewise([server.url, ...page, flag, '2']);
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('or raise --max-redirects') });
    expect(server.seen).toHaveLength(3);
  });

  it.each(['0', '-1', '1.5x', 'k', '1e9'])('H6 --max-response-bytes %s is refused with an example', async (size) => {
    const run = await pagewise(['http://127.0.0.1:1', `--max-response-bytes=${size}`]);
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('1048576, 100M or 1G') });
  });
});

describe('H6 what to do with a position that does not work', () => {
  it('H6 an expired position in a checkpoint: delete it, or --on-expired restart', async () => {
    const cwd = temporaryFolder();
    const server = await serve((_seen, response, index) =>
      index === 0 ? json(response, { items: [1], next: 'a' }) : json(response, {}, 410),
    );
    const args = [server.url, ...cursor, '--checkpoint', 'job.json', '-o', 'out.ndjson'];
    for (let run = 0; run < 2; run++) {
      const { code, stderr } = await pagewise(args, { cwd });
      expect(code).toBe(1);
      expect(stderr).toContain('To start over, delete job.json, name another file, or add --on-expired restart');
      expect(stderr).not.toMatch(/To resume|resumeFrom|--resume-from/);
    }
    expect(existsSync(join(cwd, 'job.json'))).toBe(true);
  });

  it('H6 an expired position without a checkpoint prints no token of it', async () => {
    const server = await serve((_seen, response, index) =>
      index === 0 ? json(response, { items: [1], next: 'a' }) : json(response, {}, 410),
    );
    const { stderr, token } = await pagewise([server.url, ...cursor]);
    expect(token).toBeUndefined();
    expect(stderr).toContain('To start over, run the same command again, or add --on-expired restart');
  });

  it.each([
    [['--checkpoint', 'job.json', '-o', 'out.ndjson'], 'start over: delete job.json or name another file'],
    [[], 'start over without --resume-from'],
  ])('H6 a run that fails at the page where it resumed says how to start over: %j', async (flags, advice) => {
    const cwd = temporaryFolder();
    const server = await serve((_seen, response, index) =>
      index === 0 ? json(response, { items: [1], next: 'poison' }) : json(response, { message: 'bad cursor' }, 400),
    );
    const first = await pagewise([server.url, ...cursor, ...flags], { cwd });
    expect(first.stderr).not.toContain(advice);
    const resume = first.token === undefined ? [] : ['--resume-from', first.token];
    const second = await pagewise([server.url, ...cursor, ...flags, ...resume], { cwd });
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining(`never works again, ${advice}.\n`) });
  });

  it.each([404, 416])('H6 a %d after full pages offers --end-statuses', async (status) => {
    const server = await serve((seen, response) => {
      const at = Number(seen.url.searchParams.get('page'));
      json(response, { items: [at] }, at > 2 ? status : 200);
    });
    const run = await pagewise([server.url, ...page]);
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining(`add --end-statuses ${status}.\n`) });
    const ended = await pagewise([server.url, ...page, '--end-statuses', String(status)]);
    expect(ended).toMatchObject({ code: 0, items: [1, 2] });
  });

  it('H6 a 404 of the first page offers no --end-statuses', async () => {
    const server = await serve((_seen, response) => json(response, {}, 404));
    expect((await pagewise([server.url, ...page])).stderr).not.toContain('--end-statuses');
  });
});

describe('S10 a URL that is none', () => {
  it.each(['http//me:hush@host/x', 'me:hush@host/x', 'https:/me:hush@host', 'htps://me:hush@host'])(
    'S10 %s is refused without its password',
    async (url) => {
      const { code, stderr } = await pagewise([url]);
      expect(code).toBe(2);
      expect(stderr).toContain('must begin with https:// or http://');
      expect(stderr).not.toContain('hush');
    },
  );
});
