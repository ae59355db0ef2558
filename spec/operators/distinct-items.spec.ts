import { describe, expect, it } from '@jest/globals';
import { parse as parseLossless } from 'lossless-json';
import { lastValueFrom, of, toArray } from 'rxjs';
import { distinctItems, items, offset, paginate, parseExactJson, singlePage, type DriftReport } from 'pagewise';
import { json, rows, serve } from '../support/server.js';
import { rejection, thrown } from '../support/walks.js';

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
