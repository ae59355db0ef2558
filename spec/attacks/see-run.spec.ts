import { describe, expect, it, jest } from '@jest/globals';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { readFileSync } from 'node:fs';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { cursor, inBody, inHeaders, inPath, paginate, retryRequests, tellAll, type CursorOptions } from 'pagewise';
import { openTelemetry, publishEvents, recordRun } from 'pagewise/node';
import { pagewise, temporaryFolder } from '../cli/pagewise.js';
import { json, serve } from '../support/server.js';

jest.setTimeout(60_000);

const hush = 'hu5h';
const token = 'c0rs0r';
const leaks = new RegExp(`${hush}|${token}|${Buffer.from(`user:${hush}`).toString('base64')}`);
const headers = {
  Authorization: `Bearer ${hush}`,
  Cookie: `session=${hush}`,
  'X-Api-Key': hush,
  'client-secret': hush,
  Accept: 'application/json',
};
const query = ['api_key', 'access_token', 'q', 'page', `${hush}!`].map((name) => `${name}=${hush}`).join('&');
const body = { password: hush, filter: { token: hush } };
const answered = { items: [{ secret: hush }], next: token, api_key: hush, message: hush };

/** A page, a failure of each kind, and a page that keeps failing: all of them echo what they were sent. */
const echoing = () =>
  serve((_seen, response, index) => {
    if (index === 0) json(response, answered, 200, { 'set-cookie': hush, etag: hush });
    else if (index === 1) json(response, answered, 503, { 'x-request-id': hush });
    else if (index === 2) response.destroy();
    else if (index === 3) response.writeHead(302, { location: `//user:${hush}@127.0.0.1:1/?key=${hush}` }).end();
    else json(response, answered, 422);
  });

const places: [where: string, options: Partial<CursorOptions<unknown>>, method: string][] = [
  ['the query', {}, 'GET'],
  ['a body', { place: inBody('paging') }, 'POST'],
  ['a header', { place: inHeaders(), cursorParam: 'x-after' }, 'GET'],
  ['the path', { place: inPath() }, 'GET'],
];

/** Makes one span processor see all spans. */
function tracing() {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  return { tracer: provider.getTracer('test'), exporter };
}

describe('S10 what shows a run shows no secrets: trace, HAR, report, spans, diagnostics channels', () => {
  it.each(places)('with the cursor in %s', async (where, options, method) => {
    const server = await echoing();
    const folder = temporaryFolder();
    const files = ['report', 'trace', 'har'].map((name) => [name, join(folder, name)]);
    const { tracer, exporter } = tracing();
    const published: string[] = [];
    const hear = (event: unknown) => void published.push(JSON.stringify(event), inspect(event, { depth: 20 }));
    const channels = ['request', 'response', 'wait', 'page', 'notice', 'end'].map((type) => `pagewise:${type}`);
    for (const channel of channels) subscribe(channel, hear);
    const recorder = recordRun(Object.fromEntries(files) as { report: string });
    const path = where === 'the path' ? '{/cursor}' : '';
    try {
      await paginate(
        { url: `${server.url}${path}?${query}#${hush}`, headers, method, ...(method === 'POST' ? { body } : {}) },
        cursor({ items: 'items', next: 'next', ...options }),
        {
          policy: retryRequests({ retries: 3, base: 1, shouldRetry: () => true }),
          events: tellAll(publishEvents(), openTelemetry(tracer), recorder),
        },
      )
        .forEach(() => {})
        .catch(() => {});
    } finally {
      for (const channel of channels) unsubscribe(channel, hear);
    }
    expect(server.seen.length).toBeGreaterThanOrEqual(4);

    const written = files.map(([name = '', file = '']) => [name, readFileSync(file, 'utf8')] as const);
    for (const [name, text] of written) {
      expect([name, leaks.exec(text)?.[0]]).toEqual([name, undefined]);
      expect(text).toContain('/items');
    }
    expect(published.length).toBeGreaterThan(10);
    expect(published.join('\n')).not.toMatch(leaks);
    const spans = exporter.getFinishedSpans();
    expect(spans.length).toBeGreaterThan(5);
    const told = spans.map(({ name, attributes, events, status, resource }) =>
      inspect({ name, attributes, events, status, resource }, { depth: 20 }),
    );
    expect(told.join('\n')).not.toMatch(leaks);
    expect(told.join('\n')).toContain('/items');
  });

  it('and neither do the files of the command', async () => {
    const server = await echoing();
    const folder = temporaryFolder();
    const files = ['report', 'trace', 'har'].map((name) => join(folder, name));
    const flags = ['--report', '--trace', '--har'].flatMap((flag, i) => [flag, files[i] ?? '']);
    const given = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
    const { code } = await pagewise([
      ...flags, ...given, '-u', `user:${hush}`, '--json', JSON.stringify(body), `${server.url}?${query}`,
      '--paging', 'cursor', '--next', 'next', '--items', 'items', '--in', 'body', '--retries', '2',
    ]); // prettier-ignore
    expect(code).toBe(1);
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      expect(text).not.toMatch(leaks);
      expect(text).toContain('/items');
    }
  });
});
