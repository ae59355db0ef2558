import type { ResponseHeaders } from '../../request.js';

/** The headers of an answer, as Node and undici give them: by names in lower case; several of a name may be in an array. */
export class AnswerHeaders implements ResponseHeaders, Iterable<[name: string, value: string]> {
  constructor(private readonly given: Readonly<Record<string, string | string[] | undefined>>) {}

  get(name: string): string | null {
    const key = name.toLowerCase();
    const value = Object.hasOwn(this.given, key) ? this.given[key] : undefined;
    return value === undefined ? null : typeof value === 'string' ? value : value.join(', ');
  }

  *[Symbol.iterator](): Iterator<[name: string, value: string]> {
    for (const name of Object.keys(this.given)) yield [name, this.get(name) ?? ''];
  }
}
