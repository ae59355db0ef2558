import { describe, expect, it } from '@jest/globals';
import { parse as parseLossless } from 'lossless-json';
import { lastValueFrom, map, of, tap, toArray } from 'rxjs';
import {
  distinctItems,
  items,
  offset,
  paginate,
  parseExactJson,
  singlePage,
  type DriftReport,
  type Page,
} from 'pagewise';
import { json, rows, serve } from '../support/server.js';
import { counting, echo, rejection, thrown } from '../support/walks.js';

interface Row {
  id: number;
}

/** Rows by offset; one is inserted at the head after the first page was read. */
const shifting = () =>
  serve(({ url }, response, index) => {
    const all = (index === 0 ? rows(30) : [-1, ...rows(30)]).map((id) => ({ id }));
    const from = Number(url.searchParams.get('offset'));
    json(response, { rows: all.slice(from, from + 10), total: all.length });
  });

describe('distinctItems', () => {
  it('P12 leaves out rows that come twice, and reports announced, received and distinct', async () => {
    const server = await shifting();
    const strategy = offset<Row>({ items: 'rows', size: 10, total: 'total' });
    let drift: DriftReport | undefined;
    const found = await lastValueFrom(
      paginate({ url: server.url }, strategy).pipe(
        distinctItems(
          ({ id }) => id,
          (report) => (drift = report),
        ),
        items(),
        toArray(),
      ),
    );
    expect(found.map(({ id }) => id)).toEqual(rows(30)); // Row 9 came twice, row -1 never.
    expect(drift).toEqual({ announced: 31, received: 31, distinct: 30 });
  });

  it('P12 complete data has three equal counts', async () => {
    const server = await serve(({ url }, response) => {
      const from = Number(url.searchParams.get('offset'));
      json(response, { rows: rows(25).slice(from, from + 10), total: 25 });
    });
    const reports: DriftReport[] = [];
    const pages = paginate({ url: server.url }, offset<number>({ items: 'rows', size: 10, total: 'total' }));
    await lastValueFrom(pages.pipe(distinctItems((row) => row, reports.push.bind(reports))));
    expect(reports).toEqual([{ announced: 25, received: 25, distinct: 25 }]);
  });

  it('keeps pages whole, with their resume tokens', async () => {
    const server = await shifting();
    const pages = paginate({ url: server.url }, offset<Row>({ items: 'rows', size: 10, total: 'total' }));
    const all = await lastValueFrom(pages.pipe(distinctItems(({ id }) => id), toArray())); // prettier-ignore
    expect(all.map((page) => page.items.length)).toEqual([10, 9, 10, 1]);
    expect(all[1]?.resume).toMatchObject({ position: { offset: 20, size: 10 }, itemsBefore: 20 });
  });

  it('a key or report that throws fails the stream; anything but a function is refused', async () => {
    const server = await shifting();
    const pages = () => paginate({ url: server.url }, offset<Row>({ items: 'rows', size: 10 }));
    const boom = () => {
      throw new Error('boom');
    };
    expect(await rejection(lastValueFrom(pages().pipe(distinctItems(boom))))).toMatchObject({ message: 'boom' });
    expect(await rejection(lastValueFrom(pages().pipe(distinctItems(({ id }) => id, boom))))).toMatchObject({
      message: 'boom',
    });
    expect(thrown(() => distinctItems('id' as never)).message).toBe(
      'distinctItems: key must be a function, not "id"; give one such as (item) => item.id',
    );
  });

  const numbers = () => paginate({ body: {} }, counting(3), { transport: echo });

  it('passes on a page without repeated rows as it is, and a copy of one with them', async () => {
    const before: Page<number>[] = [];
    const after = await lastValueFrom(
      numbers().pipe(
        tap((page) => before.push(page)),
        distinctItems((n) => n % 2),
        toArray(),
      ),
    );
    expect(after.map((page, i) => page === before[i])).toEqual([true, true, false]);
    expect(after.map((page) => page.items)).toEqual([[1], [2], []]);
  });

  it('passes on the error of a walk, and reports nothing', async () => {
    const reports: DriftReport[] = [];
    const check = (_: unknown, position: unknown) => (position === 2 ? { fail: 'no' } : undefined);
    const pages = paginate({ body: {} }, counting(3), { transport: echo, check });
    const error = await rejection(lastValueFrom(pages.pipe(distinctItems((n) => n, (report) => reports.push(report))))); // prettier-ignore
    expect([error.name, error['pageIndex'], reports]).toEqual(['CheckError', 1, []]);
  });

  it('compares fractions, texts and objects as a Map does', async () => {
    const one = {};
    for (const [keys, kept] of [
      [[0.5, 0.25, 0.5], [1, 2]],
      [['1', 1, '1'], [1, 2]],
      [[one, {}, one], [1, 2]],
      [[undefined, null, undefined], [1, 2]],
    ] as const)
      expect(await lastValueFrom(numbers().pipe(distinctItems((n) => keys[n - 1]), items(), toArray()))).toEqual(kept); // prettier-ignore
  });

  it('names the function that throws something other than an error', async () => {
    const boom = () => {
      throw 'boom';
    };
    const failed = (...args: Parameters<typeof distinctItems<number>>) =>
      rejection(lastValueFrom(numbers().pipe(distinctItems(...args))));
    expect(await failed(boom)).toMatchObject({ name: 'CallbackError', callback: 'distinctItems.key' });
    expect(await failed((n) => n, boom)).toMatchObject({ name: 'CallbackError', callback: 'distinctItems.report' });
  });

  it('refuses what is not a key or a report, and a source that does not emit pages, by name', async () => {
    expect(thrown(() => distinctItems(numbers() as never)).message).toBe(
      'distinctItems: the first argument is an Observable; if distinctItems itself is passed, add the parentheses: distinctItems(…)',
    );
    expect(thrown(() => distinctItems((n) => n, 'x' as never)).message).toBe(
      'distinctItems: report must be a function, not "x"',
    );
    const others = numbers().pipe(map(({ index }) => index), distinctItems((n) => n) as never); // prettier-ignore
    expect((await rejection(lastValueFrom(others))).message).toBe(
      'distinctItems: the source must emit pages, not 0; put distinctItems(…) before operators that change the pages',
    );
  });
});

describe('D2 keys beyond 2⁵³', () => {
  const pages = (bodies: readonly string[], parseJson: (text: string) => unknown) =>
    paginate({ url: 'https://api.example.com/' }, singlePage<{ id: unknown }>(), {
      transport: () => of({ status: 200, url: '', headers: new Headers(), body: parseJson(`[${bodies.join()}]`) }),
    });
  const ids = ['9007199254740992', '9007199254740993', '9007199254740993', '9007199254740994'];
  const rowsOfIds = ids.map((id) => `{"id":${id}}`);

  it('D2 an error if their digits are lost: it used to drop rows', async () => {
    const walk = lastValueFrom(pages(rowsOfIds, JSON.parse as never).pipe(distinctItems(({ id }) => id), toArray())); // prettier-ignore
    await expect(walk).rejects.toThrow('parseJson: parseExactJson');
  });

  it.each([
    ['parseExactJson', parseExactJson],
    ['lossless-json', (text: string) => parseLossless(text)],
  ])('D2 compared by their digits with %s', async (_name, parse) => {
    const [page] = await lastValueFrom(pages(rowsOfIds, parse).pipe(distinctItems(({ id }) => id), toArray())); // prettier-ignore
    expect(page?.items.map(({ id }) => String(id))).toEqual([...new Set(ids)]);
  });
});
