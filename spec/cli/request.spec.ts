import { describe, expect, it, jest } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { json, serve, type Seen } from '../support/server.js';
import { pagewise, temporaryFolder, type RunOptions } from './pagewise.js';

jest.setTimeout(60_000);

/** The one request that a run of one page sends. */
async function sent(args: readonly string[], options?: RunOptions, query = ''): Promise<Seen> {
  const server = await serve((_seen, response) => json(response, [1]));
  const { code, stderr } = await pagewise(
    [...args, `${server.url}${query}`, '--paging', 'page', '--max-pages', '1'],
    options,
  );
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(server.seen).toHaveLength(1);
  return server.seen[0]!;
}

describe('the request', () => {
  it('is a GET with paging in the query, the rest of which is unchanged', async () => {
    const { method, url, headers, body } = await sent([], {}, '?q=a%20b&sort');
    expect({ method, search: url.search, body }).toEqual({ method: 'GET', search: '?q=a%20b&sort&page=1', body: '' });
    expect(headers).toMatchObject({ accept: 'application/json' });
    expect(headers['user-agent']).toMatch(/^pagewise\/\d/);
  });

  it('-X names the method', async () => {
    expect((await sent(['-X', 'PUT', '-d', 'a=1'])).method).toBe('PUT');
    expect((await sent(['--request', 'POST'])).method).toBe('POST');
  });

  it('-H adds headers and overrides the default ones', async () => {
    const { headers } = await sent([
      ...['-H', 'Authorization: Key abc: d', '--header', 'X-Two:  2 ', '-HX-Empty;', '-H', 'accept: text/csv'],
      ...['-H', 'User-Agent: mine', '-d', 'a=1', '-H', 'Content-Type:'],
    ]);
    expect(headers).toMatchObject({ authorization: 'Key abc: d', 'x-two': '2', 'x-empty': '', accept: 'text/csv' });
    expect(headers).toMatchObject({ 'user-agent': 'mine' });
    expect(headers).not.toHaveProperty('content-type');
  });

  it('-H @FILE reads headers from a file', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'headers'), 'Authorization: Key abc\r\n\nX-Two: 2\n');
    const { headers } = await sent(['-H', '@headers'], { cwd: folder });
    expect(headers).toMatchObject({ authorization: 'Key abc', 'x-two': '2' });
  });

  it('-d makes it a POST of a form, joined with &, byte for byte', async () => {
    const { method, headers, body, url } = await sent(['-d', 'a=1', '--data', 'b= é', '--data-raw', '@c']);
    expect({ method, body, search: url.search }).toEqual({ method: 'POST', body: 'a=1&b= é&@c', search: '?page=1' });
    expect(headers).toMatchObject({ 'content-type': 'application/x-www-form-urlencoded' });
  });

  it('-d @FILE and @- read a file and stdin, without their line breaks', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'form'), 'a=1\r\n&b=2\n');
    const { body } = await sent(['-d', '@form', '-d', '@-'], { cwd: folder, input: 'c\n=3\n' });
    expect(body).toBe('a=1&b=2&c=3');
  });

  it('--json sends JSON as written, concatenated', async () => {
    const { method, headers, body } = await sent(['--in', 'query', '--json', '{ "a":', '--json', '9007199254740993 }']);
    expect({ method, body }).toEqual({ method: 'POST', body: '{ "a":9007199254740993 }' });
    expect(headers).toMatchObject({ 'content-type': 'application/json', accept: 'application/json' });
  });

  it('--json @FILE keeps line breaks', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'body.json'), '{\n"a":1}\n');
    expect((await sent(['--in', 'query', '--json', '@body.json'], { cwd: folder })).body).toBe('{\n"a":1}\n');
  });

  it('a JSON body in -d keeps the Content-Type that a header gives it', async () => {
    const { headers, body } = await sent([
      '-d',
      '{"a":1}',
      '-H',
      'content-type: application/vnd.x+json',
      '--in',
      'query',
    ]);
    expect(headers).toMatchObject({ 'content-type': 'application/vnd.x+json' });
    expect(body).toBe('{"a":1}');
  });

  it('-G sends -d in the query', async () => {
    const { method, url, body } = await sent(['-G', '-d', 'q=dog', '--data', 'r=1'], {}, '?a=0#top');
    expect({ method, search: url.search, body }).toEqual({ method: 'GET', search: '?a=0&q=dog&r=1&page=1', body: '' });
  });

  it('-u is Basic authorization, which a header overrides', async () => {
    expect((await sent(['-u', 'jo:p:é'])).headers.authorization).toBe(`Basic ${btoa('jo:p:Ã©')}`);
    expect((await sent(['--user', 'jo:', '-H', 'authorization: Key k'])).headers.authorization).toBe('Key k');
  });

  it('the byte order mark of a file is not sent, except by --data-binary; that of a configuration is skipped', async () => {
    const server = await serve((_seen, response) => json(response, { items: [1] }));
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'body.json'), '\ufeff{"q":1}');
    writeFileSync(join(cwd, 'headers'), '\ufeffX-Team: a\n');
    const paging = ['--paging', 'none', '--items', 'items', '-X', 'POST'];
    for (const flags of [['--json', '@body.json'], ['-d', '@body.json'], ['--data-binary', '@body.json']])
      expect((await pagewise([...paging, ...flags, '-H', '@headers', server.url], { cwd })).code).toBe(0);
    expect(server.seen.map(({ body }) => body)).toEqual(['{"q":1}', '{"q":1}', '\ufeff{"q":1}']);
    expect(server.seen[0]!.headers['x-team']).toBe('a');
    const jobs = { a: { url: server.url, paging: 'none', items: 'items' } };
    writeFileSync(join(cwd, 'pagewise.config.json'), `\ufeff${JSON.stringify({ jobs })}`);
    expect((await pagewise(['run', 'a'], { cwd })).items).toEqual([1]);
  }); // prettier-ignore

  it('a file that is not UTF-8 is refused: it would arrive as something else', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'latin1'), Buffer.from([0x71, 0x3d, 0xe9]));
    for (const flag of ['-d', '--data-binary', '--data-urlencode', '--json', '-H']) {
      const { code, stderr } = await pagewise(['http://127.0.0.1:1/', flag, '@latin1'], { cwd: folder });
      expect(code).toBe(2);
      expect(stderr).toContain('@latin1: the file latin1 is not UTF-8 text');
    }
  });

  it('a number with more digits than JavaScript keeps is not rounded when paging is written beside it', async () => {
    const body = '{ "id": 9007199254740993, "text": "9007199254740993", "n": 0.12345678901234567890 }';
    const { code, stderr } = await pagewise([
      'http://127.0.0.1:1/',
      '--paging',
      'page',
      '--in',
      'body',
      '--json',
      body,
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('the body holds a whole number with more digits than JavaScript keeps');
    const exact = await sent(['--in', 'body', '--json', body.replace('740993,', '740992,')]);
    expect(exact.body).toContain('"id":9007199254740992,"text":"9007199254740993"');
  });
});

