import { describe, expect, it } from '@jest/globals';
import { type } from 'arktype';
import { lastValueFrom, toArray } from 'rxjs';
import * as v from 'valibot';
import * as z from 'zod';
import {
  afterItems,
  CallbackError,
  ConfigError,
  cursor,
  pageNumber,
  paginate,
  retryRequests,
  SchemaError,
  type Page,
  type PagewiseError,
  type ResumeToken,
  type Schema,
  type StandardSchema,
} from 'pagewise';
import { json, serve } from './support/server.js';
import { itemsOf, rejection, thrown } from './support/walks.js';

interface Row {
  readonly id: number;
  readonly name: string;
}

const byCursor = cursor({ items: 'items', next: 'meta.next' });

/** Three pages of two rows, one of which is replaced by `bad`. */
const table = (bad?: { readonly id: number; readonly row: unknown }) =>
  serve(({ url }, response) => {
    const page = Number(url.searchParams.get('cursor') ?? 0);
    const row = (id: number): unknown => (id === bad?.id ? bad.row : { id, name: ` n${id}`, extra: true });
    json(response, {
      items: [row(page * 2), row(page * 2 + 1)],
      meta: { next: page < 2 ? page + 1 : null, version: '3' },
    });
  });

const expected: Row[] = [0, 1, 2, 3, 4, 5].map((id) => ({ id, name: `n${id}` }));

const zodRow = z.object({ id: z.number().int(), name: z.string().trim() });
const valibotRow = v.object({ id: v.pipe(v.number(), v.integer()), name: v.pipe(v.string(), v.trim()) });
const arktypeRow = type({ '+': 'delete', id: 'number.integer', name: 'string.trim' });
const slowly = <T>(value: T): Promise<T> => new Promise((resolve) => setTimeout(resolve, 1, value));

/** A row at a time through a function that may take its time. */
const custom = (validate: StandardSchema<Row>['~standard']['validate']): StandardSchema<Row> => ({
  '~standard': { version: 1, vendor: 'test', validate },
});

const schemas: [string, StandardSchema<Row>][] = [
  ['zod', zodRow],
  ['valibot', valibotRow],
  ['arktype', arktypeRow],
  ['zod, asynchronously', zodRow.refine((row) => slowly(row.id >= 0))],
  ['valibot, asynchronously', v.pipeAsync(v.unknown(), v.transformAsync(slowly), valibotRow)],
];

const walk = async <Item>(url: string, schema: Schema<Item>, resumeFrom?: ResumeToken | string) => {
  const pages: Page<Item>[] = [];
  const policy = retryRequests({ base: 1 });
  const stream = paginate({ url }, byCursor, { schema, policy, ...(resumeFrom === undefined ? {} : { resumeFrom }) });
  const error = await new Promise<PagewiseError | undefined>((resolve) => {
    stream.subscribe({ next: (page) => pages.push(page), error: resolve, complete: () => resolve(undefined) });
  });
  return { pages, error };
};

