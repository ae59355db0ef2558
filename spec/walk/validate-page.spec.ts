// How a schema is asked about a page, and what its answers do.
import { describe, expect, it } from '@jest/globals';
import { ConfigError, type Page, type Schema, SchemaError } from 'pagewise';
import { pageValidator } from '../../lib/walk/validate-page.js';
import { answer, thrown } from '../support/walks.js';

/** A Standard Schema that validates by a function. */
const schemaBy = (validate: (value: unknown) => unknown) => ({ '~standard': { version: 1, vendor: 'test', validate } });
const doubling = (value: unknown) => ({ value: (value as number) * 2 });
const refusing = () => ({ issues: [{ message: 'no' }] });
const later = (value: unknown) => Promise.resolve(doubling(value));

async function validated(schema: unknown, { items = [1, 2], status = 200, ended = false, read = undefined as (() => never) | undefined } = {}) {
  const got: unknown[] = [];
  const validate = pageValidator(schema as Schema<unknown>);
  const page = { items, body: { raw: true } } as unknown as Page;
  validate?.(read ?? (() => page), answer(page.body, status), ended, (made) => got.push([made.items, made.body]), (error) => got.push(error));
  const atOnce = got.length;
  await new Promise((resolve) => setImmediate(resolve));
  return { got, atOnce };
} // prettier-ignore

describe('a schema', () => {
  it('is not needed', () => {
    expect(pageValidator(undefined)).toBeUndefined();
  });

  it.each([null, 5, 'text', true, [], {}, () => {}, { items: 5 }, { items: null }, { body: undefined }, { '~standard': 5 }, { '~standard': { validate: 5 } }, { items: schemaBy(doubling), other: schemaBy(doubling) }, { other: schemaBy(doubling) }])('is refused if it is %j', (schema) => {
    const error = thrown(() => pageValidator(schema as never));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(/^paginate: schema must be a Standard Schema/);
  }); // prettier-ignore

  it('may be a function, as in arktype', async () => {
    const { got } = await validated(Object.assign(() => {}, schemaBy(doubling)));
    expect(got).toEqual([[[2, 4], { raw: true }]]);
  });

  it.each<[what: string, schema: unknown, items: readonly unknown[], body: unknown]>([
    ['items', schemaBy(doubling), [2, 4], { raw: true }],
    ['items alone', { items: schemaBy(doubling) }, [2, 4], { raw: true }],
    ['the body', { body: schemaBy(() => ({ value: 'made' })) }, [1, 2], 'made'],
    ['both', { items: schemaBy(doubling), body: schemaBy(() => ({ value: 'made' })) }, [2, 4], 'made'],
  ])('of %s makes a page at once', async (_what, schema, items, body) => {
    expect(await validated(schema)).toEqual({ got: [[items, body]], atOnce: 1 });
  });

  it('may answer later, for some items only', async () => {
    const some = schemaBy((value) => (value === 2 ? later(value) : doubling(value)));
    for (const schema of [
      some,
      schemaBy(later),
      { body: schemaBy((value) => Promise.resolve({ value })), items: schemaBy(doubling) },
    ])
      // prettier-ignore
      expect(await validated(schema)).toEqual({ got: [[[2, 4], { raw: true }]], atOnce: 0 });
  });

  it('of the body is not asked about a page without one', async () => {
    const schema = { body: schemaBy(refusing) };
    for (const without of [{ status: 204 }, { ended: true }])
      expect((await validated(schema, without)).got).toEqual([[[1, 2], { raw: true }]]);
  });

  it('that refuses an item or the body is a SchemaError', async () => {
    const item = await validated(schemaBy((value) => (value === 2 ? refusing() : { value })));
    expect(item.got).toEqual([expect.any(SchemaError)]);
    expect(item.got[0]).toMatchObject({ itemIndex: 1 });
    const body = await validated({ body: schemaBy(refusing) });
    expect(body.got).toEqual([expect.any(SchemaError)]);
    expect(body.got[0]).toHaveProperty('itemIndex', undefined);
  });

  it.each(['throws', 'rejects'])('that %s is a CallbackError', async (how) => {
    const cause = new Error('mine');
    const failing = schemaBy(() => {
      if (how === 'throws') throw cause;
      return Promise.reject(cause);
    });
    for (const schema of [failing, { body: failing }])
      expect((await validated(schema)).got).toEqual([expect.objectContaining({ name: 'CallbackError', callback: 'schema', cause })]); // prettier-ignore
  });

  it.each([undefined, null])('that answers %j is a CallbackError', async (value) => {
    for (const schema of [schemaBy(() => value), { body: schemaBy(() => value) }])
      expect((await validated(schema)).got).toEqual([expect.objectContaining({ name: 'CallbackError', callback: 'schema' })]); // prettier-ignore
  });

  it('is named in the error of a page that can not be read', async () => {
    const cause = new Error('mine');
    const read = () => {
      throw cause;
    };
    expect((await validated(schemaBy(doubling), { read })).got).toEqual([expect.objectContaining({ callback: 'schema', cause })]); // prettier-ignore
  });
});
