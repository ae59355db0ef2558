import { describe, expect, it, jest } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { lastValueFrom, toArray } from 'rxjs';
import {
  cursor,
  inBody,
  inForm,
  inHeaders,
  inPath,
  paginate,
  retryRequests,
  type CursorOptions,
  type PageRequest,
  type WalkEvent,
} from 'pagewise';
import { pagewise } from '../cli/pagewise.js';
import { json, serve, type Seen } from '../support/server.js';
import { onEachTransport } from '../support/transports.js';
import { rejection } from '../support/walks.js';

jest.setTimeout(60_000);

/** What must not appear anywhere: from credentials, and from cursors. */
const hush = 'hu5h';
const token = 'c0rs0r';
const leaks = new RegExp(`${hush}|${token}`);

const headers = {
  Authorization: `Bearer ${hush}`,
  'Proxy-Authorization': `Basic ${hush}`,
  Cookie: `session=${hush}`,
  'Set-Cookie': hush,
  'X-Api-Key': hush,
  'x-csrf-token': hush,
  'X-Auth-Token': hush,
  'client-secret': hush,
  'X-My-SECRET-thing': hush,
  'Api-Token-V2': hush,
};
const names = ['api_key', 'apikey', 'access_token', 'client_secret', 'sessionToken', 'X-Amz-Signature', 'q', 'page'];
const query = names.map((name) => `${name}=${hush}`).join('&');
const body = Object.fromEntries(names.map((name) => [name, hush]));
/** What a server may echo. */
const { q: _q, page: _page, ...credentials } = body;
const echoed = { ...credentials, ...headers, next: token, next_cursor: token, cursor: token, after: token };

/** Every way to show an error, or anything in its chain of causes. */
function shown(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null || depth > 10) return String(value);
  const { message, stack, cause } = value as { message?: string; stack?: string; cause?: unknown };
  return [
    message,
    stack,
    JSON.stringify(value),
    inspect(value, { depth: 20 }),
    ...(value instanceof Error ? [String(value)] : []),
    cause === undefined ? '' : shown(cause, depth + 1),
  ].join('\n');
}

type Answer = (response: ServerResponse, evil: string) => void;
const raw =
  (text: string, status = 200, type = 'text/html') =>
  (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': type, 'set-cookie': `session=${hush}` }).end(text);
  };

/** How the second page can fail; its request holds a cursor. */
const failures: [what: string, name: string, answer: Answer][] = [
  ['an error that says everything back', 'HttpError', (response) => json(response, echoed, 400, { 'x-api-key': hush })],
  ['an error page', 'HttpError', raw(`<h1>No ${hush} ${token}</h1>`, 403)],
  ['an error that is retried', 'HttpError', (response) => json(response, echoed, 503)],
  ['too long a wait', 'RateLimitError', (response) => json(response, echoed, 429, { 'retry-after': '9999' })],
  ['an expired position', 'PositionExpiredError', (response) => json(response, echoed, 410)],
  ['JSON that is cut off', 'ParseError', raw(JSON.stringify(echoed).slice(0, -1), 200, 'application/json')],
  ['JSON with a word in it', 'ParseError', raw(`{"next":${token}, "api_key": ${hush}}`)],
  ['JSON that begins with the word', 'ParseError', raw(`{"cursor":${token}}`)],
  ['JSON with trailing text', 'ParseError', raw(`${JSON.stringify(echoed)}x`)],
  ['JSON with single quotes', 'ParseError', raw(`{'access_token': '${hush}', 'next': '${token}'}`)],
  ['headers', 'ParseError', raw(`Cookie: a=1; b=${hush}\nSet-Cookie: x=${hush}; Path=/`)],
  ['a form', 'ParseError', raw(`access_token=${hush}&next=${token}`)],
  ['an HTML page', 'ParseError', raw(`<input name=x value=1>token=${hush}; Authorization: Bearer ${hush}`)],
  ['items that are missing', 'ExtractError', (response) => json(response, { ...echoed, other: 1 })],
  ['items that are an object', 'ExtractError', (response) => json(response, { items: { ...echoed } })],
  ['the same cursor again', 'PaginationLoopError', (response) => json(response, { items: [2], next: token })],
  ['too long an answer', 'ResponseTooLargeError', raw(JSON.stringify({ items: [hush.repeat(500_000)] }))],
  ['a connection that breaks', 'TransportError', (response) => response.destroy()],
  ['a redirect elsewhere', 'CrossOriginError', (response, evil) =>
    response.writeHead(302, { location: `${evil}/?cursor=${token}&key=${hush}` }).end()],
  ['a redirect to a user name', 'RedirectError', (response) =>
    response.writeHead(307, { location: `//user:${hush}@${response.req.headers.host}/` }).end()],
  ['a redirect to no URL', 'RedirectError', (response) =>
    response.writeHead(302, { location: `http://${hush}:${token}/` }).end()],
  ['silence', 'AttemptTimeoutError', () => {}],
]; // prettier-ignore

const places: [where: string, options: Partial<CursorOptions<unknown>>, request: PageRequest][] = [
  ['the query', {}, {}],
  ['a JSON body', { place: inBody('paging') }, { method: 'POST', body }],
  ['a form', { place: inForm() }, { method: 'POST', body: query }],
  ['a header', { place: inHeaders(), cursorParam: 'x-after' }, {}],
  ['the path', { place: inPath() }, {}],
];

