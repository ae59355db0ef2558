/** @jest-environment jsdom */
import { application, settled } from './test-bed.js';
import { HttpClient, HttpErrorResponse, type HttpInterceptorFn } from '@angular/common/http';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { throwError } from 'rxjs';
import { cursor, inPath, paginate, type WalkEvent } from 'pagewise';
import { httpClientTransport } from 'pagewise/angular';

const hush = 'hu5h-hu5h-hu5h';
const token = 'c0rs0r-c0rs0r';
const leaks = /hu5h|c0rs0r/;

/** Every way to show an error, or anything in its chain of causes. */
function shown(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null || depth > 10) return String(value);
  const { message, stack, cause } = value as { message?: string; stack?: string; cause?: unknown };
  return [message, stack, JSON.stringify(value), inspect(value, { depth: 20 }), shown(cause, depth + 1)].join('\n');
}

/** Walks to the second page, whose request holds the cursor, and lets that fail. */
async function failed(url: string, path: boolean, interceptors: HttpInterceptorFn[] = []) {
  const http = application([], interceptors);
  const events: WalkEvent[] = [];
  let error: unknown;
  const strategy = cursor({ items: 'items', next: 'next', ...(path ? { place: inPath() } : {}) });
  paginate(
    { url, headers: { 'X-Key': hush } },
    strategy,
    {
      transport: httpClientTransport(TestBed.inject(HttpClient)),
      policy: (source) => source,
      events: { next: (event) => events.push(event) },
    },
  ).subscribe({ error: (thrown: unknown) => (error = thrown) }); // prettier-ignore
  await settled();
  http.expectOne(() => true).flush({ items: [1], next: token });
  await settled();
  for (const request of http.match(() => true)) request.error(new ProgressEvent('error'));
  await settled();
  return { error: error as Error & { cause?: unknown }, events };
}

const urls = [`/api/items?key=${hush}`, `https://api.test/items?key=${hush}`, `api/items?${hush}`];

describe('S10 errors of HttpClient show no query and no cursor', () => {
  it.each([...urls.map((url) => [url, false] as const), [`/api/items{/cursor}?key=${hush}`, true] as const])(
    'S10 a failed request to %s',
    async (url, path) => {
      const { error, events } = await failed(url, path);
      expect(error).toMatchObject({ name: 'TransportError', pageIndex: 1 });
      expect(error.cause).toBeInstanceOf(HttpErrorResponse);
      expect(error.cause).toMatchObject({ status: 0, name: 'HttpErrorResponse' });
      expect(shown(error)).not.toMatch(leaks);
      expect(events.map((event) => event.type)).toContain('end');
      for (const event of events) expect(`${JSON.stringify(event)}${inspect(event, { depth: 20 })}`).not.toMatch(leaks);
    },
  );

  it('S10 what an interceptor throws', async () => {
    let calls = 0;
    const interceptor: HttpInterceptorFn = (request, next) =>
      ++calls === 2
        ? throwError(() => Object.assign(new Error(`not ${request.urlWithParams}`), { request, url: request.url }))
        : next(request);
    const { error } = await failed(urls[0] ?? '', false, [interceptor]);
    expect(error.name).toBe('TransportError');
    expect(shown(error)).not.toMatch(leaks);
  });
});
