import { headersOf } from '../failure.js';
import { ReadHeaders } from '../reading/read-headers.js';
import type { ResponseHeaders } from '../request.js';

/** Headers by lower-case name; a repeated header may be an array. */
type HeaderValues = Readonly<Record<string, string | string[] | undefined>>;

/** The headers of an answer, as Node and undici give them. They are plain data: a page can be cloned and posted. */
export class AnswerHeaders implements ResponseHeaders, Iterable<[name: string, value: string]> {
  constructor(private readonly given: HeaderValues) {}

  get(name: string): string | null {
    const key = name.toLowerCase();
    const value = Object.hasOwn(this.given, key) ? this.given[key] : undefined;
    return value === undefined ? null : typeof value === 'string' ? value : value.join(', ');
  }

  *[Symbol.iterator](): Iterator<[name: string, value: string]> {
    for (const name of Object.keys(this.given)) yield [name, this.get(name) ?? ''];
  }
}

/** The headers of what a fetch gave: a Headers, a Map, a plain object, or something with `get`. */
export function headersFrom(response: object): ResponseHeaders {
  const { headers } = response as { headers?: { forEach?: unknown; get?: unknown; hidden?: boolean | string } | null };
  const hidden = headers?.hidden;
  if (typeof headers?.get === 'function' && typeof headers.forEach !== 'function')
    return new ReadHeaders({ get: headersOf(response) ?? (() => null), hidden });
  const read = new AnswerHeaders(valuesOf(headers));
  return hidden === undefined ? read : Object.assign(read, { hidden });
}

function valuesOf(headers: object | null | undefined): HeaderValues {
  const values = Object.create(null) as Record<string, string>;
  const add = (value: unknown, name: unknown) => {
    if (typeof value === 'string' || typeof value === 'number') values[String(name).toLowerCase()] = String(value);
  };
  const listed = headers as { forEach?: (each: typeof add) => void } | null | undefined;
  if (typeof listed?.forEach === 'function') listed.forEach(add);
  else for (const [name, value] of Object.entries(headers ?? {})) add(value, name);
  return values;
}
