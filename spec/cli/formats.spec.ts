import { describe, expect, it, jest } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { json, serve, until, type TestServer } from '../support/server.js';
import { pagewise, startPagewise, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

const paged = ['--paging', 'page', '--items', 'items', '--size', '2', '--total', 'total'];

/** Pages of two. */
const paging = (items: readonly unknown[]): Promise<TestServer> =>
  serve(({ url }, response) => {
    const page = Number(url.searchParams.get('page'));
    json(response, { items: items.slice((page - 1) * 2, page * 2), total: items.length });
  });
const orders = [
  { id: 1, customer: { name: 'Ann "A", jr' } },
  { id: 2, customer: { name: 'Bob' } },
  { id: 3, customer: {} },
];

describe('--format', () => {
  const ndjson = orders.map((order) => `${JSON.stringify(order)}\n`).join('');
  const array = `[\n${orders.map((order) => JSON.stringify(order)).join(',\n')}\n]\n`;
  const csv = 'id,customer\r\n1,"{""name"":""Ann \\""A\\"", jr""}"\r\n2,"{""name"":""Bob""}"\r\n3,{}\r\n';

  it.each([
    ['ndjson', ndjson],
    ['json', array],
    ['csv', csv],
  ])('%s to stdout', async (format, text) => {
    const { url } = await paging(orders);
    expect(await pagewise([url, ...paged, '--format', format])).toMatchObject({ code: 0, stdout: text });
  });

  it.each([
    ['a.ndjson', ndjson],
    ['a.jsonl', ndjson],
    ['a.txt', ndjson],
    ['a.json', array],
    ['a.CSV', csv],
    ['a.json.gz', array],
    ['a.csv.gz', csv],
  ])('follows from the name %s', async (name, text) => {
    const { url } = await paging(orders);
    const output = join(temporaryFolder(), name);
    expect((await pagewise([url, ...paged, '-o', output])).code).toBe(0);
    const bytes = readFileSync(output);
    expect((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()).toBe(text);
  });

  it('overrides the name, and an array without items is still an array', async () => {
    const { url } = await paging([]);
    const output = join(temporaryFolder(), 'a.ndjson');
    await pagewise([url, ...paged, '-o', output, '--format', 'json']);
    expect(JSON.parse(readFileSync(output, 'utf8'))).toEqual([]);
  });

  it('csv fails at an item with a field that the first page lacked, and names the page and the flag', async () => {
    const { url } = await paging([{ id: 1 }, { id: 2 }, { id: 3, more: 1 }]);
    const { code, stdout, stderr } = await pagewise([url, ...paged, '--format', 'csv']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'id\r\n1\r\n2\r\n' });
    expect(stderr).toContain(
      `pagewise: Page 2 can't be written: --fields must be given: an item has the field "more", which no item on the first page has\n`,
    );
  });
});

describe('--fields', () => {
  it('are the columns of csv', async () => {
    const { url } = await paging(orders);
    const { stdout } = await pagewise([url, ...paged, '--format', 'csv', '--fields', 'customer.name,id']);
    expect(stdout).toBe('customer.name,id\r\n"Ann ""A"", jr",1\r\nBob,2\r\n,3\r\n');
  });

  it('D1 --escape-formulas keeps cells from being run by a spreadsheet, also in a run that resumes', async () => {
    const { url } = await paging(['=1+1', '+1', '-1', '@x', 'plain', 'a\n=2'].map((text) => ({ text, n: -5 })));
    const cwd = temporaryFolder();
    const args = [url, ...paged, '-o', 'a.csv', '--fields', 'text,n', '--escape-formulas', '--checkpoint', 'place'];
    expect((await pagewise([...args, '--max-pages', '1'], { cwd })).code).toBe(0);
    const other = await pagewise(
      args.filter((flag) => flag !== '--escape-formulas'),
      { cwd },
    );
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('--escape-formulas')]);
    expect((await pagewise(args, { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'a.csv'), 'utf8')).toBe(
      `text,n\r\n'=1+1,-5\r\n'+1,-5\r\n'-1,-5\r\n'@x,-5\r\nplain,-5\r\n"a\n=2",-5\r\n`,
    );
  });

  it('are the keys of objects in other formats', async () => {
    const { url } = await paging(orders);
    const { items } = await pagewise([url, ...paged, '--fields', 'id,customer.name']);
    expect(items).toEqual([{ id: 1, 'customer.name': 'Ann "A", jr' }, { id: 2, 'customer.name': 'Bob' }, { id: 3 }]);
  });

  it('of an existing csv file are what --resume-from needs', async () => {
    const { url } = await paging(orders);
    const cwd = temporaryFolder();
    const args = [url, ...paged, '-o', 'a.csv', '--fields', 'id'];
    const { token = '' } = await pagewise([...args, '--max-pages', '1'], { cwd });
    expect((await pagewise([...args, '--resume-from', token], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'a.csv'), 'utf8')).toBe('id\r\n1\r\n2\r\n3\r\n');
  });
});

