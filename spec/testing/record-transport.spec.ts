import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray, type Observable } from 'rxjs';
import {
  cursor,
  fetchTransport,
  header,
  inBody,
  items,
  linkHeader,
  pageNumber,
  paginate,
  retryRequests,
  type PageRequest,
  type Strategy,
  type Transport,
} from 'pagewise';
import { recordTransport, replayTransport, scriptedTransport, standIn, type Recording } from 'pagewise/testing';
import { json, numbered, serve } from '../support/server.js';
import { answer, rejection, thrown } from '../support/walks.js';

type AnyStrategy = Strategy<number, never>;
const all = (request: PageRequest, strategy: unknown, transport: Transport) =>
  lastValueFrom(
    paginate(request, strategy as AnyStrategy, { transport, policy: retryRequests({ base: 0 }) }).pipe(
      items(),
      toArray(),
    ),
  );

/** Records a walk, and returns the recording as if read from a file. */
async function record(request: PageRequest, strategy: unknown, from: Transport = fetchTransport()) {
  const recorder = recordTransport(from);
  const found = await all(request, strategy, recorder);
  const text = JSON.stringify(recorder.recording);
  return { found, text, recording: JSON.parse(text) as Recording };
}

describe('recordTransport and replayTransport', () => {
  it('replay what a server has answered, without the server', async () => {
    const server = await serve(numbered(25));
    const strategy = pageNumber<number>({ items: 'items', size: 10 });
    const { found, text, recording } = await record({ url: server.url }, strategy);
    expect(found).toHaveLength(25);
    expect(recording.v).toBe(1);
    expect(recording.exchanges[1]).toMatchObject({
      request: { method: 'GET', url: `${server.url}?page=2&per_page=10`, headers: {} },
      response: { status: 200, headers: { 'content-type': 'application/json' }, body: { items: expect.anything() } },
    });
    await server.close();
    const replay = replayTransport(text);
    expect(await all({ url: server.url }, strategy, replay)).toEqual(found);
    expect(replay.remaining).toBe(0);
    expect(await all({ url: server.url }, strategy, replayTransport(recording))).toEqual(found);
  });

  it('S keep no credentials, neither of requests nor of answers, and replay with another key as well', async () => {
    const server = await serve((_, response) =>
      json(response, [1], 200, { 'set-cookie': 'sid=hush1', 'x-auth-token': 'hush2', 'x-request-cost': '3' }),
    );
    const headers = {
      authorization: 'Bearer hush3',
      cookie: 'a=hush4',
      'x-api-key': 'hush5',
      'x-my-secret': 'hush6',
      accept: 'application/json',
    };
    const url = `${server.url}?api_key=hush7&access_token=hush8&q=dog`;
    const { text, recording } = await record(
      { url, headers, method: 'POST', body: { password: 'hush9' } },
      linkHeader(),
    );
    expect(text).not.toContain('hush');
    expect(recording.exchanges[0]).toMatchObject({
      request: {
        url: `${server.url}?api_key=redacted&access_token=redacted&q=dog`,
        headers: { accept: 'application/json' },
      },
      response: { headers: { 'x-request-cost': '3' } },
    });
    const another = { url: `${server.url}?q=dog&api_key=mine`, method: 'POST', body: { password: 'hush9' } };
    expect(await all(another, linkHeader(), replayTransport(recording))).toEqual([1]);
  });

  it('S keep no cursor of URLs and headers, and still recognise it: from a Link header', async () => {
    const server = await serve(({ url, headers }, response) => {
      const from = Number(url.searchParams.get('page_token')?.replace('hush+/', '') ?? 0);
      const next = `<http://${headers.host ?? ''}/items?page_token=${encodeURIComponent(`hush+/${from + 1}`)}&q=1>; rel="next"`;
      json(response, [from], 200, from < 2 ? { link: next } : {});
    });
    const { found, text, recording } = await record({ url: server.url }, linkHeader());
    expect(found).toEqual([0, 1, 2]);
    expect(text).not.toContain('hush');
    expect(recording.exchanges[1]?.request.url).toBe(`${server.url}?page_token=${standIn('hush+/1')}&q=1`);
    expect(await all({ url: server.url }, linkHeader(), replayTransport(recording))).toEqual(found);
  });

  const byToken = (next: unknown) =>
    cursor<number>({ items: 'items', next: next as string, cursorParam: 'page_token' });
  const tokens = (place: (next: string) => object) =>
    scriptedTransport([
      { body: { items: [1] }, ...place('hush-a') },
      { body: { items: [2] }, ...place('hush-b') },
      { body: { items: [3] } },
    ]);

  it('S keep no cursor of an API that has it in a header of a secret name', async () => {
    const strategy = byToken(header('x-next-token'));
    const request = { url: 'https://api.example.com/items' };
    const { found, text } = await record(
      request,
      strategy,
      tokens((next) => ({ headers: { 'X-Next-Token': next } })),
    );
    expect(found).toEqual([1, 2, 3]);
    expect(text).not.toContain('hush');
    expect(await all(request, strategy, replayTransport(text))).toEqual(found);
  });

  it('S keep bodies whole, cursors too, which match what has a stand-in in the URL', async () => {
    const request = { url: 'https://api.example.com/items' };
    const withToken = () => scriptedTransport([
      { body: { items: [1], next: 'hush-a' } },
      { body: { items: [2], next: 'hush-b' } },
      { body: { items: [3] } },
    ]); // prettier-ignore
    const { found, recording, text } = await record(request, byToken('next'), withToken());
    expect(recording.exchanges[0]?.response?.body).toEqual({ items: [1], next: 'hush-a' });
    expect(recording.exchanges[1]?.request.url).toBe(`${request.url}?page_token=${standIn('hush-a')}`);
    expect(await all(request, byToken('next'), replayTransport(text))).toEqual(found);

    const redact = (body: unknown) => {
      const { next } = body as { next?: string };
      return next === undefined ? body : { ...(body as object), next: standIn(next) };
    };
    const recordings: string[] = [];
    const replays: (() => Promise<number[]>)[] = [];
    for (const place of [undefined, inBody()]) {
      const strategy = cursor<number>({
        items: 'items',
        next: 'next',
        cursorParam: place ? 'next' : 'page',
        ...(place ? { place } : {}),
      });
      const asked = { ...request, ...(place ? { method: 'POST', body: { q: 'dog' } } : {}) };
      const recorder = recordTransport(withToken(), { redact });
      expect(await all(asked, strategy, recorder)).toEqual(found);
      const redacted = JSON.stringify(recorder.recording);
      recordings.push(redacted);
      replays.push(() => all(asked, strategy, replayTransport(redacted, { redact })));
    }
    // A name that is not secret is redacted in bodies only.
    expect(recordings[0]).toContain('?page=hush-a');
    expect(recordings[1]).not.toContain('hush');
    expect(await replays[1]!()).toEqual(found);
  });

  it('answer retries as they were answered, in order, failures included', async () => {
    const reset = Object.assign(new Error('no answer from https://a:hush@api.example.com/?key=hush'), {
      code: 'ECONNRESET',
    });
    const script = scriptedTransport([
      reset,
      { status: 503, body: 'busy' },
      { body: { items: [1] } },
      { body: { items: [] } },
    ]);
    const strategy = pageNumber<number>({ items: 'items' });
    const request = { url: 'https://api.example.com/' };
    const { recording, text } = await record(request, strategy, script);
    expect(recording.exchanges.map((one) => one.response?.status ?? one.failure)).toEqual([
      { message: 'Error: no answer from https://api.example.com (ECONNRESET)', retryable: true }, 503, 200, 200,
    ]); // prettier-ignore
    expect(text).not.toContain('hush');
    const replay = replayTransport(recording);
    expect(await all(request, strategy, replay)).toEqual([1]);
    expect(replay.remaining).toBe(0);
  });

  it('note the headers that were read if they cannot be listed', async () => {
    const transport: Transport = () => [answer([1], 200, { 'x-total': '1', 'x-other': '2' })];
    const strategy = pageNumber<number>({ items: '.', total: header('x-total') });
    const { recording } = await record({ url: 'https://api.example.com/' }, strategy, transport);
    expect(recording.exchanges[0]?.response?.headers).toMatchObject({ 'x-total': '1' });
    expect(recording.exchanges[0]?.response?.headers).not.toHaveProperty('x-other');
    expect(await all({ url: 'https://api.example.com/' }, strategy, replayTransport(recording))).toEqual([1]);
  });

  it.each([
    ['https://hush:hush@host/a?b=c#hush', 'https://host/a?b=c'],
    [
      'https://host/?author=me&authorization=hush&OAuth_token=hush',
      'https://host/?author=redacted-&authorization=redacted&OAuth_token=redacted',
    ],
    [
      'https://host/?flag&client_secret=hush&key=hush&sort_key=hush',
      'https://host/?flag&client_secret=redacted&key=redacted&sort_key=redacted-',
    ],
    [
      'https://host/?X-Amz-Signature=hush&X-Amz-Security-Token=hush&%61pi_key=hush',
      'https://host/?X-Amz-Signature=redacted&X-Amz-Security-Token=redacted&%61pi_key=redacted',
    ],
    ['https://host/?a=1&cursor=%E0%A4hush', 'https://host/?a=1&cursor=redacted-'],
    ['/relative?page=1&session=hush', '/relative?page=1&session=redacted'],
  ])('S drop from URLs what is secret: %s', async (url, expected) => {
    const recorder = recordTransport(() => [answer([1])]);
    await lastValueFrom(
      recorder({ url }, { signal: AbortSignal.abort(), pageIndex: 0, attempt: 1 }) as Observable<unknown>,
    );
    expect(recorder.recording.exchanges[0]?.request.url?.replace(/redacted-\w+/g, 'redacted-')).toBe(expected);
  });

  it('check requests as the recorded transport does', () => {
    const transport = recordTransport(fetchTransport());
    expect(thrown(() => paginate({ url: 'ftp://host/' }, linkHeader(), { transport })).message).toContain(
      'scheme ftp:',
    );
  });

  it.each([
    [12n, 'body[0] is 12n'],
    [new Date(0), 'body[0] is a Date'],
    [NaN, 'body[0] is NaN'],
    [undefined, 'body[0] is undefined'],
  ])('refuse to record what JSON would lose: %p', async (value, message) => {
    const error = await rejection(record({ url: 'https://api.example.com/' }, linkHeader(), () => [answer([value])]));
    expect(error).toMatchObject({ name: 'ConfigError', message: expect.stringContaining(message) });
  });

  const url = 'https://api.example.com/items';
  const recorded = async () => {
    const transport = scriptedTransport([{ body: { items: [1] } }, { body: { items: [] } }]);
    return (await record({ url }, pageNumber<number>({ items: 'items', size: 5 }), transport)).recording;
  };

  it.each([
    [
      'its URL',
      { url: `${url}/old` },
      {},
      `the next recorded request is number 1, GET ${url}?page=1&per_page=5, and the URL is ${url}/old here and ${url} in the recording`,
    ],
    ['its method', { url, method: 'POST' }, {}, 'the method is POST here and GET in the recording'],
    ['its body', { url, method: 'POST', body: {} }, {}, 'there is a body here and none in the recording'],
    ['a parameter', { url }, { size: 6 }, 'per_page is 6 here and 5 in the recording'],
    ['one more', { url: `${url}?q=dog` }, {}, 'q is dog here and absent in the recording'],
  ])('report clearly what did not match: %s', async (_, request, options, message) => {
    const strategy = pageNumber<number>({ items: 'items', size: 5, ...options });
    const error = await rejection(all(request, strategy, replayTransport(await recorded())));
    expect(error.name).toBe('ReplayError');
    expect(error.message).toContain('the recording has no answer to ');
    expect(error.message).toContain(message);
    expect(error['attempts']).toBe(1);
  });

  it('report when all answers have been used, or that one', async () => {
    const replay = replayTransport(await recorded());
    const strategy = pageNumber<number>({ items: 'items', size: 5 });
    await all({ url }, strategy, replay);
    expect((await rejection(all({ url }, strategy, replay))).message).toContain(
      'the request was recorded once, and was sent once more now',
    );
    const other = await rejection(all({ url: `${url}/other` }, strategy, replay));
    expect(other.message).toContain('all 2 answers are used');
  });

  it.each([
    ['{', 'the recording is not JSON; pass the text that JSON.stringify(transport.recording) gave'],
    [{ v: 2, exchanges: [] }, 'has version 2, but this version of pagewise reads version 1; record again'],
    [{}, 'must be the recording property of a recordTransport'],
    ['null', 'must be the recording property of a recordTransport'],
    [{ v: 1, exchanges: [{ request: {} }] }, 'damaged: exchange 1'],
  ])('refuse anything but a recording: %j', (recording, message) => {
    expect(thrown(() => replayTransport(recording as never)).message).toContain(message);
  });

  it('refuse anything but a transport, and unknown options', () => {
    expect(thrown(() => recordTransport({} as never)).message).toContain('must be a function');
    expect(thrown(() => recordTransport(fetchTransport(), { redakt: 1 } as never)).message).toContain('redakt');
    expect(thrown(() => replayTransport({ v: 1, exchanges: [] }, { redact: 1 } as never)).message).toContain(
      'redact must be a function',
    );
  });
});
