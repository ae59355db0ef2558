import { describe, expect, it } from '@jest/globals';
import { items, pageNumber, paginate, retryRequests, type WalkEvent } from 'pagewise';
import { lastValueFrom, toArray } from 'rxjs';
import { httpTransport } from '../../lib/transports/http-transport.js';
import { crossFetchWire } from '../../lib/transports/node/cross-fetch-wire.js';
import { numbered, rows, serve } from '../support/server.js';
import { rejection } from '../support/walks.js';

// As in a bundle: its CommonJS can't be loaded there, or it is not installed beside it.
const missing = () => Promise.reject(new Error("Cannot find package 'cross-fetch'"));

const walk = (url: string, agentFor?: () => undefined) => {
  const notices: string[] = [];
  const events = { next: (event: WalkEvent) => event.type === 'notice' && notices.push(event.message) };
  const transport = httpTransport('fetchTransport', {}, crossFetchWire(agentFor, missing));
  const policy = retryRequests({ retries: 0 });
  const pages = paginate({ url }, pageNumber<number>({ items: 'items' }), { transport, policy, events });
  return { notices, all: () => lastValueFrom(pages.pipe(items(), toArray())) };
};

describe('T10 where cross-fetch can not be loaded', () => {
  it('the native fetch carries the requests, and a notice says so once a walk', async () => {
    const server = await serve(numbered(95));
    const { all, notices } = walk(server.url);
    expect(await all()).toEqual(rows(95));
    expect(notices).toEqual([
      "cross-fetch can't be loaded (Error: Cannot find package 'cross-fetch'), so the native fetch carries the requests. It takes a compressed body that is cut off for complete: only parsing it shows that. Install cross-fetch beside the bundle.",
    ]);
    await all();
    expect(notices).toHaveLength(2);
  });

  it('an agent is an error that says what to do', async () => {
    const error = await rejection(walk('http://127.0.0.1:1/', () => undefined).all());
    expect(error.message).toMatch(
      /agent works only with cross-fetch, and cross-fetch can't be loaded .*; install it beside/,
    );
  });
});