describe('--pages', () => {
  it('writes a line for each page', async () => {
    const { url } = await paging(orders);
    const { items } = await pagewise([url, ...paged, '--pages', '--fields', 'id']);
    expect(items).toEqual([
      { index: 0, items: [{ id: 1 }, { id: 2 }], total: 3, next: { page: 2, size: 2 } },
      { index: 1, items: [{ id: 3 }], total: 3, next: null },
    ]);
  });

  it('still counts items', async () => {
    const { url } = await paging(orders);
    const { items, stderr } = await pagewise([url, ...paged, '--pages', '--max-items', '1']);
    expect(items).toMatchObject([{ index: 0, items: [orders[0]] }]);
    expect(stderr).toContain('1 page, 1 item, 1 request');
  });
});

describe('--distinct', () => {
  const shifted = [{ id: 1 }, { id: 2 }, { id: 2, again: true }, { id: 3 }, { id: 4 }, { id: 1 }];
  const ids = (items: readonly unknown[]) => items.map((item) => (item as { id: number }).id);

  it('leaves out items that came before, and says how many', async () => {
    const { url } = await paging(shifted);
    const { items, stderr } = await pagewise([url, ...paged, '--distinct', 'id']);
    expect(ids(items)).toEqual([1, 2, 3, 4]);
    expect(stderr).toContain('4 distinct items of 6 that the API announced; 2 repeated items omitted.\n');
  });

  it('keeps items without the key, and says so', async () => {
    const { url } = await paging([{ id: 1 }, { a: 1 }, { id: 1 }, { a: 2 }]);
    const { items, stderr } = await pagewise([url, ...paged, '--distinct', 'id']);
    expect(items).toEqual([{ id: 1 }, { a: 1 }, { a: 2 }]);
    expect(stderr).toContain('2 items without a value for --distinct, all of them written.\n');
  });

  it('makes --max-items count what is written, and sends no extra request', async () => {
    const server = await paging(shifted);
    const { items, stderr } = await pagewise([server.url, ...paged, '--distinct', 'id', '--max-items', '3']);
    expect(ids(items)).toEqual([1, 2, 3]);
    expect(server.seen).toHaveLength(2);
    expect(stderr).toContain('Stopped at --max-items; there may be more items.');
  });

  it('remembers the keys of earlier runs with a checkpoint', async () => {
    const { url } = await paging(shifted);
    const cwd = temporaryFolder();
    const args = [url, ...paged, '--distinct', 'id', '-o', 'a.ndjson', '--checkpoint', 'place'];
    await pagewise([...args, '--max-items', '3'], { cwd });
    // What a killed run has left after the last commit.
    writeFileSync(join(cwd, 'place.keys'), '4\n', { flag: 'a' });
    const { stderr } = await pagewise(args, { cwd });
    expect(stderr).toContain('4 distinct items of 6 that the API announced; 1 repeated item omitted.\n');
    expect(readFileSync(join(cwd, 'a.ndjson'), 'utf8')).toBe('{"id":1}\n{"id":2}\n{"id":3}\n{"id":4}\n');
    expect(readFileSync(join(cwd, 'place.keys'), 'utf8')).toBe('1\n2\n3\n4\n');
  });

  it('refuses to resume without them', async () => {
    const { url } = await paging(shifted);
    const cwd = temporaryFolder();
    const args = [url, ...paged, '--distinct', 'id', '-o', 'a.ndjson', '--checkpoint', 'place'];
    await pagewise([...args, '--max-pages', '1'], { cwd });
    writeFileSync(join(cwd, 'place.keys'), '');
    const { code, stderr } = await pagewise(args, { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('--distinct id: the file of earlier keys, place.keys, was cut or deleted; ');
  });
});

describe('--concurrency and --prefetch', () => {
  it('keep up to n pages in flight, in order', async () => {
    const waiting: (() => void)[] = [];
    const server = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page'));
      waiting.push(() => json(response, { items: page <= 4 ? [page * 2, page * 2 + 1] : [] }));
      if (waiting.length === 3) for (const answer of waiting.splice(0).reverse()) answer();
    });
    const { items } = await pagewise([server.url, ...paged.slice(0, 6), '--concurrency', '3']);
    expect(items).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('say so if pages can only be requested one after the other', async () => {
    const server = await serve((_seen, response) => json(response, { items: [1] }));
    const cursor = ['--paging', 'cursor', '--next', 'next', '--cursor-param', 'c', '--items', 'items'];
    const { stderr } = await pagewise([server.url, ...cursor, '--concurrency', '2']);
    expect(stderr).toMatch(/--concurrency 2 has no effect: cursor can.t guess the next pages; remove it/);
  });

  it('--prefetch requests pages ahead of the writing', async () => {
    const server = await serve(({ url }, response) =>
      json(response, { items: [`${url.searchParams.get('page')} ${'x'.repeat(4_000_000)}`] }),
    );
    const run = startPagewise([server.url, ...paged.slice(0, 6), '--prefetch', '2'], { unread: true });
    await until('two pages are requested ahead', () => server.seen.length === 3);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(server.seen).toHaveLength(3);
    run.child.kill('SIGKILL');
  });
});

describe('D2 digits', () => {
  const ids = ['9007199254740992', '9007199254740993', '9007199254740994', '12345678901.1234567891', '1e400'];
  const api = () =>
    serve((_seen, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(`{"items":[${ids.map((id) => `{"id":${id},"in":[${id}]}`).join()}],"total":5}`);
    });
  const one = ['--paging', 'none', '--items', 'items'];

  it.each([
    ['ndjson', ids.map((id) => `{"id":${id},"in":[${id}]}\n`).join('')],
    ['json', `[\n${ids.map((id) => `{"id":${id},"in":[${id}]}`).join(',\n')}\n]\n`],
    ['csv', `id,in\r\n${ids.map((id) => `${id},[${id}]\r\n`).join('')}`],
  ])('D2 arrive in %s as they came, and --distinct confuses none of them', async (format, text) => {
    const { url } = await api();
    for (const distinct of [[], ['--distinct', 'id']]) {
      const { code, stdout } = await pagewise([url, ...one, '--format', format, ...distinct]);
      expect({ code, stdout }).toEqual({ code: 0, stdout: text });
    }
  });

  it('D2 of --fields and --pages too', async () => {
    const { url } = await api();
    const fields = await pagewise([url, ...one, '--fields', 'id']);
    expect(fields.stdout).toBe(ids.map((id) => `{"id":${id}}\n`).join(''));
    const pages = await pagewise([url, ...one, '--fields', 'id', '--pages']);
    expect(pages.stdout).toContain(`"items":[${ids.map((id) => `{"id":${id}}`).join()}]`);
  });

  it('D2 of cursors and keys are sent as they came', async () => {
    const server = await serve(({ url }, response) => {
      const after = url.searchParams.get('after');
      response.setHeader('content-type', 'application/json');
      const at = after === null ? 0 : ids.indexOf(after) + 1;
      response.end(
        `{"items":[${ids
          .slice(at, at + 1)
          .map((id) => `{"id":${id}}`)
          .join()}],"next":${ids[at] ?? 'null'}}`,
      );
    });
    for (const paging of [
      ['keyset', '--key', 'id'],
      ['cursor', '--next', 'next'],
    ]) {
      const flags = ['--paging', ...paging, '--cursor-param', 'after', '--items', 'items'];
      const { code, stdout } = await pagewise([server.url, ...flags]);
      expect({ code, stdout }).toEqual({ code: 0, stdout: ids.map((id) => `{"id":${id}}\n`).join('') });
    }
  });
});

describe('D3 encodings', () => {
  const latin1 = () =>
    serve((_seen, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(Buffer.from('[{"name":"café"}]', 'latin1'));
    });

  it('D3 what is not valid is an error that names flags, which work', async () => {
    const { url } = await latin1();
    const { code, stderr } = await pagewise([url, '--paging', 'none']);
    expect(code).toBe(1);
    expect(stderr).toContain('set --encoding windows-1252 (Latin-1) or what the API sends, or --invalid-text replace');
    expect((await pagewise([url, '--paging', 'none', '--encoding', 'windows-1252'])).items).toEqual([{ name: 'café' }]);
    const replaced = await pagewise([url, '--paging', 'none', '--invalid-text', 'replace']);
    expect(replaced.items).toEqual([{ name: 'caf\ufffd' }]);
    expect(replaced.stderr).toContain('Page 1 holds bytes that are not valid text');
    const unknown = await pagewise([url, '--paging', 'none', '--encoding', 'klingon']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('--encoding must be a label');
  });
});
