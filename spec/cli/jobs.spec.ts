import { describe, expect, it, jest } from '@jest/globals';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { selfSigned } from '../support/self-signed.js';
import { json, numbered, rows, serve, until } from '../support/server.js';
import { pagewise, startPagewise, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

const paging = { paging: 'page', items: 'items', size: 10 };
const lines = (items: readonly unknown[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('');

/** A folder with a file of jobs. */
function folderWith(config: unknown, name = 'pagewise.config.json'): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, name), typeof config === 'string' ? config : JSON.stringify(config));
  return cwd;
}

describe('run JOB', () => {
  it('runs a job of pagewise.config.json, with a checkpoint of its own', async () => {
    const server = await serve(numbered(25));
    const cwd = folderWith({ jobs: { 'my/orders': { url: server.url, ...paging, output: 'orders.ndjson' } } });
    const first = await pagewise(['run', 'my/orders'], { cwd });
    expect(first).toMatchObject({ code: 0, stdout: '' });
    expect(readFileSync(join(cwd, 'orders.ndjson'), 'utf8')).toBe(lines(rows(25)));
    expect(existsSync(join(cwd, '.pagewise/my%2Forders.json'))).toBe(true);
    const second = await pagewise(['run', 'my/orders'], { cwd });
    expect(second.code).toBe(0);
    expect(second.stderr).toMatch(
      /^Nothing to do: according to \.pagewise\/my%2Forders\.json, the last page is written\./,
    );
  });

  it('accepts every kind of value, names in both spellings, and $ENV{NAME} in all of them', async () => {
    const server = await serve(numbered(25));
    const cwd = folderWith({
      defaults: { header: { Authorization: 'Key $ENV{PAT}', 'X-Empty': '' }, silent: true },
      jobs: {
        a: {
          url: '$ENV{API}',
          'page-param': 'p',
          ...paging,
          header: ['X-One: 1', 'X-Two: $$ENV{PAT}'],
          json: { filter: { name: '$ENV{PAT}', limit: 3 } },
          in: 'query',
          endStatuses: [404, 410],
          checkpoint: false,
          progress: false,
          maxItems: '3',
        },
      },
    });
    const { code, items, stderr } = await pagewise(['run', 'a'], { cwd, env: { PAT: 'pat-1', API: server.url } });
    expect({ code, items, stderr }).toEqual({ code: 0, items: rows(3), stderr: '' });
    const [seen] = server.seen;
    expect(seen?.target).toBe('/items?p=1&per_page=10');
    expect(seen?.headers).toMatchObject({
      authorization: 'Key pat-1',
      'x-empty': '',
      'x-one': '1',
      'x-two': '$ENV{PAT}',
    });
    expect(JSON.parse(seen?.body ?? '')).toEqual({ filter: { name: 'pat-1', limit: 3 } });
    expect(existsSync(join(cwd, '.pagewise'))).toBe(false);
  });

  it('is overridden by flags beside it', async () => {
    const server = await serve(numbered(25));
    const cwd = folderWith({
      jobs: { a: { url: `${server.url}?a`, ...paging, data: 'x=1', header: ['A: 1', 'B: 1'], checkpoint: 'place' } },
    });
    const args = ['--size', '5', '-H', 'a: 2', '--json', '{}', '--in', 'query', '--max-pages', '1', '--no-checkpoint'];
    expect((await pagewise(['run', 'a', ...args], { cwd })).items).toEqual(rows(5));
    expect(server.seen[0]).toMatchObject({ headers: { a: '2', b: '1' }, body: '{}' });
    expect(server.seen[0]?.url.searchParams.get('per_page')).toBe('5');
    expect(existsSync(join(cwd, 'place'))).toBe(false);
    expect((await pagewise(['run', 'a', '--url', server.url], { cwd })).items).toEqual(rows(25));
    expect(server.seen[1]?.target).toBe('/items?page=1&per_page=10');
    expect(existsSync(join(cwd, 'place'))).toBe(true);
  });

  it('reads another file with --config', async () => {
    const server = await serve(numbered(5));
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'etc'));
    writeFileSync(join(cwd, 'etc/jobs.json'), JSON.stringify({ jobs: { a: { url: server.url, ...paging } } }));
    expect((await pagewise(['run', 'a', '--config', 'etc/jobs.json'], { cwd })).items).toEqual(rows(5));
  });
});