describe('--fail-if, --retry-if and --ok-if', () => {
  const paging = ['--paging', 'page', '--items', 'items'];

  it('judge answers that say with status 200 how it went', async () => {
    const answers = [{ items: [1] }, { items: [], state: 'busy' }, { items: [2] }, { items: [], state: 'broken' }];
    const server = await serve((_seen, response, index) => json(response, answers[index] ?? { items: [] }));
    const { code, items, stderr } = await pagewise([
      server.url,
      ...paging,
      '--retry-if',
      'state=busy',
      '--fail-if',
      'state',
    ]);
    expect([code, items]).toEqual([1, [1, 2]]);
    expect(stderr).toContain('pagewise: Page 3 failed: state is "broken"');
  });

  it('an empty page that looks like a failure is an error, which advises a flag', async () => {
    const server = await serve((_seen, response, index) =>
      json(response, index % 2 === 0 ? { items: [1] } : { items: [], error: 'no results' }),
    );
    const { code, stderr } = await pagewise([server.url, ...paging, '-q']);
    expect(code).toBe(1);
    expect(stderr).toContain('error is "no results"; if that is not a failure, accept it with the check --ok-if error');
    const accepted = await pagewise([server.url, ...paging, '--ok-if', 'error']);
    expect([accepted.code, accepted.items]).toEqual([0, [1]]);
  });

  it('must name a path', async () => {
    for (const text of ['=x', ''])
      expect((await pagewise(['http://localhost:1', ...paging, '--fail-if', text])).stderr).toContain('--fail-if');
    expect((await pagewise(['http://localhost:1', ...paging, '--retry-if', 'a..b'])).code).toBe(2);
  });
});
