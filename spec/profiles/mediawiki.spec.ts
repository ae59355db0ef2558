import { describe, expect, it } from '@jest/globals';
import { checkMediawiki, mediawiki } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/mediawiki.js';
import { json, serve } from '../support/server.js';
import { answer, itemsOf, rejection, thrown } from '../support/walks.js';
import { queries, serveSpoiled, walkPages } from './walk.js';

interface Title {
  title: string;
}
const query = '?action=query&format=json&list=allpages';
const api = (origin: string) => ({ url: `${origin}/w/api.php${query}` });
const verdict = (error: object, headers?: Record<string, string>) =>
  checkMediawiki(answer({ error }, 200, headers), {});

describe('the MediaWiki profile', () => {
  it('sends every member of continue with the next request', async () => {
    const server = await serve(imitation.start());
    const pages = await walkPages(api(server.origin), mediawiki<Title>({ size: 500, sizeParam: 'aplimit' }));
    expect(itemsOf(pages).map(({ title }) => title)).toEqual(
      Array.from({ length: 1200 }, (_, number) => `Title ${String(number).padStart(4, '0')}`),
    );
    expect(queries(server)).toEqual([
      `${query}&aplimit=500`,
      `${query}&aplimit=500&apcontinue=Title_0500&continue=-||`,
      `${query}&aplimit=500&apcontinue=Title_1000&continue=-||`,
    ]);
  });

  it('starts each time from the request, so a parameter that an answer does not repeat is dropped', async () => {
    const answers = [
      { continue: { rvcontinue: 'r1', continue: '||info' }, query: { pages: [0] } },
      { continue: { gapcontinue: 'g1', continue: 'gapcontinue||' }, query: { normalized: [], pages: [1] } },
      { continue: { gapcontinue: 'g2', continue: 'gapcontinue||' } },
      { batchcomplete: true },
    ];
    const server = await serve((_seen, response, index) => json(response, answers[index]));
    expect(itemsOf(await walkPages({ url: server.url }, mediawiki()))).toEqual([0, 1]);
    expect(queries(server)).toEqual([
      '',
      '?rvcontinue=r1&continue=||info',
      '?gapcontinue=g1&continue=gapcontinue||',
      '?gapcontinue=g2&continue=gapcontinue||',
    ]);
  });

  it('loses nothing if the wiki caps the size', async () => {
    const server = await serve(imitation.start());
    const pages = await walkPages(api(server.origin), mediawiki({ size: 5000, sizeParam: 'aplimit' }));
    expect(itemsOf(pages)).toHaveLength(1200);
    expect(server.seen).toHaveLength(3);
  });

  it('refuses a value that is not a list, several lists, and a name that matches none', async () => {
    const of = async (body: object, items?: string) => {
      const server = await serve((_seen, response) => json(response, body));
      return (await rejection(walkPages({ url: server.url }, mediawiki({ items })))).message;
    };
    expect(await of({ batchcomplete: '', query: { pages: { 12: {} } } })).toContain('add formatversion=2');
    expect(await of({ batchcomplete: '', query: { a: [], b: [] } })).toContain('several lists, a and b');
    expect(await of({ batchcomplete: '', query: { a: [1] } }, 'query.b')).toContain('items at query.b: ');
    expect(await of({ servedby: 'mw1' })).toContain('items at query: ');
  });

  it.each(['maxlag', 'ratelimited'])(
    '%s is a rate limit: the wait that the answer names, or the documented one',
    (code) => {
      expect(verdict({ code, info: 'Wait' })).toEqual({
        retry: `MediaWiki ${code} Wait`,
        throttled: true,
        afterMs: 5000,
      });
      expect(verdict({ code, info: 'Wait' }, { 'retry-after': '7' })).toEqual({
        retry: `MediaWiki ${code} Wait`,
        throttled: true,
      });
    },
  );

  it('other errors with HTTP 200 are retried, expired positions, or failures', () => {
    expect(verdict({ code: 'readonly', info: 'Locked' })).toEqual({ retry: 'MediaWiki readonly Locked' });
    expect(verdict({ code: 'badcontinue' })).toEqual({ expired: 'MediaWiki badcontinue' });
    expect(verdict({ code: 'badvalue', info: 'No' })).toEqual({ fail: 'MediaWiki badvalue No' });
    const errors = [{ code: 'permissiondenied', text: 'You may not' }];
    expect(checkMediawiki(answer({ errors }), {})).toEqual({ fail: 'MediaWiki permissiondenied You may not' });
    expect(checkMediawiki(answer({ query: {} }), {})).toBeUndefined();
    expect(checkMediawiki(answer('<html>', 502), {})).toBeUndefined();
  });

  it('retries while the servers lag, and a failed answer is never the end', async () => {
    const lag = { error: { code: 'maxlag', info: 'Waiting for db1: 6 seconds lagged' } };
    const spoiled = (body: unknown, status: number, only?: number) =>
      serveSpoiled(imitation, (response, index) => {
        if (only === undefined ? index === 0 : index !== only) return false;
        json(response, body, status, { 'retry-after': '0' });
        return true;
      });
    const profile = mediawiki({ size: 500, sizeParam: 'aplimit' });
    const busy = await spoiled(lag, 200, 1);
    expect(itemsOf(await walkPages(api(busy.origin), profile))).toHaveLength(1200);
    expect(busy.seen).toHaveLength(4);
    for (const [status, body, message] of [
      [200, lag, /^Page 2 failed: MediaWiki maxlag .* after 3 attempts/],
      [200, { error: { code: 'internal_api_error_X' } }, /^Page 2 failed: MediaWiki internal_api_error_X/],
      [503, 'away', /^Page 2 failed: 503 /],
    ] as const)
      expect((await rejection(walkPages(api((await spoiled(body, status)).origin), profile))).message).toMatch(message);
    const server = await serve(imitation.start());
    const { message } = await rejection(walkPages({ url: `${server.origin}/w/api.php?action=query` }, profile));
    expect(message).toContain('the body is not JSON');
  });

  it('a size needs the name of its limit, and is checked against the maximum', () => {
    expect(thrown(() => mediawiki({ size: 10 })).message).toContain(
      'sizeParam is missing: each list names its limit differently, such as aplimit',
    );
    expect(thrown(() => mediawiki({ size: 5001, sizeParam: 'aplimit' })).message).toContain('maximum of 5000');
  });
});
