import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  afterPages, checkpoint, contentRange, cursor, eachPage, fetchTransport, inBody, inForm, inHeaders, inPath, inPlaces, inQuery, inVariables, isPagewiseError, keyset, linkHeader, nextUrl, offset, pageNumber, paginate, relay, retryRequests, throttleRequests, type EndEvent, type Page, type PageRequest, type PageResponse, type PaginateOptions, type Placement, type ResumeToken, type Strategy, type Transport, type WalkEvent,
} from 'pagewise'; // prettier-ignore
import { both, fileStore, undiciTransport, writeCsv, writeJson, writeNdjson } from 'pagewise/node';
import { map, Observable, pipe, timer, type Subscription } from 'rxjs';
import { Api, type Asked } from './api.js';
import { Clock } from './clock.js';
import { isSink, type Stop, type WalkCase } from './walk-case.js';

interface Item {
  readonly id: number;
}

/** What one run of a job did. */
export interface Run {
  readonly ended: 'complete' | 'error' | 'stopped';
  readonly stop: Stop | undefined;
  readonly error: Error | undefined;
  readonly end: EndEvent | undefined;
  /** The ids of each page that the consumer received, in the order of arrival. */
  readonly pages: readonly (readonly number[])[];
  readonly gaps: number;
}

export interface Outcome {
  readonly runs: readonly Run[];
  readonly asked: readonly Asked[];
  /** The ids in the file, or in each of the files. */
  readonly files: readonly (readonly number[])[];
  /** What no walk may do, as seen while it ran. */
  readonly faults: readonly string[];
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const { setTimeout: realTimeout } = globalThis;
const realNow = performance.now.bind(performance);
const mostRuns = 8;
const mostRequests = 3000;

/** The server of the transports that need one. It answers for the case that runs now. */
export class Loopback {
  api: Api | undefined;
  origin = '';
  readonly #server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url = '', headers } = request;
      const reply = this.api?.answer({ url, headers, body: String(Buffer.concat(chunks)) });
      if (!reply || reply.fault === 'hang') return;
      if (reply.fault === 'reset') return void request.socket.destroy();
      const send = () => {
        response.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) });
        if (reply.fault !== 'cut') return void response.end(reply.body);
        response.write(reply.body.slice(0, 5), () => request.socket.destroy());
      };
      if (reply.ms === undefined) send();
      else realTimeout(send, Math.min(reply.ms, 5));
    });
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.origin = `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
    return this;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** The names of the parameters: such as headers have, since they are written there too. */
const pageParam = 'x-page';
const offsetParam = 'x-offset';
const cursorParam = 'x-cursor';
const sizeParam = 'x-limit';

function placed(one: WalkCase): Placement {
  switch (one.placement) {
    case 'query':
      return inQuery();
    case 'body':
      return inBody('paging');
    case 'form':
      return inForm();
    case 'headers':
      return inHeaders();
    case 'variables':
      return inVariables();
    case 'path': {
      const name = { pageNumber: 'x-page', offset: 'x-offset', cursor: 'x-cursor', keyset: 'x-after' }[
        one.strategy as 'offset'
      ];
      return inPlaces({ [name]: inPath() });
    }
  }
}

function strategyOf(one: WalkCase) {
  const { size, end, strategy } = one;
  const place = placed(one);
  const items = 'items';
  const ends = {
    ...(end === 'total' ? { total: 'total' } : {}),
    ...(end === 'hasMore' ? { hasMore: 'more' } : {}),
    ...(end === 'totalPages' ? { totalPages: 'pages' } : {}),
  };
  switch (strategy) {
    case 'pageNumber':
      return pageNumber<Item>({ items, size, place, pageParam, sizeParam, ...ends });
    case 'offset':
      return offset<Item>({ items, size, place, offsetParam, sizeParam, ...ends });
    case 'cursor':
      return cursor<Item>({ items, size, place, next: 'next', cursorParam, sizeParam });
    case 'keyset':
      return keyset<Item>({ items, size, place, key: 'id', cursorParam: 'x-after', sizeParam, ...ends });
    case 'nextUrl':
      return nextUrl<Item>({ items, next: 'next' });
    case 'linkHeader':
      return linkHeader<Item>();
    case 'relay':
      return relay<Item>({ connection: 'data.items', size });
    case 'contentRange':
      return contentRange<Item>({ size });
  }
}

function requestOf({ strategy, placement }: WalkCase, origin: string): PageRequest {
  const url = `${origin}/items`;
  if (placement === 'variables')
    return { url, method: 'POST', body: { query: 'query ($first: Int, $after: String) { items(first: $first, after: $after) { id } }' } }; // prettier-ignore
  if (placement === 'body') return { url, method: 'POST', body: { paging: {} } };
  if (placement === 'form') return { url, method: 'POST', body: new URLSearchParams() };
  if (placement !== 'path') return { url };
  if (strategy === 'pageNumber' || strategy === 'offset')
    return { url: `${url}/{${strategy === 'offset' ? 'x-offset' : 'x-page'}}` };
  return { url: `${url}{/${strategy === 'cursor' ? 'x-cursor' : 'x-after'}}` };
}

/** A transport without a network. */
function memory(api: Api, { latency }: WalkCase): Transport {
  return ({ url = '', headers, body }) => {
    const lowered = Object.fromEntries(Object.entries((headers ?? {}) as Record<string, string>).map(([name, value]) => [name.toLowerCase(), value])); // prettier-ignore
    const text = body === undefined ? '' : body instanceof URLSearchParams ? String(body) : JSON.stringify(body);
    const reply = api.answer({ url, headers: lowered, body: text });
    const answer = (): PageResponse => ({
      status: reply.headers['content-type'] === 'text/html' ? 502 : reply.status,
      url,
      headers: { get: (name) => reply.headers[name.toLowerCase()] ?? null },
      body: reply.headers['content-type'] === 'text/html' ? reply.body : (JSON.parse(reply.body) as unknown),
    });
    if (latency === 0 && reply.fault === undefined && reply.ms === undefined) return [answer()];
    return new Observable<PageResponse>((subscriber) => {
      const timer = setTimeout(
        () => {
          if (reply.fault) subscriber.error(Object.assign(new Error('connection reset'), { code: 'ECONNRESET' }));
          else subscriber.next(answer());
          subscriber.complete();
        },
        reply.fault === 'hang' ? 300 : (reply.ms ?? latency),
      );
      return () => clearTimeout(timer);
    });
  };
}

function transportOf(one: WalkCase, api: Api): Transport {
  const hangs = one.faults.some(({ kind }) => kind === 'hang');
  const attemptTimeout = hangs ? 60 : 30_000;
  switch (one.transport) {
    case 'memory':
      return memory(api, one);
    case 'cross-fetch':
      return fetchTransport({ attemptTimeout });
    case 'fetch':
      return fetchTransport({ attemptTimeout, fetch: globalThis.fetch });
    case 'undici':
      return undiciTransport({ attemptTimeout });
  }
}

const idsOf = (page: Page<Item>): number[] => page.items.map(({ id }) => id);

/** Runs the job of a case until it is done, fails for good, or has had its runs. */
export async function runCase(
  one: WalkCase,
  loopback: Loopback,
  sabotage = (transport: Transport) => transport,
): Promise<Outcome> {
  const inMemory = one.transport === 'memory';
  const api = new Api(one, inMemory ? 'http://api.test' : loopback.origin);
  loopback.api = inMemory ? undefined : api;
  const base = mkdtempSync(join(tmpdir(), 'pagewise-fuzz-'));
  const folder = join(base, 'job');
  mkdirSync(folder);
  const store = new Map<string, string>();
  const runs: Run[] = [];
  const faults: string[] = [];
  let token: ResumeToken | undefined;
  try {
    for (let run = 0; run < mostRuns; run++) {
      api.run = run;
      const stop = one.stops[run];
      const clock = inMemory ? new Clock() : undefined;
      let last: ResumeToken | undefined;
      try {
        const found = await runOnce(run, stop, clock, token, (resume) => (last = resume));
        runs.push(found);
        const { error } = found;
        if (one.carry === 'token') {
          const resume = (error as { resume?: ResumeToken } | undefined)?.resume ?? last;
          if (resume) token = JSON.parse(JSON.stringify(resume)) as ResumeToken;
        }
        if (found.ended === 'error' && !isPagewiseError(error)) break;
        const { missing, gaps } = found.end ?? {};
        const isWhole =
          (missing ?? gaps ?? []).length === 0 &&
          (found.end?.reason === 'last-page' || (run > 0 && found.end === undefined));
        if (found.ended === 'complete' && stop?.how !== 'until' && (isWhole || one.gaps === 'keep' || run > 5)) break;
      } finally {
        clock?.uninstall();
      }
      if (api.asked.length > mostRequests) {
        faults.push(`${String(api.asked.length)} requests, and no end`);
        break;
      }
    }
    const files = isSink(one) ? readFiles(folder) : [];
    return { runs, asked: api.asked, files, faults };
  } finally {
    rmSync(base, { recursive: true, force: true });
  }

  function readFiles(from: string): number[][] {
    // A job that has not got a single page has no file.
    const text = (name: string) => (existsSync(join(from, name)) ? readFileSync(join(from, name), 'utf8') : '');
    const lines = (name: string) =>
      text(name)
        .split(/\r?\n/)
        .filter((line) => line !== '');
    const ndjson = () => lines('items.ndjson').map((line) => (JSON.parse(line) as Item).id);
    const csv = () => lines('items.csv').slice(1).map(Number);
    switch (one.consumer) {
      case 'ndjson':
        return [ndjson()];
      case 'json':
        return [(JSON.parse(text('items.json') || '[]') as Item[]).map(({ id }) => id)];
      case 'csv':
        return [csv()];
      default:
        return [ndjson(), csv()];
    }
  }

  async function runOnce(
    run: number,
    stop: Stop | undefined,
    clock: Clock | undefined,
    resumeFrom: ResumeToken | undefined,
    onToken: (resume: ResumeToken) => void,
  ): Promise<Run> {
    const controller = new AbortController();
    const pages: number[][] = [];
    let end: EndEvent | undefined;
    let gaps = 0;
    let sent = 0;
    let announced = 0;
    let over: 'complete' | 'error' | 'stopped' | undefined;
    let error: Error | undefined;
    let life: Subscription | undefined;
    const snapshot = join(base, `snapshot-${String(run)}`);
    let killed = false;

    const events = {
      next(event: WalkEvent) {
        if (end) faults.push(`${event.type} after the end`);
        if (event.type === 'end') end = event;
        if (event.type === 'gap') gaps++;
        if (event.type === 'page' && ++announced === stop?.pages) {
          if (stop.how === 'kill') {
            killed = true;
            cpSync(folder, snapshot, { recursive: true });
            controller.abort(new Error('killed'));
          } else if (isSink(one) && stop.how !== 'until') controller.abort(new Error('stopped'));
        }
      },
    };
    const carried = sabotage(transportOf(one, api));
    const transport: Transport = (request, attempt) => {
      sent++;
      if (over) faults.push('a request after the end');
      if (sent > mostRequests) {
        controller.abort(new Error('too many requests'));
        faults.push(`run ${String(run)}: ${String(sent)} requests, and no end`);
      }
      return carried(request, attempt);
    };
    const throttle = throttleRequests({ limit: 2, interval: 100 });
    const retry = retryRequests({ retries: one.retries, base: 1, cap: 20, budget: Infinity });
    const options: PaginateOptions<Item> = {
      transport,
      policy: one.throttle ? pipe(throttle, retry) : retry,
      concurrency: one.concurrency,
      adaptiveSize: one.adaptiveSize,
      prefetch: one.prefetch,
      signal: controller.signal,
      events,
      ...(one.skip > 0
        ? { skipFailedPages: { max: one.skip }, ...(one.gaps === 'keep' ? { gaps: one.gaps } : {}) }
        : {}),
      ...(one.totalTimeout > 0 ? { totalTimeout: one.totalTimeout } : {}),
      ...(stop?.how === 'until' ? { until: afterPages(stop.pages) } : {}),
      ...(one.carry === 'token'
        ? { resumeFrom }
        : // A run that crashes here stays in this process, whose lease would not end.
          { checkpoint: checkpoint(isSink(one) ? fileStore(folder) : store, 'job', { lease: false }) }),
    };
    const leave = () => {
      if (stop?.how === 'abort') controller.abort(new Error('stopped'));
      else if (stop?.how === 'leave') life?.unsubscribe();
    };
    const received = (page: Page<Item>): boolean => {
      if (over) faults.push('a page after the end');
      pages.push(idsOf(page));
      onToken(page.resume);
      return pages.length === stop?.pages;
    };
    const ended = (how: 'complete' | 'error' | 'stopped', thrown?: unknown) => {
      if (over && over !== 'stopped') faults.push(`it ends twice: ${over}, ${how}`);
      over = how;
      error = thrown as Error | undefined;
    };

    const stream = paginate(requestOf(one, api.origin), strategyOf(one) as Strategy<Item, never>, options);
    const observer = {
      error: (thrown: unknown) => ended('error', thrown),
      complete: () => ended('complete'),
    };
    switch (one.consumer) {
      case 'subscribe':
      case 'eachPage': {
        const source =
          one.consumer === 'subscribe'
            ? stream
            : eachPage(stream, (page) => (one.work === 0 ? [page] : timer(one.work).pipe(map(() => page))));
        life = source.subscribe({
          ...observer,
          next: (page) => {
            if (!received(page) || stop?.how === 'until') return;
            if (stop?.how === 'leave') {
              over = 'stopped';
              queueMicrotask(() => life?.unsubscribe());
              life?.unsubscribe();
            } else leave();
          },
        });
        if (over === 'stopped') life.unsubscribe();
        break;
      }
      case 'loop':
        void (async () => {
          for await (const page of stream) {
            const stopsHere = received(page);
            if (stopsHere && stop?.how === 'leave') return ended('stopped');
            if (stopsHere) leave();
            if (one.work > 0) await new Promise<void>((resolve) => setTimeout(resolve, one.work));
          }
          ended('complete');
        })().catch((thrown: unknown) => ended('error', thrown));
        break;
      default: {
        const file = (kind: string) => join(folder, `items.${kind}`);
        const written =
          one.consumer === 'ndjson'
            ? stream.to(writeNdjson(file('ndjson')))
            : one.consumer === 'json'
              ? stream.to(writeJson(file('json')))
              : one.consumer === 'csv'
                ? stream.to(writeCsv(file('csv'), { columns: { id: 'id' } }))
                : stream.to(both(writeNdjson(file('ndjson')), writeCsv(file('csv'), { columns: { id: 'id' } })));
        void written.then(
          () => ended('complete'),
          (thrown: unknown) => ended('error', thrown),
        );
      }
    }

    await settled();
    if (killed) {
      rmSync(folder, { recursive: true });
      cpSync(snapshot, folder, { recursive: true });
    }
    const stopped = killed || (over === 'error' && controller.signal.aborted);
    return {
      ended: stopped ? 'stopped' : (over as 'complete'),
      stop,
      error: stopped ? undefined : error,
      end,
      pages,
      gaps,
    };

    /** Waits for the end of the run, and for what comes after it. */
    async function settled(): Promise<void> {
      const deadline = realNow() + 20_000;
      for (let idle = 0; !over;) {
        const before = sent + pages.length + announced;
        for (let i = 0; i < 4; i++) await turn();
        if (over) break;
        if (clock?.isDue === true) clock.advance();
        else if (inMemory && !isSink(one) && before === sent + pages.length + announced && ++idle > 50) break;
        else if (!inMemory || isSink(one)) await new Promise((resolve) => realTimeout(resolve, 0));
        if (realNow() > deadline) break;
      }
      if (!over) {
        faults.push(`run ${String(run)} does not end`);
        controller.abort(new Error('stuck'));
        over = 'error';
      }
      for (let i = 0; i < 4; i++) await turn();
      if (!clock) return;
      // What was left behind acts now.
      const timers = clock.pending;
      const before = sent;
      for (let i = 0; i < 200 && clock.isDue; i++) {
        clock.advance();
        await turn();
      }
      if (sent > before) faults.push(`run ${String(run)}: ${String(sent - before)} requests after the end`);
      else if (timers > 0) faults.push(`run ${String(run)}: ${String(timers)} timers are left`);
    }
  }
}
