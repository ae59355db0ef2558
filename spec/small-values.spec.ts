import { describe, expect, it } from '@jest/globals';
import {
  checkpoint, cursor, functionTransport, inBody, inHeaders, inPath, keyset, offset, pageNumber, paginate, ResumeError, resumeOnError, retryRequests, singlePage, type HeaderMap, type Page, type PageRequest, type ResumeToken, type Strategy,
} from 'pagewise'; // prettier-ignore
import { infiniteQueryOptions } from 'pagewise/tanstack';
import * as profiles from 'pagewise/profiles';
import { lastValueFrom, of, toArray } from 'rxjs';
import { fingerprint } from '../lib/values/compare.js';
import { json, rows, serve } from './support/server.js';
import { itemsOf, thrown } from './support/walks.js';

async function all<Item>(pages: AsyncIterable<Page<Item>>): Promise<Page<Item>[]> {
  const found: Page<Item>[] = [];
  for await (const page of pages) found.push(page);
  return found;
}

describe('P20 tokens of bytes', () => {
  const tokens = [Uint8Array.of(5), Uint8Array.of(0, 255, 254, 65), Buffer.from('next'), new Uint8Array()];

  it('P20 are bytes again in messages, and zero bytes are the end', async () => {
    const sent: unknown[] = [];
    const transport = functionTransport(({ body }) => {
      const { token } = body as { token?: Uint8Array };
      sent.push(token);
      return of({ items: [sent.length], next: tokens[sent.length - 1] });
    });
    const strategy = cursor<number>({ items: 'items', next: 'next', cursorParam: 'token', place: inBody() });
    const pages = await all(paginate({ body: {} }, strategy, { transport }));
    expect(itemsOf(pages)).toEqual([1, 2, 3, 4]);
    expect(sent.slice(1).map((token) => [...(token as Uint8Array)])).toEqual(tokens.slice(0, 3).map((token) => [...token])); // prettier-ignore
    expect(sent[1]).toBeInstanceOf(Uint8Array);
    // A position is JSON, and a walk resumes from it.
    sent.length = 1;
    const token = JSON.stringify(pages[0]?.resume);
    expect(token).toContain('"$bytes":"BQ=="');
    await all(paginate({ body: {} }, strategy, { transport, resumeFrom: token }));
    expect([...(sent[1] as Uint8Array)]).toEqual([5]);
  });

  it.each([
    ['the query', {}, ({ url = '' }: PageRequest) => decodeURIComponent(url.split('cursor=')[1] ?? '')],
    [
      'a header',
      { place: inHeaders(), cursorParam: 'x-cursor' },
      ({ headers }: PageRequest) => (headers as HeaderMap)['x-cursor'],
    ],
    ['the path', { place: inPath() }, ({ url = '' }: PageRequest) => decodeURIComponent(url.split('/').at(-1) ?? '')],
    [
      'a JSON body',
      { place: inBody() },
      ({ body }: PageRequest) => (JSON.parse(JSON.stringify(body)) as { cursor: string }).cursor,
    ],
  ])('P20 are Base64 in %s, never decimal digits', async (name, options, read) => {
    const sent: PageRequest[] = [];
    const transport = functionTransport((request) => {
      sent.push(request);
      return of({ items: [sent.length], next: sent.length === 1 ? Uint8Array.of(5, 255) : null });
    });
    const url = `https://api.example.com/items${name === 'the path' ? '{/cursor}' : ''}`;
    const strategy = cursor<number>({ items: 'items', next: 'next', ...options });
    await all(paginate(name === 'a JSON body' ? { url, method: 'POST', body: {} } : { url }, strategy, { transport }));
    expect(read(sent[1]!)).toBe('Bf8=');
  });

  it('P20 of keysets too', async () => {
    const sent: unknown[] = [];
    const transport = functionTransport(({ body }) => {
      sent.push((body as { after?: unknown }).after);
      return of(sent.length > 2 ? [] : [{ id: Uint8Array.of(sent.length) }]);
    });
    await all(paginate({ body: {} }, keyset({ key: 'id', cursorParam: 'after', place: inBody() }), { transport }));
    expect(sent.slice(1).map((token) => [...(token as Uint8Array)])).toEqual([[1], [2]]);
  });
});