/** A first page with the cursor, then the failure. */
const failing = async (answer: Answer, other = '//evil.test') =>
  serve((_seen: Seen, response, index) => {
    if (index === 0) json(response, { items: [1], next: token }, 200, { 'set-cookie': hush });
    else answer(response, other);
  });

onEachTransport('S10 secrets and cursors are shown nowhere', (make) => {
  const fail = async (answer: Answer, [where, options, request]: (typeof places)[number]) => {
    const server = await failing(answer, 'http://127.0.0.1:1');
    const path = where === 'the path' ? '{/cursor}' : '';
    const events: WalkEvent[] = [];
    const pages = paginate(
      { ...request, url: `${server.url}${path}?${query}#${hush}`, headers },
      cursor({ items: 'items', next: 'next', ...options }),
      {
        transport: make({ attemptTimeout: 2000, maxResponseBytes: 1_000_000 }),
        policy: retryRequests({ retries: 1, base: 1 }),
        events: { next: (event) => events.push(event) },
      },
    );
    const error = await rejection(lastValueFrom(pages.pipe(toArray())));
    expect([where, error.message, server.seen.length >= 2]).toEqual([where, error.message, true]);
    return { error, events };
  };

  it.each(failures)('%s: %s', async (what, name, answer) => {
    // Each takes its full wait, so silence is tried once.
    for (const place of what === 'silence' ? places.slice(0, 1) : places) {
      const { error, events } = await fail(answer, place);
      expect([place[0], error.name]).toEqual([place[0], name]);
      expect(shown(error)).not.toMatch(leaks);
      expect(events.map((event) => event.type)).toContain('end');
      expect(events.map((event) => `${JSON.stringify(event)} ${inspect(event, { depth: 20 })}`).join('\n')).not.toMatch(
        leaks,
      );
      // What is shown still identifies the failure.
      expect(error.message).toMatch(/^Page [23] failed/);
      expect(JSON.stringify(error['request'])).toContain('/items');
      // The token holds the cursor, and nothing else of the request.
      const resume = JSON.stringify(error['resume']);
      expect(resume).toContain(token);
      expect(resume).not.toContain(hush);
    }
  });

  it('a refused connection', async () => {
    const server = await serve(() => {});
    await server.close();
    const pages = paginate({ url: `${server.url}?${query}`, headers }, cursor({ items: 'items', next: 'next' }), {
      transport: make(),
      policy: retryRequests({ retries: 0 }),
    });
    const error = await rejection(lastValueFrom(pages));
    expect(error.name).toBe('TransportError');
    expect(shown(error)).not.toMatch(leaks);
  });
});

describe('S10 the command', () => {
  const flags = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const paging = ['--paging', 'cursor', '--next', 'next', '--items', 'items', '--retries', '0'];

  it.each(failures.filter(([what]) => !/silence|long/.test(what)))('shows none of them after %s', async (...row) => {
    const [, , answer] = row;
    const server = await failing(answer, 'http://127.0.0.1:1');
    const { code, stdout, stderr, token: resume } = await pagewise([
      ...flags, '--json', JSON.stringify(body), `${server.url}?${query}`, ...paging, '--in', 'body', '--progress',
    ]); // prettier-ignore
    expect(code).toBe(1);
    expect(stdout).toMatch(/^1\n(2\n)?$/);
    expect(stderr).toMatch(/^pagewise: Page [23] failed/);
    // The cursor is where it must be in order to resume: in the token.
    if (stderr.includes('the position has expired')) expect(resume).toBeUndefined();
    else {
      expect(resume).toContain(token);
      expect(resume).not.toContain(hush);
    }
    expect(stderr.replace(/^ {2}--resume-from .*$/m, '')).not.toMatch(leaks);
  });

  it('nor while it detects how an API pages, with and without --explain', async () => {
    const server = await serve(({ url }, response) => {
      const at = Number((url.searchParams.get('cursor') ?? `${token}0`).slice(token.length));
      json(response, { items: [at * 2 + 1, at * 2 + 2], ...(at < 3 ? { next_cursor: `${token}${at + 1}` } : {}) });
    });
    const url = `${server.url}?${query}`;
    const explained = await pagewise([...flags, url, '--explain']);
    expect({ code: explained.code, out: explained.stdout }).toEqual({
      code: 0,
      out: expect.stringContaining('next_cursor'),
    });
    expect(explained.stdout + explained.stderr).not.toMatch(leaks);
    const run = await pagewise([...flags, url]);
    expect(run).toMatchObject({ code: 0, items: [1, 2, 3, 4, 5, 6, 7, 8] });
    expect(run.stderr).not.toMatch(leaks);
  });

  it.each([
    ['an invalid header', (url: string) => ['-H', `Authorization ${hush}`, url]],
    ['a header with a line break', (url: string) => ['-H', `Authorization: a\n${hush}`, url]],
    ['a URL with a password', (url: string) => [url.replace('//', `//user:${hush}@`)]],
    ['an invalid token', (url: string) => [url, ...paging, '--resume-from', `{"v":2,"x":"${hush}"}`]],
    ['a body that is not JSON', (url: string) => [url, ...paging, '--json', `{"token":"${hush}"`, '--in', 'body']],
    ['JSON with a word in it', (url: string) => [url, ...paging, '--json', `{"token":${hush}}`, '--in', 'body']],
  ])('nor when it refuses %s', async (_what, args) => {
    const server = await serve((_seen, response) => json(response, { items: [] }));
    const { code, stderr } = await pagewise([...flags, ...args(server.url)]);
    expect(code).toBe(2);
    expect(stderr).not.toMatch(leaks);
    expect(server.seen).toEqual([]);
  });
});
