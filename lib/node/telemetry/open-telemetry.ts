import { createRequire } from 'node:module';
import { ConfigError } from '../../errors.js';
import type { EndEvent, EventListener, ResponseEvent, WaitEvent, WalkEvent } from '../../events.js';
import { isErrorLike, peek } from '../../values/peek.js';

/**
 * A listener that makes OpenTelemetry spans. It needs the package `@opentelemetry/api`. The walk has a span within the
 * span that is active when the walk starts. Within that, each page has a span, and within each page, each attempt, with
 * the attributes of the HTTP conventions. URLs are redacted as in errors. A listener serves one walk at a time; when a
 * walk has ended, it can serve another.
 *
 *     paginate(request, strategy, { events: openTelemetry() })
 *
 * @param tracer makes the spans. @default the global provider's tracer `pagewise`
 * @throws ConfigError if `@opentelemetry/api` is not installed
 */
export function openTelemetry(tracer?: OtelTracer): EventListener {
  const api = otelApi();
  let spans: WalkSpans | undefined;
  return {
    next(event) {
      spans ??= new WalkSpans(api, tracer ?? api.trace.getTracer('pagewise'));
      spans.receive(event);
      if (event.type === 'end') spans = undefined;
    },
  };
}

interface OpenPage {
  readonly span: OtelSpan;
  attempt: OtelSpan | undefined;
  /** Why its last attempt yielded no page. */
  error: unknown;
}

/** The spans of one walk, of its pages and of their attempts. */
class WalkSpans {
  readonly #api: OtelApi;
  readonly #tracer: OtelTracer;
  readonly #walk: OtelSpan;
  readonly #context: object;
  readonly #pages = new Map<number, OpenPage>();

  constructor(api: OtelApi, tracer: OtelTracer) {
    this.#api = api;
    this.#tracer = tracer;
    this.#walk = tracer.startSpan('pagewise.walk', {}, api.context.active());
    this.#context = api.trace.setSpan(api.context.active(), this.#walk);
  }

  receive(event: WalkEvent): void {
    switch (event.type) {
      case 'request':
        this.#request(event.pageIndex, event.attempt);
        break;
      case 'response':
        this.#response(event);
        break;
      case 'wait':
        this.#wait(event);
        break;
      case 'page':
        this.#pages.get(event.pageIndex)?.span.setAttributes({ 'pagewise.page.items': event.items });
        this.#close(event.pageIndex);
        break;
      case 'gap':
        this.#fail(this.#pages.get(event.pageIndex)?.span, event.error);
        this.#close(event.pageIndex);
        break;
      case 'notice':
        this.#walk.addEvent('pagewise.notice', { 'pagewise.message': event.message });
        break;
      case 'end':
        this.#end(event);
        break;
    }
  }

