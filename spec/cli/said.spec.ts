import { describe, expect, it, jest } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { json, numbered, rows, serve } from '../support/server.js';
import { pagewise, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

const paged = ['--paging', 'page', '--items', 'items', '--size', '10'];

describe('-q and -s', () => {
  it.each(['-q', '--quiet', '-s', '--silent'])('%s prints nothing if the run succeeds', async (flag) => {
    const server = await serve(numbered(25));
    expect(await pagewise([server.url, flag])).toMatchObject({ code: 0, items: rows(25), stderr: '' });
    const stopped = await pagewise([server.url, ...paged, flag, '--max-pages', '1']);
    expect(stopped).toMatchObject({ code: 0, items: rows(10), stderr: '' });
    const cwd = temporaryFolder();
    const args = [server.url, ...paged, flag, '--checkpoint', 'place'];
    expect(await pagewise(args, { cwd })).toMatchObject({ code: 0, items: rows(25), stderr: '' });
    // H7: whoever expects new items would wait for them forever.
    const again = await pagewise(args, { cwd });
    expect(again).toMatchObject({ code: 0, stdout: '', stderr: expect.stringMatching(/^Nothing to do: .*\n$/) });
  });

  it('print what failed, and how to resume', async () => {
    const server = await serve((_seen, response) => json(response, {}, 400));
    const { code, stderr } = await pagewise([server.url, ...paged, '-q']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^pagewise: Page 1 failed: 400 Bad Request/);
  });
});

describe('-v', () => {
  it('logs requests, answers, waits and pages, without secrets', async () => {
    const answer = numbered(20);
    const server = await serve((seen, response, index) => {
      if (index !== 1) answer(seen, response);
      else {
        response.setHeader('retry-after', '1');
        json(response, {}, 429);
      }
    });
    const { code, items, stderr } = await pagewise(
      [`${server.url}?api_key=s3cr3t`, ...paged, '-v', '-H', 'Authorization: Key $ENV{PAT}'],
      { env: { PAT: 'p4t-p4t' } },
    );
    expect({ code, items }).toEqual({ code: 0, items: rows(20) });
    const text = stderr.replaceAll(server.origin, 'ORIGIN').replaceAll(/\d+(\.\d+)? m?s\b/g, 'TIME');
    expect(text.split('\n')).toEqual([
      '> page 1: GET ORIGIN/items?api_key=…&page=1&per_page=10',
      '< page 1: 200 after TIME',
      '  page 1: 10 items',
      '> page 2: GET ORIGIN/items?api_key=…&page=2&per_page=10',
      '< page 2: 429 after TIME',
      expect.stringMatching(/^ {2}waits TIME for the rate limit: 429 Too Many Requests/),
      '> page 2, attempt 2: GET ORIGIN/items?api_key=…&page=2&per_page=10',
      '< page 2: 200 after TIME',
      '  page 2: 10 items',
      '> page 3: GET ORIGIN/items?api_key=…&page=3&per_page=10',
      '< page 3: 200 after TIME',
      '  page 3: 0 items',
      expect.stringMatching(/^3 pages, 20 items, 4 requests, 1 retry, /),
      '',
    ]);
    expect(stderr).not.toMatch(/s3cr3t|p4t/);
  });

  it('hides the cursor that paging writes into the path, and shows the number of a page', async () => {
    const server = await serve((_seen, response) => json(response, { items: [1], next: '31415926' }));
    const path = ['--in', 'path', '--items', 'items', '--max-pages', '2', '-v'];
    const { stderr } = await pagewise([`${server.url}/{cursor}`, '--paging', 'cursor', '--next', 'next', '--first-cursor', '27182818', ...path]); // prettier-ignore
    expect(stderr.match(/\/items\S*/g)?.slice(0, 2)).toEqual(['/items/{cursor}', '/items/{cursor}']);
    const numbered = await pagewise([`${server.url}/{page}`, '--paging', 'page', '--on-repeat', 'allow', ...path]);
    expect(numbered.stderr.match(/\/items\S*/g)).toEqual(['/items/1', '/items/2']);
  });
});

describe('$ENV{NAME}', () => {
  const env = { PAT: 'p4t', NAME: 'jo', COOKIE: 'c00kie' };

  it('in -H, -u and -b is the value of the environment, and $$ENV{NAME} is that text', async () => {
    const server = await serve(numbered(5));
    await pagewise(
      [server.url, ...paged, '-H', 'X-Key: Key $ENV{PAT}', '-H', 'X-Text: $$ENV{PAT} $ENV', '-u', '$ENV{NAME}:$ENV{PAT}', '-b', 'a=$ENV{COOKIE}'],
      { env },
    ); // prettier-ignore
    expect(server.seen[0]?.headers).toMatchObject({
      'x-key': 'Key p4t',
      'x-text': '$ENV{PAT} $ENV',
      authorization: `Basic ${btoa('jo:p4t')}`,
      cookie: 'a=c00kie',
    });
  });

  it('is not expanded within its own value, or in a file', async () => {
    const server = await serve(numbered(5));
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'headers'), 'X-File: $ENV{PAT}\n');
    await pagewise([server.url, ...paged, '-H', 'X-Key: $ENV{NESTED}', '-H', '@headers'], {
      cwd,
      env: { ...env, NESTED: '$ENV{PAT}' },
    });
    expect(server.seen[0]?.headers).toMatchObject({ 'x-key': '$ENV{PAT}', 'x-file': '$ENV{PAT}' });
  });

  it("is hidden in the API's answers", async () => {
    const server = await serve((seen, response) =>
      json(response, { message: `no such user: ${String(seen.headers['x-name'])}` }, 400),
    );
    const { code, stderr } = await pagewise([server.url, ...paged, '-H', 'X-Name: $ENV{WHO}'], {
      env: { WHO: 'johanna' },
    });
    expect(code).toBe(1);
    expect(stderr).toContain('The API says: no such user: …\n');
    expect(stderr).not.toContain('johanna');
  });
});
