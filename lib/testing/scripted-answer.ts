import { from, map, type Observable, type ObservableInput, throwError } from 'rxjs';
import { PagewiseError } from '../errors.js';
import type { Attempt, HeaderMap, PageRequest, PageResponse } from '../request.js';
import { describe } from '../values/describe.js';

/** An answer in short form: `{ body: { items: [1, 2] } }`, `{ status: 503, headers: { 'retry-after': '1' } }`. */
export interface AnswerParts {
  readonly body?: unknown;
  /** @default 200 */
  readonly status?: number | undefined;
  /** @default none */
  readonly headers?: HeaderMap | PageResponse['headers'] | undefined;
  /** The URL that answered. @default the request's URL */
  readonly url?: string | undefined;
}

/** What one request gets: an answer, an Error to fail with, or a Promise or Observable of an answer. */
export type ScriptedAnswer = AnswerParts | Error | ObservableInput<AnswerParts>;

/** Answers in order, or a function of the request; any Transport is such a function. */
export type Script =
  readonly ScriptedAnswer[] | ((request: PageRequest, attempt: Attempt) => ScriptedAnswer | undefined);

/**
 * @param number number of the answer in its script, from 1, for errors
 * @throws ScriptError for anything that is not an answer
 */
export function playAnswer(answer: unknown, number: number, request: PageRequest): Observable<PageResponse> {
  if (isError(answer)) return throwError(() => answer);
  const emitted = isInput(answer) ? from(answer) : [answer];
  return from(emitted).pipe(map((parts) => toResponse(parts, number, request)));
}

const names = ['body', 'status', 'headers', 'url'];

function toResponse(parts: unknown, number: number, request: PageRequest): PageResponse {
  const name = `answer ${number} of the script`;
  if (typeof parts !== 'object' || parts === null || Array.isArray(parts))
    throw new ScriptError(`${name} is ${describe(parts)}; an answer is { body, status, headers }, or an Error`);
  const unknown = Object.keys(parts).find((key) => !names.includes(key));
  if (unknown !== undefined)
    throw new ScriptError(
      `${name} has ${describe(unknown)}, which is not part of an answer; put the API's JSON into body: { body: { ${unknown}: … } }`,
    );
  const { status = 200, url = request.url ?? '', headers = {}, body } = parts as AnswerParts;
  return { status, url, headers: isReader(headers) ? headers : readHeaders(headers), body };
}

const isReader = (headers: object): headers is PageResponse['headers'] =>
  typeof (headers as { get?: unknown }).get === 'function';

/** Headers by name, in any case. */
export function readHeaders(headers: HeaderMap): PageResponse['headers'] {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { get: (name) => lower.get(name.toLowerCase()) ?? null };
}

// By tag too: in jest, errors of Node's own modules are from another realm.
const isError = (value: unknown): value is Error =>
  value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';

const isInput = (value: unknown): value is ObservableInput<unknown> =>
  typeof value === 'object' &&
  value !== null &&
  ('subscribe' in value || 'then' in value || Symbol.asyncIterator in value || Symbol.iterator in value);

/** A script has run out of answers, or holds something that is not an answer. Never retried. */
export class ScriptError extends PagewiseError {
  override get name(): string {
    return 'ScriptError';
  }
}
