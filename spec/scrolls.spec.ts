import { describe, expect, it } from '@jest/globals';
import { checkpoint, cursor, fetchTransport, paginate, type PaginateOptions, resumeOnError, retryRequests, type Strategy } from 'pagewise'; // prettier-ignore
import { lastValueFrom, toArray } from 'rxjs';
import { json, rows, serve } from './support/server.js';
import { walked as wholeWalk } from './support/walks.js';

/** A scroll: the server keeps the position under one token, and moves on with each request that it reads. */
async function scroll({ fail = {}, pages = 3 }: { fail?: Record<number, number>; pages?: number } = {}) {
  let at = 0;
  return serve(({ url }, response, index) => {
    const status = fail[index];
    if (url.searchParams.get('cursor') === null) at = 0;
    const items = rows(pages * 10).slice(at * 10, at * 10 + 10);
    at++; // Also if the answer is lost.
    if (status !== undefined) json(response, {}, status);
    else json(response, { items, next: 'one-token' });
  });
}

const policy = retryRequests({ retries: 2, base: 1 });
const byScroll = (options: object = {}) =>
  cursor<number>({ items: 'items', next: 'next', onSameToken: 'continue', ...options });

const walked = (url: string, strategy = byScroll(), options: PaginateOptions<number> = {}) =>
  wholeWalk(url, strategy as Strategy<number, never>, { policy, ...options });

describe('P21 a scroll under one token', () => {
  it('ends at an empty page', async () => {
    const server = await scroll();
    expect(await walked(server.url)).toMatchObject({ items: rows(30), error: undefined });
    expect(server.seen).toHaveLength(4);
  });

  it('may be empty from its first page on', async () => {
    const server = await scroll({ pages: 0 });
    expect(await walked(server.url)).toMatchObject({ items: [], error: undefined });
    expect(server.seen).toHaveLength(1);
  });

  it('may have equal pages, one after the other', async () => {
    const same = [[1], [1], [1], []];
    const server = await serve((_seen, response, index) => json(response, { items: same[index], next: 'one-token' }));
    expect((await walked(server.url, byScroll({ onRepeat: 'allow' }))).items).toEqual([1, 1, 1]);
  });

  it('is told apart from a token that never changes by mistake: without the option it is an error that advises it', async () => {
    const server = await scroll();
    const { items, error } = await walked(server.url, cursor<number>({ items: 'items', next: 'next' }));
    expect(items).toEqual(rows(20));
    expect(error?.message).toContain("(a scroll), set `onSameToken: 'continue'`");
  });

  it.each([
    ['a total', { total: 'total' }, "if the API ends its lists that way, set `onSameToken: 'stop'`", false],
    ['nothing', {}, "if the API ends its lists that way, set `onSameToken: 'stop'`", true],
    ['has-more', { hasMore: 'more' }, "if the API ends its lists that way, set `onSameToken: 'stop'`", false],
  ])("'stop' is advised only if nothing announces more: %s", async (_name, options, advice, isAdvised) => {
    const server = await serve((_seen, response, index) =>
      json(response, { items: [index], next: 'one-token', total: 30, more: true }),
    );
    const { error } = await walked(server.url, cursor<number>({ items: 'items', next: 'next', ...options }));
    expect(error?.message).toContain("'continue'");
    expect(error?.message.includes(advice)).toBe(isAdvised);
  });

  it.each([
    ['503', { 2: 503 }],
    ['429', { 2: 429 }],
  ])('sends no attempt twice after the first page: %s fails the walk', async (_name, fail) => {
    const server = await scroll({ fail });
    const { items, error } = await walked(server.url);
    expect(items).toEqual(rows(20));
    expect(error).toMatchObject({ attempts: 1, pageIndex: 2 });
    expect(error?.resume).toBeUndefined();
    expect(server.seen).toHaveLength(3);
  });

  it('its first page is retried: it opens a scroll of its own', async () => {
    const server = await scroll({ fail: { 0: 503 } });
    expect((await walked(server.url)).items).toEqual(rows(30));
  });

  it('repeatable: true retries each page, for servers that move on only after their answer', async () => {
    let at = 0;
    const server = await serve((_seen, response, index) => {
      if (index === 1) return json(response, {}, 503);
      return json(response, {
        items: rows(30)
          .slice(at++ * 10)
          .slice(0, 10),
        next: 'one-token',
      });
    });
    expect((await walked(server.url, byScroll({ repeatable: true }))).items).toEqual(rows(30));
  });

  it('refuses what would resume it, before anything is sent', async () => {
    const server = await scroll();
    const resume = { v: 2, position: { cursor: 'one-token' }, index: 1, itemsBefore: 10, of: {} };
    for (const options of [{ checkpoint: checkpoint(new Map(), 'job') }, { resumeFrom: JSON.stringify(resume) }]) {
      const { error } = await walked(server.url, byScroll(), options);
      expect(error?.message).toMatch(/can't continue this walk: the server keeps the position/);
    }
    expect(server.seen).toHaveLength(0);
  });

  it('is not resumed by resumeOnError', async () => {
    const server = await scroll({ fail: { 1: 503 } });
    const pages$ = paginate({ url: server.url }, byScroll(), { policy, transport: fetchTransport() });
    const walk = lastValueFrom(pages$.pipe(resumeOnError({ times: 3 }), toArray()));
    await expect(walk).rejects.toMatchObject({ pageIndex: 1 });
    expect(server.seen).toHaveLength(2);
  });

  it('repeatable is refused where it says nothing', () => {
    expect(() => cursor({ next: 'next', repeatable: true })).toThrow("needs `onSameToken: 'continue'`");
  });
});