  #request(index: number, attempt: number): void {
    if (attempt === 1) this.#close(index); // The page is requested again.
    let page = this.#pages.get(index);
    if (!page) {
      const span = this.#tracer.startSpan('pagewise.page', {}, this.#context);
      span.setAttributes({ 'pagewise.page.index': index });
      page = { span, attempt: undefined, error: undefined };
      this.#pages.set(index, page);
    }
    giveUp(page);
    const within = this.#api.trace.setSpan(this.#context, page.span);
    page.attempt = this.#tracer.startSpan('pagewise.attempt', { kind: this.#api.SpanKind.CLIENT }, within);
    if (attempt > 1) page.attempt.setAttributes({ 'http.request.resend_count': attempt - 1 });
  }

  #response({ pageIndex, request: { method, url }, status, bytes, error }: ResponseEvent): void {
    const page = this.#pages.get(pageIndex);
    const span = page?.attempt;
    if (!page || !span) return;
    page.attempt = undefined;
    page.error = error;
    if (url === undefined) span.setAttributes({ 'pagewise.method': method });
    else {
      span.updateName(method);
      span.setAttributes({ 'http.request.method': method, 'url.full': url, ...serverOf(url) });
      if (status !== undefined) span.setAttributes({ 'http.response.status_code': status });
    }
    if (bytes !== undefined) span.setAttributes({ 'pagewise.response.bytes': bytes });
    if (error !== undefined) this.#fail(span, error);
    span.end();
  }

  #wait({ reason, ms, throttled, error }: WaitEvent): void {
    const failed = error === undefined ? undefined : [...this.#pages.values()].find((page) => page.error === error);
    (failed?.span ?? this.#walk).addEvent('pagewise.wait', {
      'pagewise.wait.reason': reason,
      'pagewise.wait.ms': ms,
      ...(throttled === undefined ? {} : { 'pagewise.wait.throttled': throttled }),
    });
  }

  #end({ reason, pages, items, total, received, gaps, error }: EndEvent): void {
    if (reason === 'error') for (const page of this.#pages.values()) if (page.error) this.#fail(page.span, page.error);
    for (const index of [...this.#pages.keys()]) this.#close(index);
    this.#walk.setAttributes({
      'pagewise.end.reason': reason,
      'pagewise.pages': pages,
      'pagewise.items': items,
      'pagewise.received': received,
      ...(total === undefined ? {} : { 'pagewise.total': total }),
      ...(gaps === undefined ? {} : { 'pagewise.gaps': gaps.length }),
    });
    if (reason === 'error') this.#fail(this.#walk, error);
    this.#walk.end();
  }

  #close(index: number): void {
    const page = this.#pages.get(index);
    if (!page) return;
    this.#pages.delete(index);
    giveUp(page);
    page.span.end();
  }

  #fail(span: OtelSpan | undefined, error: unknown): void {
    span?.setAttributes({ 'error.type': errorType(error) });
    span?.setStatus({ code: this.#api.SpanStatusCode.ERROR });
  }
}

function giveUp(page: OpenPage): void {
  page.attempt?.setAttributes({ 'pagewise.given_up': true });
  page.attempt?.end();
  page.attempt = undefined;
}

/** A status or a class name: the conventions ask for few different values. An abort reason may be anything. */
function errorType(error: unknown): string {
  if (!isErrorLike(error)) return 'aborted';
  const status = peek(error, 'status');
  return error.name === 'HttpError' && typeof status === 'number' ? String(status) : error.name;
}

function serverOf(url: string): Record<string, string | number> {
  const [, scheme, host, port] = /^(https?):\/\/([^/?#]+?)(?::(\d+))?(?:[/?#]|$)/i.exec(url) ?? [];
  if (scheme === undefined || host === undefined) return {};
  return {
    'server.address': host,
    'server.port': port === undefined ? (scheme.toLowerCase() === 'https' ? 443 : 80) : Number(port),
  };
}

/** The part of OpenTelemetry's Span that is used, as a shape. */
export interface OtelSpan {
  setAttributes(attributes: Record<string, string | number | boolean>): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  addEvent(name: string, attributes?: Record<string, string | number | boolean>): unknown;
  updateName(name: string): unknown;
  end(): void;
}

/** The part of OpenTelemetry's Tracer that is used, as a shape. */
export interface OtelTracer {
  startSpan(name: string, options?: { kind?: number }, context?: object): OtelSpan;
}

/** The part of the package `@opentelemetry/api` that is used. */
interface OtelApi {
  readonly trace: {
    getTracer(name: string, version?: string): OtelTracer;
    setSpan(context: object, span: OtelSpan): object;
  };
  readonly context: { active(): object };
  readonly SpanKind: { readonly INTERNAL: number; readonly CLIENT: number };
  readonly SpanStatusCode: { readonly ERROR: number };
}

/** @throws ConfigError if the package is not installed */
function otelApi(): OtelApi {
  try {
    return createRequire(import.meta.url)('@opentelemetry/api') as OtelApi;
  } catch (cause) {
    throw new ConfigError('openTelemetry needs the package @opentelemetry/api; run npm install @opentelemetry/api', {
      cause,
    });
  }
}
