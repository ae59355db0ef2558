import { describe, expect, it, jest } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { paginate, singlePage } from 'pagewise';
import { writeCsv } from 'pagewise/node';
import { of } from 'rxjs';
import { json, serve } from '../support/server.js';
import { pagewise, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

const paged = ['--paging', 'page', '--items', 'items', '--size', '2'];
const api = (items: readonly unknown[]) =>
  serve(({ url }, response) => {
    const page = Number(url.searchParams.get('page'));
    json(response, { items: items.slice((page - 1) * 2, page * 2) });
  });
const orders = [
  { id: 1, customer: { fullName: 'Ann' }, phone: 1 },
  { id: 2, customer: { fullName: 'Bob' } },
  { id: 3, customer: { fullName: 'Cem' }, note: 'late' },
];

describe('D7 a field that is named', () => {
  it.each([
    [
      'csv',
      '--fields',
      'id,custmer',
      '--fields names "custmer", which no item of the first page has, but the items have "customer"',
    ],
    ['ndjson', '--fields', 'id,custmer', '"customer"'],
    ['ndjson', '--fields', 'customer.full_name', 'the items have "customer.fullName"'],
    ['ndjson', '--fields', 'Customer.fullName', 'the items have "customer.fullName"'],
    ['ndjson', '--fields', '/customer/fulName', '"customer/fullName"'],
    [
      'ndjson',
      '--distinct',
      'ID',
      '--distinct names "ID", which no item of the first page has, but the items have "id"',
    ],
  ])('D7 misspelt in %s: %s %s fails before the first write', async (format, flag, value, said) => {
    const { url } = await api(orders);
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'out'), 'of yesterday');
    const { code, stderr } = await pagewise([url, ...paged, flag, value, '--format', format, '-o', 'out'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain(said);
    expect(readFileSync(join(cwd, 'out'), 'utf8')).toBe('of yesterday');
  });

  it.each([[[]], [['-q']], [['--max-items', '3']]])('D7 that no item has is said at the end: %j', async (more) => {
    const { url } = await api(orders);
    const { code, stderr } = await pagewise([url, ...paged, '--fields', 'id,country,customer.age', ...more]);
    expect(code).toBe(0);
    expect(stderr).toContain('no item has "country", "customer.age"; check the paths in --fields and --distinct.\n');
  });

  it.each([
    ['on a later page only', ['--fields', 'id,note']],
    ['that differs in a number', ['--fields', 'id,phone2,phone']],
    ['that is short', ['--fields', 'ip,id']],
    ['the item itself', ['--fields', '.']],
    ['whose similar one is named as well', ['--fields', 'customer,customers']],
  ])('D7 %s is no mistake', async (_name, flags) => {
    const { url } = await api(orders);
    expect((await pagewise([url, ...paged, ...flags])).code).toBe(0);
  });

  it('D7 a list without items says nothing, and neither does a run that resumes', async () => {
    const empty = await api([]);
    expect((await pagewise([empty.url, ...paged, '--fields', 'id', '-q'])).stderr).toBe('');
    const { url } = await api([{ id: 1, note: 'x' }, { id: 2 }, { id: 3 }]);
    const args = [url, ...paged, '--fields', 'id,note', '-o', 'a.csv', '--checkpoint', 'place', '-q'];
    const cwd = temporaryFolder();
    await pagewise([...args, '--max-pages', '1'], { cwd });
    expect(await pagewise(args, { cwd })).toMatchObject({ code: 0, stderr: '' });
  });

  it('D7 misspelt columns of writeCsv fail before the first write', async () => {
    const path = join(temporaryFolder(), 'a.csv');
    const pages = paginate({ body: {} }, singlePage(), {
      transport: () => of({ status: 200, url: '', headers: new Headers(), body: orders }),
    });
    await expect(pages.to(writeCsv(path, { columns: ['id', 'custmer'] }))).rejects.toThrow(
      'writeCsv: columns names "custmer"',
    );
    expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe('');
  });
});
