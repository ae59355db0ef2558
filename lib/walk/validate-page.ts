import { asCallbackError, type PagewiseError, SchemaError } from '../errors.js';
import { type Page, pageWith } from '../page.js';
import type { PageResponse } from '../request.js';
import type { Schema, StandardResult, StandardSchema } from '../schema.js';
import { invalid } from '../values/options.js';

/** Validates the body, reads the page, then validates its items. Either validation may be asynchronous. */
export type Validate = <Item>(
  read: () => Page<Item>,
  response: PageResponse,
  ended: boolean,
  deliver: (page: Page<Item>) => void,
  fail: (error: PagewiseError) => void,
) => void;

/** @returns `undefined` without a schema: answers are trusted @throws ConfigError if it is not a schema */
export function pageValidator(schema: Schema<unknown> | undefined): Validate | undefined {
  if (schema === undefined) return undefined;
  const { items, body } = checked(schema);

  return (read, response, ended, deliver, fail) => {
    const guarded =
      <T>(then: (value: T) => void) =>
      (value: T) => {
        try {
          then(value);
        } catch (error) {
          fail(asCallbackError('schema', error));
        }
      };
    const failed = (error: unknown) => {
      fail(asCallbackError('schema', error));
    };
    const bodyless = ended || response.status === 204;
    settle(
      body === undefined || bodyless ? { value: response.body } : validate(body, response.body),
      guarded((result: StandardResult<unknown>) => {
        if (result.issues) throw new SchemaError('the body', undefined, result.issues);
        const page = read();
        settle(
          items === undefined ? page.items.map((value) => ({ value })) : all(page.items, items),
          guarded((results: readonly StandardResult<unknown>[]) => {
            const values = results.map((one, index) => {
              if (one.issues) throw new SchemaError(`item ${index}`, index, one.issues);
              return one.value as (typeof page.items)[number];
            });
            deliver(pageWith(page, { items: values, body: result.value }));
          }),
          failed,
        );
      }),
      failed,
    );
  };
}

type MaybePromise<T> = T | PromiseLike<T>;

/** Turns what a schema throws into a rejection, so that all failures are handled in one place. */
function validate(schema: StandardSchema<unknown>, value: unknown): MaybePromise<StandardResult<unknown>> {
  try {
    return schema['~standard'].validate(value);
  } catch (error) {
    return Promise.reject(error);
  }
}

function all(
  values: readonly unknown[],
  schema: StandardSchema<unknown>,
): MaybePromise<readonly StandardResult<unknown>[]> {
  const results = values.map((value) => validate(schema, value));
  return results.some(isPromise)
    ? Promise.all(results.map((result) => Promise.resolve(result)))
    : (results as StandardResult<unknown>[]);
}

function settle<T>(value: MaybePromise<T>, then: (value: T) => void, failed: (error: unknown) => void): void {
  if (isPromise(value)) value.then(then, failed);
  else then(value);
}

const isPromise = <T>(value: MaybePromise<T>): value is PromiseLike<T> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';

function checked(schema: Schema<unknown>): { items?: StandardSchema<unknown>; body?: StandardSchema<unknown> } {
  if (isSchema(schema)) return { items: schema };
  const parts = typeof schema === 'object' && schema !== null ? Object.entries(schema as object) : [];
  const fits =
    parts.length > 0 && parts.every(([name, part]) => (name === 'items' || name === 'body') && isSchema(part));
  if (!fits)
    throw invalid(
      'paginate',
      'schema',
      schema,
      'a Standard Schema (zod, valibot, arktype …) for an item, or { items, body } of them',
    );
  return Object.fromEntries(parts);
}

// arktype's types are functions.
const isSchema = (value: unknown): value is StandardSchema<unknown> =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
  typeof (value as { '~standard'?: { validate?: unknown } })['~standard']?.validate === 'function';
