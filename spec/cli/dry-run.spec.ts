// --dry-run: what would be sent, as curl, and nothing is; and what -v shows of requests.
import { describe, expect, it, jest } from '@jest/globals';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asCurl, placeholder, shownUrl, writtenBeside } from '../../lib/cli/terminal/shown-request.js';
import { json, numbered, rows, serve } from '../support/server.js';
import { pagewise, type RunOptions, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

const paged = ['--paging', 'page', '--size', '10', '--items', 'items'];
const query = 'query ($first: Int, $after: String) { r(first: $first, after: $after) { nodes } }';

/** The two requests that a dry run prints, and what it says of the second; nothing was sent. */
async function dry(flags: readonly string[], { path = '/items', ...options }: RunOptions & { path?: string } = {}) {
  const server = await serve((_seen, response) => json(response, {}));
  const run = await pagewise([`${server.origin}${path}`, '--dry-run', ...flags], options);
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
  expect(server.seen).toEqual([]);
  const [first = '', second = ''] = run.stdout
    .replaceAll(server.origin, 'http://api')
    .split('\n\n')
    .map((part) =>
      part
        .replaceAll(/ \\\n {2}/g, ' ')
        .replace(/ -H 'User-Agent: pagewise\/[^']+'/, '')
        .trim(),
    );
  const [head = '', ...firstLines] = first.split('\n');
  const lines = second.split('\n');
  return {
    head,
    first: firstLines.join('\n'),
    says: lines.filter((line) => line.startsWith('#')).join('\n'),
    second: lines.filter((line) => !line.startsWith('#')).join('\n'),
  };
}

describe('--dry-run', () => {
  it.each<[string, readonly string[], string, string, string]>([
    ['page', ['--paging', 'page', '--size', '50'], '?page=1&per_page=50', '?page=2&per_page=50', 'unless the first answer is the last page'],
    ['offset', ['--paging', 'offset', '--size', '50'], '?offset=0&limit=50', '?offset=50&limit=50', 'if the first page is full'],
    ['offset without a size', ['--paging', 'offset'], '?offset=0', '?offset=<next_offset>', 'where <next_offset> is'],
    ['cursor', ['--paging', 'cursor', '--next', 'meta.next', '--size', '5'], '?limit=5', '?limit=5&cursor=<next_cursor>', 'where <next_cursor> comes'],
    ['cursor with a first one', ['--paging', 'cursor', '--next', 'n', '--first-cursor', '*'], '?cursor=…', '?cursor=<next_cursor>', 'where <next_cursor> comes'],
    ['several tokens', ['--paging', 'cursor', '--next', '{"key-marker": "K", "version": "V"}'], '', '?key-marker=<next_key_marker>&version=<next_version>', 'where <next_key_marker>, <next_version> come'],
    ['keyset', ['--paging', 'keyset', '--key', 'meta.id', '--cursor-param', 'since'], '', '?since=<last_id>', 'where <last_id> comes from the last item'],
    ['link', ['--paging', 'link', '--size', '5'], '?per_page=5', '', 'where <next_url> is the link'],
    ['split by dates', [...paged, '--total', 't', '--split', 'created_at', '--split-from', '2024-01-01', '--split-to', '2025-01-01', '--split-params', 'from_day,to_day', '--ceiling', '1000'], '?from_day=2024-01-01&to_day=2025-01-01&page=1&per_page=10', '?from_day=2024-01-01&to_day=2025-01-01&page=2&per_page=10', '1000 items or more, a half of the range follows'],
    ['split by numbers', [...paged, '--total', 't', '--split', 'id', '--split-from', '1', '--split-to', '90000', '--split-params', '{field}[gte],{field}[lt]', '--ceiling', '1000'], '?id[gte]=1&id[lt]=90000&page=1&per_page=10', '?id[gte]=1&id[lt]=90000&page=2&per_page=10', 'unless the first'],
    ['sync', [...paged, '--sync', 'updated_at', '--sync-param', 'changed_since', '--sync-start', '2024-01-01T00:00:00Z', '--resume-from', '', ], '?changed_since=2024-01-01T00:00:00Z&page=1&per_page=10', '?changed_since=2024-01-01T00:00:00Z&page=2&per_page=10', 'unless the first'],
    ['a profile', ['--profile', 'slack', '--items', 'a', '--size', '7'], '?limit=7', '?limit=7&cursor=<next_cursor>', 'where <next_cursor> comes'],
    ['more at the same time', [...paged, '--concurrency', '4', '--skip-failed-pages', '3', '--rate', '1/m', '--adaptive-size'], '?page=1&per_page=10', '?page=2&per_page=10', 'unless the first'],
  ])('%s', async (what, flags, first, second, says) => {
    const folder = temporaryFolder();
    const given = what === 'sync' ? [...flags.slice(0, -2), '--checkpoint', join(folder, 'new/c.json')] : flags;
    const shown = await dry(given);
    expect(decodeURIComponent(shown.first)).toBe(`curl 'http://api/items${first}'`);
    expect(decodeURIComponent(shown.second)).toBe(second === '' ? "curl '<next_url>'" : `curl 'http://api/items${second}'`);
    expect(shown.says).toContain(says);
    expect(shown.head).toBe('# Nothing was sent. Request 1, for page 1:');
    expect(readdirSync(folder)).toEqual([]);
  }); // prettier-ignore

  it('one page, a profile whose token is an object, and detection have no second request to show', async () => {
    expect(await dry(['--paging', 'none'])).toMatchObject({ second: '', says: '# There is no request 2: this kind of paging has one page.' }); // prettier-ignore
    expect(await dry(['--profile', 'aws-json', '--json', '{}', '--items', 'a'])).toMatchObject({ second: '', says: '# Request 2 is what the first answer says.' }); // prettier-ignore
    const detected = await dry(['--size', '50'], { path: '/items?page=3' });
    expect(detected).toMatchObject({
      head: '# Nothing was sent. Request 1, which shows how the API pages:',
      second: '',
    });
    expect(detected.first).toMatch(/^curl 'http:\/\/api\/items\?page=…/);
    expect(detected.says).toContain('set --paging and its flags, or --profile');
  });

  it('writes paging into bodies: JSON, a form, GraphQL; into headers and paths', async () => {
    const body = await dry([
      '--json',
      '{"q":{"name":"x"},"flag":true}',
      '--in',
      'body:pagination',
      '-X',
      'put',
      ...paged,
    ]);
    const headers = "-H 'Content-Type: application/json' -H 'Accept: application/json'";
    expect(body.first).toBe(`curl 'http://api/items' -X PUT ${headers} --data-raw '{"q":{"name":"…"},"flag":true,"pagination":{"page":1,"per_page":10}}'`); // prettier-ignore
    expect(body.second).toBe(body.first.replace('"page":1', '"page":2'));
    const form = await dry(['-d', 'a=x&page=7', '--in', 'form', ...paged]);
    expect(form.second).toContain("--data-raw 'a=…&page=2&per_page=10'");
    const graphql = await dry(['--paging', 'relay', '--connection', 'data.r', '--size', '10', '--json', JSON.stringify({ query, variables: { owner: 'x' } })]); // prettier-ignore
    expect(graphql.first).toContain(`--data-raw '{"query":"…","variables":{"owner":"…","first":10}}'`);
    expect(graphql.second).toContain(`"first":10,"after":"<end_cursor>"}}'`);
    const range = await dry(['--paging', 'content-range', '--size', '10']);
    expect([range.first, range.second]).toEqual([0, 10].map((from) => `curl 'http://api/items' -H 'Range: items=${from}-${from + 9}'`)); // prettier-ignore
    const inPath = await dry(['--paging', 'page', '--in', 'path'], { path: '/items/{page}/all' });
    expect([inPath.first, inPath.second]).toEqual([1, 2].map((page) => `curl 'http://api/items/${page}/all'`));
  });

  it('hides secrets: headers, -u, cookies, the query, bodies and the environment', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'body'), '{"password":"hush6","size":"hush7"}');
    const shown = await dry(
      ['-H', 'X-Api-Key: hush1', '-H', 'Authorization: Key $ENV{TOKEN}', '-H', 'X-Page-Size: 4711', '-b', 'session=hush3', '--json', `@${folder}/body`, '--cursor-param', 'page', ...['--paging', 'cursor', '--next', 'n', '--in', 'body', '--first-cursor', '123456']], // prettier-ignore
      { path: '/items?k=hush5&limit=4712', env: { TOKEN: 'hush2-from-the-environment' } },
    );
    const all = JSON.stringify(shown);
    expect(all).not.toMatch(/hush|471/);
    expect(shown.first).toContain("-H 'Authorization: Key $ENV{TOKEN}'");
    expect(shown.first).toContain("-H 'X-Api-Key: …'");
    expect(shown.first).toContain("'http://api/items?k=…&limit=…'");
    const basic = await dry(['-u', 'me:hush8', '-d', 'just text: hush9', ...paged]);
    expect(JSON.stringify(basic)).not.toMatch(/hush|bWU6/);
  });

  it('begins where a checkpoint or a token continues, and leaves both as they are', async () => {
    const server = await serve(numbered(50));
    const folder = temporaryFolder();
    const job = [server.url, ...paged, '--checkpoint', join(folder, 'c.json'), '-o', join(folder, 'a.ndjson')];
    expect((await pagewise([...job, '--max-pages', '2'])).code).toBe(0);
    const before = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    const sent = server.seen.length;
    const { stdout, code } = await pagewise([...job, '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('Request 1, for page 3:');
    expect(stdout.match(/\bpage=\d+/g)).toEqual(['page=3', 'page=4']);
    expect(readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(before);
    const { token = '' } = await pagewise([server.url, ...paged, '--max-pages', '1']);
    const resumed = await pagewise([server.url, ...paged, '--resume-from', token, '--dry-run']);
    expect(resumed.stdout.match(/\bpage=\d+/g)).toEqual(['page=2', 'page=3']);
    expect(server.seen.length).toBe(sent + 1);
    expect((await pagewise(job)).code).toBe(0);
    const all = server.seen.length;
    expect(await pagewise([...job, '--dry-run'])).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('Nothing to do') }); // prettier-ignore
    const over = await pagewise([...job, '--dry-run', '--when-done', 'restart']);
    expect(over.stdout).toContain('Request 1, for page 1:');
    expect(server.seen.length).toBe(all);
    expect(readFileSync(join(folder, 'a.ndjson'), 'utf8').split('\n')).toHaveLength(51);
  });

  it('of jobs in a file creates neither their outputs nor their folders', async () => {
    const server = await serve((_seen, response) => json(response, {}));
    const cwd = temporaryFolder();
    const defaults = { header: { Authorization: 'Key $ENV{TOKEN}' }, paging: 'page', size: 5 };
    const jobs = {
      one: { url: `${server.origin}/a?key=$ENV{TOKEN}`, output: 'out/a.ndjson', report: 'a.html', distinct: 'id' },
      two: { url: `${server.origin}/b`, items: 'x', checkpoint: 'deep/b.json', 'cookie-jar': 'jar' },
    };
    writeFileSync(join(cwd, 'pagewise.config.json'), JSON.stringify({ defaults, jobs }));
    const options = { cwd, env: { TOKEN: 'a-long-secret' } };
    const { code, stdout, stderr } = await pagewise(['run', 'one', '--dry-run'], options);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('/a?key=…&page=1&per_page=5');
    expect(stdout).toContain('Authorization: Key $ENV{TOKEN}');
    const all = await pagewise(['run', '--all', '--dry-run'], options);
    expect(all.stdout.match(/Request 1/g)).toHaveLength(2);
    expect(all.stdout + all.stderr).not.toContain('a-long-secret');
    expect(server.seen).toEqual([]);
    expect(readdirSync(cwd)).toEqual(['pagewise.config.json']);
  });

  it('of a job with partitions shows the first one', async () => {
    const server = await serve((_seen, response) => json(response, {}));
    const cwd = temporaryFolder();
    const job = { url: `${server.origin}/{region}`, paging: 'page', output: 'out/{region}.ndjson', partitions: { region: ['eu', 'us'] } }; // prettier-ignore
    writeFileSync(join(cwd, 'pagewise.config.json'), JSON.stringify({ jobs: { job } }));
    const { code, stdout } = await pagewise(['run', 'job', '--dry-run'], { cwd });
    expect([code, stdout.match(/\/eu\?page=\d/g)]).toEqual([0, ['/eu?page=1', '/eu?page=2']]);
    expect([server.seen, readdirSync(cwd)]).toEqual([[], ['pagewise.config.json']]);
  });

  it('refuses what the run would refuse, and --explain', async () => {
    const server = await serve((_seen, response) => json(response, {}));
    const refused = async (...flags: string[]) => (await pagewise([server.url, '--dry-run', ...flags])).stderr;
    expect(await refused('--explain')).toContain('--dry-run with --explain');
    expect(await refused('--paging', 'cursor')).toContain('--next');
    expect(await refused('--rate', 'x')).toContain('--rate');
    expect(await refused('--sync', 'updated_at')).toContain('--checkpoint');
    expect(await refused(...paged, '--checkpoint', '/dev/null/x')).toContain('--checkpoint');
    expect(server.seen).toEqual([]);
  });
});