describe('tokens of bodies that differ', () => {
  const form = (value: string | Blob) => {
    const made = new FormData();
    made.append('a', value);
    return made;
  };
  it.each([
    ['forms', form('1'), form('2')],
    ['forms with files', form(new File(['1'], 'a')), form(new File(['1'], 'b'))],
    ['blobs', new Blob(['1']), new Blob(['12'])],
    ['blobs by type', new Blob(['1'], { type: 'a/b' }), new Blob(['1'])],
    ['buffers', Uint8Array.of(1).buffer, Uint8Array.of(2).buffer],
    ['views', Uint8Array.of(1), Uint8Array.of(2)],
  ])('P10 %s', (_name, a, b) => {
    expect(fingerprint(a)).not.toBe(fingerprint(b));
    expect(fingerprint({ body: a })).not.toBe(fingerprint({ body: b }));
  });

  it.each([
    ['a Blob', new Blob(['1'])],
    ['a form with a file', form(new File(['1'], 'a'))],
  ])('S14 %s can not be compared: checkpoint, resumeFrom and query keys refuse it', (_name, body) => {
    const request = { url: 'https://api.example.com/', method: 'POST', body };
    const strategy = cursor({ next: 'next' });
    const token = '{"v":2,"position":{},"index":0,"itemsBefore":0,"of":{}}';
    for (const options of [{ checkpoint: checkpoint(new Map(), 'job') }, { resumeFrom: token }])
      expect(thrown(() => paginate(request, strategy, options)).message).toContain("can't be compared");
    expect(thrown(() => infiniteQueryOptions(request, strategy)).message).toContain("can't be compared");
    expect(thrown(() => paginate({ ...request, body: form('1') }, strategy, { resumeFrom: token }))).toBeInstanceOf(
      ResumeError,
    );
  });

  it('S14 a walk with such a body works, and resumes after an error of its own', async () => {
    let n = 0;
    const transport = functionTransport(() => {
      if (n++ === 1) throw Object.assign(new Error('gone'), { code: 'ECONNRESET' });
      return of({ items: [n], next: n < 3 ? 'a' : null });
    });
    const request = { url: 'https://api.example.com/', method: 'POST', body: new Blob(['1']) };
    const strategy = cursor<number>({ items: 'items', next: 'next' });
    const pages$ = paginate(request, strategy, { transport, policy: retryRequests({ retries: 0 }) });
    const pages = await lastValueFrom(pages$.pipe(resumeOnError({ times: 1 }), toArray()));
    expect(itemsOf(pages)).toEqual([1, 3]);
  });

  it('P10 equal ones have equal tokens', () => {
    expect(fingerprint(form('1'))).toBe(fingerprint(form('1')));
    expect(fingerprint(new Blob(['1']))).toBe(fingerprint(new Blob(['1'])));
    expect(fingerprint(Uint8Array.of(1, 2).buffer)).toBe(fingerprint(Uint8Array.of(1, 2).buffer));
  });
});

describe('P10 a token that was forged or damaged', () => {
  const strategies: Record<string, Strategy<number, never>> = {
    pageNumber: pageNumber<number>({ items: 'items', size: 10 }) as Strategy<number, never>,
    offset: offset<number>({ items: 'items', size: 10 }) as Strategy<number, never>,
    cursor: cursor<number>({ items: 'items', next: 'next' }) as Strategy<number, never>,
  };
  const junk = [null, -1, 1.5, NaN, 'x', '', true, [], {}, [1], { a: 1 }, 1e300];

  it.each(Object.keys(strategies))('P10 of %s is a ResumeError or works, whatever its members are', async (name) => {
    const server = await serve(({ url }, response) => {
      const { page, offset: from, cursor: token } = Object.fromEntries(url.searchParams) as Record<string, string>;
      const at = Number(token ?? from ?? (Number(page ?? 1) - 1) * 10);
      json(response, { items: rows(30).slice(at, at + 10), next: at < 20 ? at + 10 : null });
    });
    const strategy = strategies[name]!;
    const run = async (resumeFrom?: ResumeToken) =>
      all(paginate({ url: server.url }, strategy, { ...(resumeFrom && { resumeFrom }) }));
    const token = JSON.parse(JSON.stringify((await run())[0]?.resume)) as unknown as Record<string, unknown>;
    const places = [
      'v',
      'position',
      'done',
      'lastPage',
      'index',
      'itemsBefore',
      'last',
      'first',
      'confirms',
      'delivered',
      'begins',
      'gaps',
      'of',
    ];
    let refused = 0;
    for (const place of places)
      for (const value of [
        undefined,
        ...junk,
        ...(place === 'gaps' ? junk.map((each) => [{ position: each, index: each }]) : []),
      ]) {
        const forged = { ...token, [place]: value };
        const before = server.seen.length;
        const error = await run(forged as unknown as ResumeToken).then(
          () => undefined,
          (found: unknown) => found,
        );
        if (error === undefined) continue;
        refused++;
        // Only what looks like a token of ours is sent, and fails as a page does.
        if (server.seen.length === before) expect(error).toBeInstanceOf(ResumeError);
        expect(error).not.toBeInstanceOf(TypeError);
        expect(error).not.toBeInstanceOf(RangeError);
      }
    expect(refused).toBeGreaterThan(100);
    for (const member of ['page', 'offset', 'size'].filter((each) => each in (token['position'] as object)))
      for (const value of [-1, 1.5, 'x', null, [], {}])
        await expect(
          run({ ...token, position: { ...(token['position'] as object), [member]: value } } as unknown as ResumeToken),
        ).rejects.toBeInstanceOf(ResumeError);
  });
});

describe('profiles', () => {
  const makers = Object.entries(profiles).filter(
    ([name, make]) => typeof make === 'function' && /^[a-z]/.test(name) && !/^(check|named)/.test(name),
  );

  it('refuse options that they do not have', () => {
    let count = 0;
    for (const [name, make] of makers) {
      const one = (options: object) => (make as (options: object) => unknown)(options);
      const error = thrown(() => one({ ...(/graphql/i.test(name) && { connection: 'data.a' }), itmes: 'data' }));
      expect(error.message).toContain('itmes');
      count++;
    }
    expect(count).toBeGreaterThan(20);
  });

  it('and say which one was meant', () => {
    expect(thrown(() => profiles.slack({ itmes: 'a' } as object)).message).toContain(
      'unknown option "itmes"; expected one of items, size, missingNext. Did you mean items?',
    );
    expect(singlePage().name).toBe('singlePage');
  });
});
