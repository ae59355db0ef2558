import { describe, expect, it, jest } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { burstsOfRows, elasticsearch, githubSearch, hubspotSearch } from '../strategies/ceilings.js';
import { json, serve } from '../support/server.js';
import { pagewise, temporaryFolder } from './pagewise.js';

jest.setTimeout(120_000);

const year = [Date.UTC(2024, 0), Date.UTC(2025, 0)] as const;
const github = [
  '--paging', 'page', '--items', 'items', '--total', 'total_count', '--size', '100', '--split', 'created_at', '--split-from', '2024-01-01T00:00:00Z', '--split-to', '2025-01-01T00:00:00Z', '--split-params', 'q=created:{from}..{to}', '--split-bounds', '[]', '--ceiling', '1000',
]; // prettier-ignore
const idsOf = (items: readonly unknown[]) => new Set(items.map((item) => Number((item as { id: unknown }).id)));

describe('--split', () => {
  it('writes more rows than a search gives, and goes on after each stop', async () => {
    const rows = burstsOfRows(2500, ...year, 1000, 300);
    const { url } = await githubSearch(rows);
    const folder = temporaryFolder();
    const [out, kept] = ['rows.ndjson', 'rows.json'].map((name) => join(folder, name));
    const args = [`${url}?q=is:issue`, ...github, '-o', out ?? '', '--checkpoint', kept ?? '', '--max-pages', '12'];
    let last;
    for (let runs = 0; runs < 12; runs++) last = await pagewise(args);
    expect(last?.stderr).toContain('Nothing to do');
    const lines = readFileSync(out ?? '', 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(2500);
    expect(idsOf(lines.map((line) => JSON.parse(line) as unknown)).size).toBe(2500);
  });

  it('works around what detection finds, and around profiles; --explain prints it', async () => {
    const rows = burstsOfRows(1500, ...year, 1000, 100);
    const { url } = await githubSearch(rows);
    const flags = github.slice(github.indexOf('--split'));
    const found = await pagewise([`${url}?q=is:issue`, '--size', '100', '--total', 'total_count', ...flags]);
    expect(found.stderr).toContain("--split created_at --split-from 2024-01-01T00:00:00Z --split-to 2025-01-01T00:00:00Z --split-params 'q=created:{from}..{to}'"); // prettier-ignore
    expect([found.code, idsOf(found.items).size, found.items.length]).toEqual([0, 1500, 1500]);
    const explained = await pagewise([`${url}?q=is:issue`, ...github, '--explain']);
    expect(explained.stdout).toContain("TypeScript: splitRanges(pageNumber({ items: 'items'");
    expect(explained.stdout).toContain("from: '2024-01-01T00:00:00Z', to: '2025-01-01T00:00:00Z', params: 'q=created:{from}..{to}', ceiling: 1000, field: 'created_at', bounds: '[]' })"); // prettier-ignore
    const hubspot = await hubspotSearch(burstsOfRows(12_000, ...year, 1, 100));
    const filter = (operator: string, value: string) => ({ propertyName: 'createdate', operator, value });
    const filters = { '/filterGroups': [{ filters: [filter('GTE', '{from}'), filter('LT', '{to}')] }] };
    const profiled = await pagewise([
      hubspot.url, '--profile', 'hubspot', '--json', '{}', '--size', '200', '--rate', '1000/s', '--split', 'createdAt', '--split-from', String(year[0]), '--split-to', String(year[1]), '--split-params', 'from,to', '--split-in', `template:${JSON.stringify(filters)}`, '--ceiling', '10000', '-q',
    ]); // prettier-ignore
    expect([profiled.code, idsOf(profiled.items).size, profiled.items.length]).toEqual([0, 12_000, 12_000]);
  });

  it('is a job of a file, and writes into a JSON body', async () => {
    const { url } = await elasticsearch(burstsOfRows(11_000, ...year, 1, 100));
    const folder = temporaryFolder();
    const job = {
      url, json: '{"track_total_hits":10000}', paging: 'offset', in: 'body', offsetParam: 'from', sizeParam: 'size', size: 1000, items: 'hits.hits', total: 'hits.total.value', totalIs: 'estimate', split: '_source.at', splitFrom: '2024-01-01T00:00:00.000Z', splitTo: '2025-01-01T00:00:00.000Z', splitParams: 'gte,lt', splitIn: 'body:query.range.at', ceiling: 10_000, output: 'hits.ndjson',
    }; // prettier-ignore
    writeFileSync(join(folder, 'pagewise.config.json'), JSON.stringify({ jobs: { hits: job } }));
    const { code } = await pagewise(['run', 'hits'], { cwd: folder });
    expect(code).toBe(0);
    const ids = readFileSync(join(folder, 'hits.ndjson'), 'utf8').trimEnd().split('\n').map((line) => (JSON.parse(line) as { _id: string })._id); // prettier-ignore
    expect([ids.length, new Set(ids).size]).toEqual([11_000, 11_000]);
  });

  it('takes beginnings of texts instead of a range', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `${'abc'[i % 3]}${'abc'[(i >> 2) % 3]}${'ab'[i % 2]}`);
    const server = await serve(({ url }, response) => {
      const prefix = url.searchParams.get('prefix') ?? '';
      const found = names.map((name, id) => ({ id, name })).filter(({ name }) => name.startsWith(prefix)).slice(0, 10); // prettier-ignore
      const page = Number(url.searchParams.get('page'));
      json(response, { items: found.slice((page - 1) * 5, page * 5), total: names.filter((name) => name.startsWith(prefix)).length }); // prettier-ignore
    });
    const flags = ['--paging', 'page', '--items', 'items', '--total', 'total', '--size', '5', '--split', 'name', '--split-params', 'prefix', '--split-alphabet', 'a-c', '--ceiling', '10']; // prettier-ignore
    const { code, items } = await pagewise([server.url, ...flags]);
    expect([code, idsOf(items).size, items.length]).toEqual([0, 40, 40]);
    const explained = await pagewise([server.url, ...flags, '--explain']);
    expect(explained.stdout).toContain(
      "{ prefixes: { param: 'prefix', alphabet: 'a-c' }, ceiling: 10, field: 'name' })",
    );
    const wrong = await pagewise([server.url, ...flags.map((flag) => (flag === 'a-c' ? 'a-b' : flag))]);
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.stderr).toContain('rows whose next character is not in');
  });

  it.each([
    [['--split', 'at', '--split-alphabet', 'a-z', '--split-from', '1'], "--split-alphabet a-z and --split-from can't be combined"], // prettier-ignore
    [['--split', 'at', '--split-alphabet', 'a-z', '--ceiling', '5'], '--split at needs --split-params: the parameter that asks for texts'], // prettier-ignore
    [['--split', 'at', '--split-alphabet', 'a-z', '--ceiling', '5', '--split-params', 'a,b'], '--split-params a,b: with --split-alphabet, give the name of one parameter'], // prettier-ignore
    [['--split', 'at', '--split-alphabet', 'aa', '--ceiling', '5', '--split-params', 'a'], '--split-alphabet holds "a" twice'], // prettier-ignore
    [['--split', 'at'], '--split at needs --split-from: where the range begins'],
    [['--ceiling', '5'], '--ceiling needs --split: the field of each item'],
    [['--split', 'at', '--split-from', '1', '--split-to', '9', '--ceiling', '5'], '--split at needs --split-params'],
    [['--split', 'at', '--split-from', '1', '--split-to', '9', '--ceiling', '5', '--split-params', 'a'], '--split-params a: give the names of both bounds'], // prettier-ignore
    [['--split', 'at', '--split-from', '9', '--split-to', '1', '--ceiling', '5', '--split-params', 'a,b'], '--split-to must be after from'], // prettier-ignore
    [['--split', 'at', '--split-from', '1', '--split-to', '9', '--ceiling', '5', '--split-params', 'a,b', '--split-in', 'body'], '--split-in body: a GET request has no body'], // prettier-ignore
    [['--json', '{}', '--paging', 'page', '--in', 'text:q={page}', '--split', 'at', '--split-from', '1', '--split-to', '9', '--ceiling', '5', '--split-params', 'a,b'], '--split: a JSON body needs --split-in'], // prettier-ignore
    [['--split', 'at', '--split-from', '2024-01-01', '--split-to', '2025-01-01', '--ceiling', '5', '--split-params', 'a,b', '--split-unit', '1s'], '--split-unit is "1s", but from and to are dates'], // prettier-ignore
  ])('%j is refused', async (args, message) => {
    const { code, stderr } = await pagewise(['http://127.0.0.1:9/items', '--paging', 'page', '--items', 'items', ...args]); // prettier-ignore
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it('says in flags why a walk fails', async () => {
    const { url } = await githubSearch(burstsOfRows(1500, ...year, 1000, 100));
    const args = github.map((arg) => (arg === 'q=created:{from}..{to}' ? 'q=made:{from}..{to}' : arg));
    const { stderr, stdout, code } = await pagewise([`${url}?q=created:2024-01-01..2025-01-01`, ...args]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('the API seems to ignore q, or one of them; check the names and the place');
  });
});