describe('-v', () => {
  it('shows the numbers and sizes of pages that Pagewise wrote, and no other value', async () => {
    const server = await serve(numbered(15));
    const { stderr } = await pagewise([`${server.url}?k=5&limit=17`, ...paged, '-v', '-o', '/dev/null']);
    expect(stderr).toContain(`> page 2: GET ${server.url}?k=…&limit=…&page=2&per_page=10\n`);
    const cursors = await serve(({ url }, response) => json(response, { items: rows(1), next: url.searchParams.has('cursor') ? null : '98765' })); // prettier-ignore
    const hidden = await pagewise([cursors.url, '--paging', 'cursor', '--items', 'items', '--next', 'next', '--size', '3', '-v']); // prettier-ignore
    expect(hidden.stderr).toContain(`> page 2: GET ${cursors.url}?limit=3&cursor=…\n`);
    const bodies = await serve((_seen, response, index) => json(response, { items: index < 2 ? rows(1).map((id) => id + index) : [] })); // prettier-ignore
    const posted = await pagewise([bodies.url, '--json', '{"limit":4,"a":[1]}', '--in', 'body:p', ...paged, '-v']);
    expect(posted.stderr).toContain(`> page 2: POST ${bodies.url} p.page=2 p.per_page=10\n`);
    const ranges = await serve((_seen, response) => json(response, { items: [] }));
    const ranged = await pagewise([ranges.url, '--paging', 'content-range', '--size', '3', '-H', 'X-Page: 4', '-v']);
    expect(ranged.stderr).toContain(`> page 1: GET ${ranges.url} Range: items=0-2\n`);
  });
});

