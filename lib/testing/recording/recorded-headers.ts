import type { PageResponse } from '../../request.js';
import { standIn } from '../stand-in.js';
import { recordedUrl } from './recorded-url.js';
import { dropped, secretKind } from './secret-kind.js';

/**
 * The headers of an answer as a recording holds them: all of them where they can be listed, else those that are asked
 * for, which `response` notes.
 */
export function recordedHeaders(response: PageResponse): {
  readonly headers: Readonly<Record<string, string>>;
  readonly response: PageResponse;
} {
  const headers: Record<string, string> = {};
  const note = (name: string, value: string) => (headers[name.toLowerCase()] = recordedHeader(name, value));
  const given = response.headers as PageResponse['headers'] & Partial<Iterable<[string, string]>>;
  if (typeof given[Symbol.iterator] === 'function') {
    for (const [name, value] of given as Iterable<[string, string]>) note(name, value);
    return { headers, response };
  }
  const get = (name: string) => {
    const value = given.get(name);
    if (value !== null) note(name, value);
    return value;
  };
  return { headers, response: { ...response, headers: { get, hidden: given.hidden } } };
}

function recordedHeader(name: string, value: string): string {
  const kind = secretKind(name);
  if (kind !== undefined) return kind === 'credential' ? dropped : standIn(value);
  if (/^link$/i.test(name)) return value.replace(/<([^>]*)>/g, (_, url: string) => `<${recordedUrl(url)}>`);
  if (/location$/i.test(name)) return recordedUrl(value);
  return value.replace(/\bhttps?:\/\/[^\s"'<>,;]+/gi, recordedUrl);
}
