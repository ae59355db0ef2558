// The walk of a run that detects how the API pages begins with what detection has seen.
import { describe, expect, it, jest } from '@jest/globals';
import { firstValueFrom, from, of } from 'rxjs';
import { rememberAnswers } from '../../lib/cli/flags/remember-answers.js';
import type { PageRequest, Transport } from 'pagewise';
import { json, numbered, serve } from '../support/server.js';
import { answer } from '../support/walks.js';
import { pagewise } from './pagewise.js';

jest.setTimeout(60_000);

const attempt = (pageIndex: number) => ({ pageIndex, attempt: 1 }) as Parameters<Transport>[1];

function remembered(status = 200) {
  const sent: PageRequest[] = [];
  const transport: Transport = (request) => {
    sent.push(request);
    return of(answer({ n: sent.length }, status));
  };
  const { asking, walking, spared } = rememberAnswers(transport);
  const through = async (which: Transport, request: PageRequest, pageIndex = 0) =>
    (await firstValueFrom(from(which(request, attempt(pageIndex))))).body;
  return { sent, spared, ask: (request: PageRequest) => through(asking, request), walk: (request: PageRequest, pageIndex?: number) => through(walking, request, pageIndex) }; // prettier-ignore
}

describe('answers that detection has seen', () => {
  it('are given to the walk once, and then the API is asked', async () => {
    const { sent, spared, ask, walk } = remembered();
    await ask({ url: 'http://a/x' });
    expect([await walk({ url: 'http://a/x' }), spared(), sent.length]).toEqual([{ n: 1 }, 1, 1]);
    expect([await walk({ url: 'http://a/x' }), spared(), sent.length]).toEqual([{ n: 2 }, 1, 2]);
  });

  it('only for the same method, URL, headers and body', async () => {
    const { spared, ask, walk } = remembered();
    const request = { url: 'http://a/x', method: 'POST', body: { page: 1 }, headers: { a: '1' } };
    await ask(request);
    for (const other of [{ url: 'http://a/x?' }, { method: 'PUT' }, { body: { page: 2 } }, { headers: { a: '2' } }]) await walk({ ...request, ...other }); // prettier-ignore
    expect(spared()).toBe(0);
    await walk({ ...request, body: { page: 1 } });
    expect(spared()).toBe(1);
  });

  it('in their order, if the same request was sent twice: a scroll', async () => {
    const { ask, walk } = remembered();
    await ask({ url: 'http://a/scroll' });
    await ask({ url: 'http://a/scroll' });
    expect([await walk({ url: 'http://a/scroll' }), await walk({ url: 'http://a/scroll' })]).toEqual([{ n: 1 }, { n: 2 }]); // prettier-ignore
  });

  it('not of failures, of bodies that can not be compared, or for later pages', async () => {
    const failed = remembered(503);
    await failed.ask({ url: 'http://a/x' });
    await failed.walk({ url: 'http://a/x' });
    const bytes = { url: 'http://a/x', method: 'POST', body: new Uint8Array([1]) };
    const { spared, ask, walk } = remembered();
    await ask(bytes);
    await walk(bytes);
    await ask({ url: 'http://a/y' });
    await walk({ url: 'http://a/z' }, 5);
    await walk({ url: 'http://a/y' });
    expect([failed.spared(), spared()]).toEqual([0, 0]);
  });

  it('spare the API pages 1 and 2, and the items are the same', async () => {
    const server = await serve(numbered(35));
    const { code, items, stderr } = await pagewise([server.url]);
    expect([code, items.length]).toEqual([0, 35]);
    const asked = server.seen.map(({ url }) => url.search);
    const sent = Number(/, (\d+) requests,/.exec(stderr)?.[1]);
    expect(sent).toBe(asked.length);
    expect(asked.filter((search) => search === '?page=2')).toHaveLength(1);
  });

  it('are read again with the flags of the run, such as a check that fails', async () => {
    const server = await serve((_seen, response) => json(response, { items: [{ id: 1 }], next: null, ok: false }));
    expect(await pagewise([server.url, '--fail-if', 'ok=false'])).toMatchObject({ code: 1, stdout: '' });
  });
});