describe('schema', () => {
  it.each(schemas)('of %s: pages hold the items it returns, next reads the raw answer', async (_name, schema) => {
    const server = await table();
    const { pages, error } = await walk(server.url, schema);
    expect(error).toBeUndefined();
    expect(itemsOf(pages)).toEqual(expected);
    expect(pages.map(({ next, index, itemsBefore }) => ({ next, index, itemsBefore }))).toEqual([
      { next: { cursor: 1 }, index: 0, itemsBefore: 0 },
      { next: { cursor: 2 }, index: 1, itemsBefore: 2 },
      { next: undefined, index: 2, itemsBefore: 4 },
    ]);
    expect(pages[0]?.body).toBe(pages[0]?.response.body);
    expect(pages[0]?.body).toMatchObject({ items: [{ id: 0, name: ' n0', extra: true }, {}] });
  });

  it.each(schemas)('of %s: an item that does not match is a SchemaError with its location', async (_name, schema) => {
    const server = await table({ id: 3, row: { id: 3, name: 5 } });
    const { pages, error } = await walk(server.url, schema);
    expect(error).toBeInstanceOf(SchemaError);
    expect(error).toMatchObject({ name: 'SchemaError', pageIndex: 1, itemIndex: 1, attempts: 1 });
    expect(error?.message).toMatch(/^Page 2 failed: item 1 does not match the schema, at name: .+, GET http/);
    expect((error as SchemaError).issues).toHaveLength(1);
    expect(itemsOf(pages)).toEqual(expected.slice(0, 2));
    expect(server.seen).toHaveLength(2);
  });

  it('values may be transformed into something else', async () => {
    const server = await table();
    const { pages } = await walk(
      server.url,
      zodRow.transform(({ id }) => BigInt(id)),
    );
    expect(itemsOf(pages)).toEqual([0n, 1n, 2n, 3n, 4n, 5n]);
  });

  it('of { items, body }: both are validated, and next reads the raw body', async () => {
    const server = await table();
    const body = z.object({ meta: z.object({ version: z.coerce.number() }).transform(({ version }) => version) });
    const { pages, error } = await walk(server.url, { items: zodRow, body });
    expect(error).toBeUndefined();
    expect(itemsOf(pages)).toEqual(expected);
    expect(pages.map((page) => page.body)).toEqual([{ meta: 3 }, { meta: 3 }, { meta: 3 }]);
    expect(pages[0]?.response.body).toMatchObject({ meta: { next: 1, version: '3' } });
  });

  it('of { body } alone leaves items as they are', async () => {
    const server = await table();
    const { pages } = await walk(server.url, { body: type({ meta: { version: 'string' } }) });
    expect(itemsOf(pages)[0]).toEqual({ id: 0, name: ' n0', extra: true });
    const { error } = await walk(server.url, { body: v.object({ meta: v.object({ version: v.number() }) }) });
    expect(error).toBeInstanceOf(SchemaError);
    expect(error).toMatchObject({ pageIndex: 0, itemIndex: undefined });
    expect(error?.message).toContain('the body does not match the schema, at meta.version: ');
  });

  it('counts further issues, and lists them all', async () => {
    const server = await table({ id: 0, row: {} });
    const { error } = await walk(server.url, zodRow);
    expect((error as SchemaError).issues).toHaveLength(2);
    expect(error?.message).toMatch(/at id: .* \(and 1 more\)/);
  });

  it('hides a secret that a message contains', async () => {
    const server = await table();
    const message = 'unexpected token: "sk_live_0123456789abcdef0123456789abcdef0123456789"';
    const { error } = await walk(
      server.url,
      custom(() => ({ issues: [{ message }] })),
    );
    expect(error?.message).not.toContain('sk_live');
    expect(error?.message).toContain('item 0 does not match the schema: ');
  });

  it('E11 one that throws or rejects is a CallbackError, and is not retried', async () => {
    for (const validate of [
      (): never => {
        throw new TypeError('fetch failed');
      },
      () => Promise.reject(new TypeError('fetch failed')),
    ])
      for (const schema of [custom(validate), { items: custom(validate) }, { body: custom(validate) }]) {
        const server = await table();
        const { error } = await walk<unknown>(server.url, schema);
        expect(error).toBeInstanceOf(CallbackError);
        expect(error).toMatchObject({ callback: 'schema', pageIndex: 0 });
        expect(server.seen).toHaveLength(1);
      }
  });

  it('E11 one that rejects for an item and throws for the next leaves no rejection unhandled', async () => {
    const unheard: unknown[] = [];
    const listen = (reason: unknown): void => void unheard.push(reason);
    process.on('unhandledRejection', listen);
    const server = await table();
    const schema = custom((value) => {
      if ((value as Row).id === 0) return Promise.reject(new Error('rejected'));
      throw new Error('thrown');
    });
    const { error } = await walk(server.url, schema);
    expect(error).toBeInstanceOf(CallbackError);
    await slowly(0);
    process.off('unhandledRejection', listen);
    expect(unheard).toEqual([]);
  });

  it('E7 unsubscribing while it is pending emits nothing more', async () => {
    const server = await table();
    let release = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (release = resolve));
    const schema = custom(async (value) => {
      await waiting;
      return { value: value as Row };
    });
    let emitted = 0;
    const subscription = paginate({ url: server.url }, byCursor, { schema }).subscribe(() => emitted++);
    while (server.seen.length === 0) await slowly(0);
    await slowly(0);
    subscription.unsubscribe();
    release();
    await slowly(0);
    expect(emitted).toBe(0);
    expect(server.seen).toHaveLength(1);
  });

  it('is not called for empty answers: 204 and endStatuses', async () => {
    const server = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page'));
      if (page === 1) json(response, { items: [{ id: 0, name: 'a' }] });
      else response.writeHead(page === 2 ? 404 : 204).end();
    });
    const strategy = pageNumber({ items: 'items', endStatuses: [404] });
    const schema = { items: zodRow, body: z.object({ items: z.array(z.unknown()) }) };
    const pages = await lastValueFrom(paginate({ url: server.url }, strategy, { schema }).pipe(toArray()));
    expect(itemsOf(pages)).toEqual([{ id: 0, name: 'a' }]);
    expect(pages).toHaveLength(2);
  });

  it('P10 page.resume continues after a validated page, without requesting it again', async () => {
    const server = await table();
    const first = await lastValueFrom(
      paginate({ url: server.url }, byCursor, { schema: zodRow, until: afterItems(2) }).pipe(toArray()),
    );
    const second = await walk(server.url, zodRow, JSON.stringify(first[0]?.resume));
    expect(second.error).toBeUndefined();
    expect([...itemsOf(first), ...itemsOf(second.pages)]).toEqual(expected);
    expect(server.seen).toHaveLength(3);
  });

  it.each([0, 2, 5])('P10 error.resume continues at the page whose item %i failed, with another schema', async (id) => {
    const server = await table({ id, row: { id, name: 5 } });
    const lenient = z.object({ id: z.number(), name: z.coerce.string().trim() });
    for (const strict of [zodRow, zodRow.refine((row) => slowly(row.id >= 0))]) {
      const first = await walk(server.url, strict);
      expect(first.error).toBeInstanceOf(SchemaError);
      const second = await walk(server.url, lenient, JSON.stringify(first.error?.resume));
      expect(second.error).toBeUndefined();
      expect([...itemsOf(first.pages), ...itemsOf(second.pages)].map((row) => row.id)).toEqual([0, 1, 2, 3, 4, 5]);
    }
  });

  it("P11 pages are compared by the raw items, not by the schema's output", async () => {
    const server = await table();
    const { error } = await walk(
      server.url,
      zodRow.transform(() => 'row'),
    );
    expect(error).toBeUndefined();
  });

  it.each<[unknown, string]>([
    [5, 'not 5'],
    [{}, 'not an empty object'],
    [{ item: zodRow }, 'not an object with item'],
    [{ items: {} }, 'not an object with items'],
    [() => true, 'not a function'],
  ])('refuses %p', (schema, message) => {
    const error = thrown(() => paginate({ url: 'http://host/' }, byCursor, { schema: schema as never }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain('schema must be');
    expect(error.message).toContain(message);
  });

  it('is typed: pages hold its output type', async () => {
    const server = await table();
    const ids: number[] = [];
    for await (const page of paginate({ url: server.url }, byCursor, { schema: zodRow }))
      for (const { id } of page.items) ids.push(id);
    expect(ids).toEqual([0, 1, 2, 3, 4, 5]);
    expect(
      await rejection(lastValueFrom(paginate({ url: server.url }, byCursor, { schema: z.string() }))),
    ).toBeInstanceOf(SchemaError);
  });
});