describe('an invalid file of jobs', () => {
  const url = 'http://127.0.0.1:1/';
  const job = (entries: object) => ({ jobs: { a: { url, ...entries } } });
  it.each<[config: unknown, message: string]>([
    [job({ sise: 3 }), 'job "a": "sise" is not a flag for jobs (Did you mean size?); see pagewise help flags'],
    [job({ Size: 3 }), 'job "a": "Size" is not a flag for jobs (Did you mean size?)'],
    [job({ all: true }), 'job "a": "all" is not a flag for jobs'],
    [job({ 'no-progress': true }), '"no-progress" is not a flag for jobs (Did you mean progress?)'],
    [job({ size: 0 }), `job "a": option '--size <N>' argument '0' is invalid. Give a whole number of at least 1.`],
    [job({ size: [1] }), 'job "a", size must be a string or a number, not [1]'],
    [job({ size: null }), 'job "a", size must be a string or a number, not null'],
    [job({ pages: 'yes' }), 'job "a", pages must be true or false'],
    [
      job({ header: [['A', 'b']] }),
      'job "a", header must be a string, a list of strings, or an object of names and values',
    ],
    [job({ format: 'xml' }), "argument 'xml' is invalid. Allowed choices are ndjson, json, csv."],
    [job({ user: '$ENV{NOT_SET_HERE}' }), 'job "a", user: the environment variable NOT_SET_HERE is not set'],
    [{ jobs: { a: {} } }, 'job "a": "url" is missing; add the URL of the API'],
    [{ jobs: { a: [] } }, 'job "a" must be an object; a file of jobs looks like { "jobs": { "NAME": { "url": … } } }'],
    [{ jobs: { b: { url } } }, 'there is no job "a"; jobs are b'],
    [{ jobs: { A: { url }, bc: { url } } }, 'there is no job "a" (Did you mean A?); jobs are A, bc'],
    [{ jobs: {} }, 'there is no job "a"'],
    [{ a: { url } }, '"a" is unknown; a file of jobs looks like { "jobs":'],
    [[], 'must be an object'],
    ['{\n"jobs": {,', 'pagewise.config.json, line 2: the file is not valid JSON'],
  ])('%j: exits with 2, names file, job and name', async (config, message) => {
    const cwd = folderWith(config);
    const { code, stdout, stderr } = await pagewise(['run', 'a'], { cwd });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^pagewise: pagewise\.config\.json.*\n$/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('shows no value of the environment, wherever it is used', async () => {
    for (const entries of [{ size: '$ENV{SECRET}' }, { format: '$ENV{SECRET}' }, { url: '$ENV{SECRET}' }]) {
      const cwd = folderWith(job(entries));
      const { code, stderr } = await pagewise(['run', 'a'], { cwd, env: { SECRET: 's3cr3t' } });
      expect(code).toBe(2);
      expect(stderr).toContain('$ENV{SECRET}');
      expect(stderr).not.toContain('s3cr3t');
    }
  });
});

describe('run --all', () => {
  it('runs each job; a failed one stops no other, and the exit code is the worst of all', async () => {
    let broken = true;
    const answer = numbered(25);
    const server = await serve((seen, response) => {
      if (broken && seen.url.pathname === '/bad' && seen.url.searchParams.get('page') === '2') json(response, {}, 400);
      else answer(seen, response);
    });
    const cwd = folderWith({
      defaults: paging,
      jobs: {
        wrong: { url: server.url, next: 'x', output: 'wrong.ndjson' },
        bad: { url: `${server.origin}/bad`, output: 'bad.ndjson' },
        good: { url: server.url, output: 'good.ndjson' },
      },
    });
    const first = await pagewise(['run', '--all'], { cwd });
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(
      /^wrong:\npagewise: --next is for .*\npagewise: job "wrong": exit code 2\nbad:\npagewise: Page 2 failed/,
    );
    expect(first.stderr).toMatch(/pagewise: job "bad": exit code 1\ngood:\n4 pages, 25 items, /);
    expect(readFileSync(join(cwd, 'good.ndjson'), 'utf8')).toBe(lines(rows(25)));
    broken = false;
    const second = await pagewise(['run', '--all'], { cwd });
    expect(second.code).toBe(2);
    expect(readFileSync(join(cwd, 'bad.ndjson'), 'utf8')).toBe(lines(rows(25)));
    expect(second.stderr).toContain('good:\nNothing to do: ');
  });

  it('checks certificates per job: insecure does not carry over to the next one', async () => {
    const server = createServer(selfSigned(), (_request, response) => response.end('[1]'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const job = { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`, paging: 'none' };
    const cwd = folderWith({ jobs: { a: { ...job, insecure: true }, b: job } });
    const { code, items, stderr } = await pagewise(['run', '--all'], { cwd });
    server.closeAllConnections();
    server.close();
    expect({ code, items }).toEqual({ code: 1, items: [1] });
    expect(stderr).toMatch(/b:\npagewise: .*DEPTH_ZERO_SELF_SIGNED_CERT/);
  });

  it('follows the flags of each job: a quiet one prints nothing', async () => {
    const server = await serve(numbered(5));
    const job = { url: server.url, ...paging, silent: true };
    const cwd = folderWith({ jobs: { a: { ...job, verbose: false }, b: job } });
    expect(await pagewise(['run', 'a', 'b'], { cwd })).toMatchObject({ code: 0, stderr: '' });
    expect((await pagewise(['run', 'a', '-v', '--no-checkpoint'], { cwd })).stderr).toContain('> page 1: GET ');
  });

  it('sends nothing if two jobs write into one file', async () => {
    const server = await serve(numbered(5));
    const jobs = { a: { url: server.url, output: 'x' }, b: { url: server.url, output: './x' } };
    const { code, stderr } = await pagewise(['run', '--all'], { cwd: folderWith({ jobs }) });
    expect({ code, requests: server.seen.length }).toEqual({ code: 2, requests: 0 });
    expect(stderr).toContain('pagewise.config.json: the jobs a and b have the same output, ./x; give each job its own');
  });

  it('ends on an interrupt, and names the jobs that have not started', async () => {
    const server = await serve(() => {});
    const one = { url: server.url, ...paging };
    const cwd = folderWith({ jobs: { a: { ...one }, b: { ...one }, c: { ...one } } });
    const run = startPagewise(['run', '--all'], { cwd });
    await until('it has begun', () => server.seen.length === 1);
    run.child.kill('SIGINT');
    const { code, stderr } = await run.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('pagewise: not started: b, c\n');
    expect(server.seen).toHaveLength(1);
  });
});

describe('a file of jobs that is nested 5,000 deep', () => {
  const deep = `${'['.repeat(5000)}1${']'.repeat(5000)}`;
  it.each([
    ['a body', `{"jobs":{"a":{"url":"https://api.example.com/","json":{"a":${deep}}}}}`],
    ['a flag', `{"jobs":{"a":{"url":"https://api.example.com/","size":${deep}}}}`],
    ['the jobs', `{"jobs":${deep}}`],
    ['the defaults', `{"defaults":{"header":${deep}},"jobs":{"a":{"url":"https://api.example.com/"}}}`],
  ])('is refused, and ends in no RangeError: %s', async (_name, text) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'pagewise.config.json'), text);
    const { code, stderr } = await pagewise(['run', 'a'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^pagewise: pagewise\.config\.json/);
    expect(stderr).not.toContain('RangeError');
  });
});
