import { context, SpanKind, SpanStatusCode, trace, type Context } from '@opentelemetry/api';
import {
  BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan,
} from '@opentelemetry/sdk-trace-base'; // prettier-ignore
import { afterEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pageNumber, paginate, retryRequests, type PaginateOptions } from 'pagewise';
import { openTelemetry } from 'pagewise/node';
import { take } from 'rxjs';
import { json, serve } from '../support/server.js';
import { counting, echo } from '../support/walks.js';

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const tracer = provider.getTracer('test');

afterEach(() => {
  exporter.reset();
  trace.disable();
  context.disable();
});

/** Two pages of the demo; `answers` replace the first ones. */
async function walk(statuses: readonly number[], options: Omit<PaginateOptions, 'schema'> = {}) {
  const server = await serve(({ url }, response, index) => {
    const status = statuses[index] ?? 200;
    const page = Number(url.searchParams.get('page'));
    if (status === 0) response.destroy();
    else json(response, { items: [page * 2, page * 2 + 1], total: 4 }, status);
  });
  await paginate({ url: `${server.url}?q=1` }, pageNumber({ items: 'items', total: 'total' }), {
    events: openTelemetry(tracer),
    policy: retryRequests({ base: 1, retries: 1 }),
    ...options,
  })
    .forEach(() => {})
    .catch(() => {});
  return { server, spans: exporter.getFinishedSpans() };
}
const named = (spans: readonly ReadableSpan[], name: string) => spans.filter((span) => span.name === name);

describe('openTelemetry', () => {
  it('makes a span for the walk, within it one per page, and within that one per attempt', async () => {
    const { spans, server } = await walk([503]);
    const [walked] = named(spans, 'pagewise.walk');
    const pages = named(spans, 'pagewise.page');
    const attempts = named(spans, 'GET');
    expect(spans).toHaveLength(1 + pages.length + attempts.length);
    expect(walked?.parentSpanContext).toBeUndefined();
    expect(walked?.attributes).toEqual({
      'pagewise.end.reason': 'last-page',
      'pagewise.pages': 2,
      'pagewise.items': 4,
      'pagewise.received': 4,
      'pagewise.total': 4,
    });
    expect(walked?.status.code).toBe(SpanStatusCode.UNSET);
    expect(pages.map(({ attributes }) => attributes)).toEqual([
      { 'pagewise.page.index': 0, 'pagewise.page.items': 2 },
      { 'pagewise.page.index': 1, 'pagewise.page.items': 2 },
    ]);
    for (const page of pages) expect(page.parentSpanContext?.spanId).toBe(walked?.spanContext().spanId);
    const [first, second] = pages.map((page) => page.spanContext().spanId);
    expect(attempts.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([first, first, second]);
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1);

    const common = {
      'http.request.method': 'GET',
      'url.full': `${server.url}?q=…&page=…`,
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(server.url).port),
    };
    expect(attempts.map(({ kind }) => kind)).toEqual([SpanKind.CLIENT, SpanKind.CLIENT, SpanKind.CLIENT]);
    const bytes = expect.any(Number);
    expect(attempts.map(({ attributes }) => attributes)).toEqual([
      { ...common, 'http.response.status_code': 503, 'error.type': '503', 'pagewise.response.bytes': bytes },
      { ...common, 'http.response.status_code': 200, 'http.request.resend_count': 1, 'pagewise.response.bytes': bytes },
      { ...common, 'http.response.status_code': 200, 'pagewise.response.bytes': bytes },
    ]);
    expect(attempts.map(({ status }) => status.code)).toEqual([SpanStatusCode.ERROR, 0, 0]);
    expect(pages[0]?.events).toMatchObject([
      { name: 'pagewise.wait', attributes: { 'pagewise.wait.reason': 'retry', 'pagewise.wait.throttled': false } },
    ]);
  });

  it('marks failures', async () => {
    const { spans } = await walk([200, 0, 0]);
    const failed = spans.filter(({ status }) => status.code === SpanStatusCode.ERROR);
    expect(failed.map(({ name, attributes }) => [name, attributes['error.type']])).toEqual([
      ['GET', 'TransportError'],
      ['GET', 'TransportError'],
      ['pagewise.page', 'TransportError'],
      ['pagewise.walk', 'TransportError'],
    ]);
  });

  it('ends all spans of a cancelled walk, and serves the next one', async () => {
    const events = openTelemetry(tracer);
    for (let i = 0; i < 2; i++)
      await paginate({ body: {} }, counting(9), { transport: echo, events })
        .pipe(take(2))
        .forEach(() => {});
    const walks = named(exporter.getFinishedSpans(), 'pagewise.walk');
    expect(walks.map(({ attributes }) => attributes['pagewise.end.reason'])).toEqual(['unsubscribed', 'unsubscribed']);
    expect(new Set(walks.map((span) => span.spanContext().traceId)).size).toBe(2);
  });

  it('ends the span of a cancelled attempt', async () => {
    const stop = new AbortController();
    const events = openTelemetry(tracer);
    const pages = paginate({ body: {} }, counting(9), {
      transport: () => new Promise(() => {}),
      events,
      signal: stop.signal,
    });
    const ended = pages.forEach(() => {}).catch(() => {});
    stop.abort();
    await ended;
    const [attempt] = named(exporter.getFinishedSpans(), 'pagewise.attempt');
    expect(attempt?.attributes).toEqual({ 'pagewise.given_up': true });
    expect(named(exporter.getFinishedSpans(), 'pagewise.walk')[0]?.attributes['error.type']).toBe('aborted');
  });

  it('uses the global tracer, and the span that is active when the walk begins', async () => {
    trace.setGlobalTracerProvider(provider);
    const outer = tracer.startSpan('outer');
    let active: Context = trace.setSpan(context.active(), outer);
    context.setGlobalContextManager({
      active: () => active,
      with: (_context, fn, thisArg, ...args) => fn.call(thisArg!, ...args),
      bind: (_context, target) => target,
      enable: () => context as never,
      disable: () => context as never,
    });
    const pages = paginate({ body: {} }, counting(1), { transport: echo, events: openTelemetry() });
    await pages.forEach(() => {});
    active = context.active();
    const [walked] = named(exporter.getFinishedSpans(), 'pagewise.walk');
    expect(walked?.parentSpanContext?.spanId).toBe(outer.spanContext().spanId);
    expect(walked?.instrumentationScope.name).toBe('pagewise');
  });

  it('says what to install if @opentelemetry/api is missing', async () => {
    const script = `
      import Module from 'node:module';
      const resolve = Module._resolveFilename;
      Module._resolveFilename = function (name, ...rest) {
        if (name === '@opentelemetry/api') throw Object.assign(new Error('none'), { code: 'MODULE_NOT_FOUND' });
        return resolve.call(this, name, ...rest);
      };
      const { openTelemetry } = await import('pagewise/node');
      try { openTelemetry(); } catch (error) { console.log(error.name, error.cause.code, error.message); }`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
    });
    expect(stdout).toBe(
      'ConfigError MODULE_NOT_FOUND openTelemetry needs the package @opentelemetry/api; run npm install @opentelemetry/api\n',
    );
  }, 30_000);
});
