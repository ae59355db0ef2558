import { describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { json, serve } from '../support/server.js';
import { pagewise, temporaryFolder } from './pagewise.js';

const paging = { paging: 'page', items: 'items', retries: 0 };
const flags = ['--paging', 'page', '--items', 'items', '--retries', '0'];

/** An API that refuses everything, and repeats it in many forms. */
const repeating = () =>
  serve(({ url, headers, body }, response) => {
    const given = `${String(headers['x-key'])} ${String(headers.cookie)} ${String(headers.authorization)}`;
    const forms = [given, given.toUpperCase(), encodeURIComponent(given), JSON.stringify(given), given.slice(0, 12)];
    json(response, { message: `no ${url.pathname}${url.search} ${body} ${forms.join(' | ')}` }, 400);
  });

/** Page 2 fails, and page 4 is past the end. */
const answerPage = (page: number, response: ServerResponse) =>
  json(response, { items: page > 3 ? [] : [page] }, page === 2 ? 500 : 200);

const run = (jobs: Record<string, object>, env: Record<string, string>, args: readonly string[] = ['--all']) => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'pagewise.config.json'), JSON.stringify({ jobs }));
  return pagewise(['run', ...args], { cwd, env }).then((ended) => ({ ...ended, cwd }));
};

describe('S10 the command hides what it sends', () => {
  it('S10 S13 literal secrets of -H, -u and -b, in every form that the server repeats', async () => {
    const server = await repeating();
    const { code, stderr } = await pagewise([
      server.url, ...flags, '-H', 'X-Key: l1teral-k3y-1234', '-u', 'me-user:p4ssw0rd-99', '-b', 'sid=c00kie-s3cret',
    ]); // prettier-ignore
    expect(code).toBe(1);
    expect(stderr).toContain('The API says: no /items?…');
    expect(stderr).not.toMatch(/l1teral|p4ssw0rd|me-user|c00kie|bWUt/i);
  });

  it('S10 values of the environment in the URL and the body, wherever they are repeated', async () => {
    const server = await repeating();
    const job = { ...paging, url: `${server.url}/$ENV{T}?since=$ENV{SINCE}`, json: { q: '$ENV{Q}' }, in: 'query' };
    const env = { T: 't7', SINCE: '2026-11-01', Q: 'b0dy-v4lue' };
    const args = ['a', '-v', '--report', 'run.html', '--har', 'run.har', '--trace', 'run.json'];
    const { code, stderr, cwd } = await run({ a: job }, env, args);
    expect(code).toBe(1);
    expect(stderr).toContain(`POST ${server.url}/$ENV{T}?since=…&page=…`);
    expect(stderr).toContain('The API says: no /items/$ENV{T}?… {"q":"$ENV{Q}"}');
    for (const text of [stderr, ...['run.html', 'run.har', 'run.json'].map((file) => readFileSync(join(cwd, file), 'utf8'))])
      expect(text).not.toMatch(/\/t7|2026-11-01|b0dy-v4lue/);
  }); // prettier-ignore

  it('S13 a value in the path of a URL is hidden in the lines of skipped pages', async () => {
    const server = await serve(({ url }, response) => answerPage(Number(url.searchParams.get('page')), response));
    const job = { ...paging, url: `${server.url}/v-$ENV{T}x/list`, skipFailedPages: 1 };
    const { code, stderr } = await run({ a: job }, { T: '77' });
    expect(code).toBe(3);
    expect(stderr).toContain(`GET ${server.url}/v-$ENV{T}x/list?page=…`);
    expect(stderr).not.toContain('v-77x');
  });

  it('S13 a whole URL from the environment', async () => {
    const server = await repeating();
    const { stderr } = await run({ a: { ...paging, url: '$ENV{API}' } }, { API: `${server.url}?key=hush-hush` });
    expect(stderr).toContain('GET $ENV{API}?key=…&page=…');
    expect(stderr).not.toMatch(/hush|\/items\?key/);
  });

  it('S10 values in -o, --checkpoint and --fields are shown, and so are the words of a job that has none', async () => {
    const server = await repeating();
    const env = { SINCE: '2026-11-01' };
    const url = `${server.url}?since=$ENV{SINCE}`;
    const { stderr } = await run(
      {
        a: { ...paging, url, output: 'pagewise.config.json/o-$ENV{SINCE}.ndjson' },
        b: { ...paging, url: server.url, output: 'pagewise.config.json/p-2026-11-01.ndjson' },
        c: { ...paging, url, checkpoint: 'pagewise.config.json/$ENV{SINCE}' },
        d: { ...paging, url, fields: ['$ENV{SINCE}', '$ENV{SINCE}'] },
      },
      env,
    );
    expect(stderr).toContain('-o pagewise.config.json/o-2026-11-01.ndjson');
    expect(stderr).toContain('-o pagewise.config.json/p-2026-11-01.ndjson');
    expect(stderr).toContain('--checkpoint pagewise.config.json/2026-11-01');
    expect(stderr).toContain('--fields names 2026-11-01 twice');
    expect(stderr).not.toContain('$ENV{SINCE}');
  });

  it.each([
    ['--allow-origin', 'http//me:hush@h'], ['--in', 'http://me:hush@h'], ['--profile', 'me:hush@h'], ['--size', 'https:/me:hush@h'],
    ['--paging', '//me:hush@h'], ['--cacert', 'http://me:hush@h'], ['-X', 'http://me:hush@h'], ['--config', 'https://hush@h'],
    ['--encoding', 'https:\\\\me:hush@h'], ['--url', 'https://me:hu/hush@h/'], ['--url', 'https://me:hush#x@h/'], ['--url', 'https://me:hush?x@h/'],
  ])('S10 %s %s is refused without its password', async (flag, value) => {
    const { code, stderr } = await pagewise([flag, value, ...(flag === '--url' ? [] : ['http://127.0.0.1:1/x'])]);
    expect(code).toBe(2);
    expect(stderr).not.toMatch(/hush/i);
  }); // prettier-ignore

  it.each(['help', 'completion'])('S10 and so is %s with a URL', async (command) => {
    expect((await pagewise([command, 'http://me:hush@h'])).stderr).not.toContain('hush');
  });
});
