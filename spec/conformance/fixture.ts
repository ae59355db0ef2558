import type { Verdict } from 'pagewise';

/** One file of fixtures/: cases of one strategy. README.md describes the format. */
export interface FixtureFile {
  readonly strategy: string;
  readonly about?: string;
  readonly cases: readonly Fixture[];
}

export interface Fixture {
  readonly title: string;
  readonly why?: string;
  readonly options?: Record<string, unknown>;
  readonly request?: FixtureRequest;
  readonly check?: readonly FixtureCheck[];
  readonly retries?: number;
  readonly pages?: number;
  readonly allowOrigins?: readonly string[];
  readonly answers: readonly FixtureAnswer[];
  readonly expect: Expected;
}

export interface FixtureRequest {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

export interface FixtureCheck {
  readonly status?: number;
  readonly path?: string;
  readonly is?: unknown;
  readonly verdict: Verdict;
}

export interface FixtureAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: unknown;
  readonly text?: string;
}

export interface Expected {
  readonly requests: readonly (string | ExpectedRequest)[];
  readonly items: readonly unknown[];
  readonly end: 'complete' | 'until' | ExpectedError;
  readonly sizes?: readonly number[];
  readonly totals?: readonly (number | null)[];
  readonly next?: unknown;
  readonly notice?: string;
}

export interface ExpectedRequest {
  readonly request: string;
  readonly headers?: Record<string, string | null>;
  readonly body?: unknown;
  readonly form?: string;
}

export interface ExpectedError {
  readonly error: string;
  readonly message: string | readonly string[];
}

type Kind = 'string' | 'number' | 'array' | 'object' | 'any';
type Shape<T> = { readonly [K in keyof Required<T>]: Kind | `${Kind}!` };

const file: Shape<FixtureFile> = { strategy: 'string!', about: 'string', cases: 'array!' };
const fixture: Shape<Fixture> = {
  title: 'string!',
  why: 'string',
  options: 'object',
  request: 'object',
  check: 'array',
  retries: 'number',
  pages: 'number',
  allowOrigins: 'array',
  answers: 'array!',
  expect: 'object!',
};
const request: Shape<FixtureRequest> = { method: 'string', url: 'string', headers: 'object', body: 'any' };
const checks: Shape<FixtureCheck> = { status: 'number', path: 'string', is: 'any', verdict: 'any!' };
const answer: Shape<FixtureAnswer> = { status: 'number', headers: 'object', body: 'any', text: 'string' };
const expected: Shape<Expected> = {
  requests: 'array!',
  items: 'array!',
  end: 'any!',
  sizes: 'array',
  totals: 'array',
  next: 'any',
  notice: 'string',
};
const expectedRequest: Shape<ExpectedRequest> = { request: 'string!', headers: 'object', body: 'any', form: 'string' };
const expectedError: Shape<ExpectedError> = { error: 'string!', message: 'any!' };

/** @throws if anything does not follow the format, so that a misspelt key is never ignored */
export function checkFile(name: string, value: unknown): asserts value is FixtureFile {
  checkShape(name, value, file);
  const { cases } = value as FixtureFile;
  const titles = new Set<string>();
  cases.forEach((each, index) => {
    checkShape(`${name}: case ${index + 1}`, each, fixture);
    const place = `${name}: ${JSON.stringify(each.title)}`;
    if (titles.has(each.title)) throw new Error(`${place} stands there twice`);
    titles.add(each.title);
    checkCase(place, each);
  });
}

function checkCase(place: string, each: Fixture): void {
  if (each.request) checkShape(`${place}: request`, each.request, request);
  each.check?.forEach((one) => checkShape(`${place}: check`, one, checks));
  each.answers.forEach((one, index) => {
    checkShape(`${place}: answer ${index + 1}`, one, answer);
    if ('body' in one && 'text' in one) throw new Error(`${place}: answer ${index + 1} has both body and text`);
  });
  checkShape(`${place}: expect`, each.expect, expected);
  const { requests, end, next } = each.expect;
  for (const one of requests)
    if (typeof one !== 'string') checkShape(`${place}: expect.requests`, one, expectedRequest);
  if (typeof end !== 'string') checkShape(`${place}: expect.end`, end, expectedError);
  else if (end !== 'complete' && end !== 'until')
    throw new Error(`${place}: expect.end is ${JSON.stringify(end)}; give "complete", "until" or { error, message }`);
  if ((end === 'until') !== (each.pages !== undefined) || (end === 'until') !== (next !== undefined))
    throw new Error(`${place}: pages, "end": "until" and expect.next go together`);
}

function checkShape(place: string, value: unknown, shape: Readonly<Record<string, string>>): void {
  const known = `it takes ${Object.keys(shape).join(', ')}`;
  if (kindOf(value) !== 'object') throw new Error(`${place} must be an object; ${known}`);
  for (const [key, member] of Object.entries(value as object)) {
    if (!Object.hasOwn(shape, key)) throw new Error(`${place} has an unknown key ${JSON.stringify(key)}; ${known}`);
    const kind = shape[key]?.replace('!', '');
    if (kind !== 'any' && kindOf(member) !== kind) throw new Error(`${place}: ${key} must be of type ${kind}`);
  }
  for (const [key, kind] of Object.entries(shape))
    if (kind.endsWith('!') && !Object.hasOwn(value as object, key)) throw new Error(`${place} has no ${key}`);
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value);