describe('a request as it is shown', () => {
  const own = { url: 'https://x/a?limit=5&q=s', headers: { a: '1' }, body: undefined };
  it.each([
    ['https://x/a?limit=5&q=s&page=2', 'https://x/a?limit=…&q=…&page=2'],
    ['https://x/a?limit=6&q=s', 'https://x/a?limit=6&q=…'],
    ['https://x/a?next_page=2', 'https://x/a?next_page=…'],
    ['https://x/a?page=secret', 'https://x/a?page=…'],
    ['https://x/a?page=1234567890123456', 'https://x/a?page=…'],
    ['https://x/a?since=2024-01-31T10%3A00%3A00%2B02%3A00', 'https://x/a?since=2024-01-31T10:00:00+02:00'],
    ['https://x/a?since=2024', 'https://x/a?since=…'],
    ['https://x/a?page[number]=3&page%5Bsize%5D=4', 'https://x/a?page[number]=3&page%5Bsize%5D=4'],
    ['https://x/a?page=1#frag', 'https://x/a?page=1'],
    ['https://x/a', 'https://x/a'],
    ['https://me:pw@x/a?page=1', 'https://x/a?page=1'],
    [`https://x/a?t=${placeholder('next_cursor')}`, 'https://x/a?t=<next_cursor>'],
    [`https://x/a?t=secret${placeholder('next_cursor')}`, 'https://x/a?t=…'],
  ])('%s', (url, shown) => {
    expect(shownUrl({ url }, own)).toBe(shown);
  });

  it('is quoted for a shell, and long ones are cut as elsewhere', () => {
    expect(asCurl({ url: "https://x/it's" }, {})).toEqual(["curl 'https://x/it'\\''s'"]);
    expect(asCurl({ url: 'https://x/', method: 'DELETE', headers: { Accept: '' } }, {})).toEqual(["curl 'https://x/' \\", '  -X DELETE \\', "  -H 'Accept;'"]); // prettier-ignore
    expect(shownUrl({ url: `https://x/?a=${'b'.repeat(3000)}&page=2${'&c=d'.repeat(500)}` }, own).length).toBeLessThan(1010); // prettier-ignore
    expect(writtenBeside({ body: { a: [{ page: 2 }], b: null, c: { when: '2024-01-01' } }, headers: {} }, {})).toEqual(['a.0.page=2', 'c.when=2024-01-01']); // prettier-ignore
  });
});
