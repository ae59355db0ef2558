import { beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  CallbackError, ConfigError, pageNumber, paginate, resumeOnError, retryRequests, tellAll, throttleRequests, type PaginateOptions, type ResponseEvent, type Transport,
} from 'pagewise'; // prettier-ignore
import { recordRun, undiciTransport, type RecordRunOptions, type RunRecorder } from 'pagewise/node';
import { pipe, take } from 'rxjs';
import type { Figures } from '../../lib/node/run/figures.js';
import { withPlacedNumbers } from '../../lib/node/run/placed-numbers.js';
import { repository, start, temporaryFolder } from '../cli/pagewise.js';
import { json, serve } from '../support/server.js';
import { answer, counting, echo, rejection, thrown } from '../support/walks.js';

interface TraceEvent {
  readonly ph: string;
  readonly cat?: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly args: Record<string, unknown>;
}
interface Har {
  readonly log: { readonly version: string; readonly creator: object; readonly entries: Record<string, never>[] };
}
interface Data {
  readonly end: { readonly reason: string; readonly error?: { readonly name: string } } | null;
  readonly sums: Record<string, number>;
  readonly attempts: Record<'page' | 'start' | 'ms' | 'status' | 'bytes' | 'failure', number[]>;
  readonly pages: Record<'index' | 'start' | 'ms' | 'items' | 'end', number[]>;
  readonly waits: [number, number, string, string][];
  readonly failures: [string, string][];
  readonly gaps: [number, string, string][];
  readonly notices: [number, string][];
}

let folder = '';
let files: { readonly report: string; readonly trace: string; readonly har: string };
beforeEach(() => {
  folder = temporaryFolder();
  files = { report: join(folder, 'run.html'), trace: join(folder, 'run.trace.json'), har: join(folder, 'run.har') };
});

const text = (name: keyof typeof files) => readFileSync(files[name], 'utf8');
const traced = () => (JSON.parse(text('trace')) as { traceEvents: TraceEvent[] }).traceEvents;
const har = () => JSON.parse(text('har')) as Har;
const data = () => {
  const [, found = ''] = /<script type="application\/json" id="data">([^]*?)<\/script>/.exec(text('report')) ?? [];
  return (JSON.parse(found) as { runs: [Data] }).runs[0];
};

/** Pages of two items; `statuses` are those of the first answers, 0 breaks the connection. */
async function run(
  statuses: readonly number[],
  options: Omit<PaginateOptions, 'schema'> = {},
  events: RunRecorder = recordRun(files),
) {
  const server = await serve(({ url }, response, index) => {
    const page = Number(url.searchParams.get('page'));
    const status = statuses[index] ?? 200;
    if (status === 0) response.destroy();
    else json(response, { items: [page * 2, page * 2 + 1], total: 8 }, status);
  });
  const pages = paginate(
    { url: `${server.url}?q=1`, headers: { 'accept-language': '<a>' } },
    pageNumber({ items: 'items', total: 'total' }),
    {
      events,
      policy: retryRequests({ base: 1, retries: 2 }),
      ...options,
    },
  );
  await pages.forEach(() => {}).catch(() => {});
  return server;
}

/** Within a thread, events follow each other or are nested, as the format requires. */
function expectNested(events: readonly TraceEvent[]) {
  const threads = new Map<number, TraceEvent[]>();
  for (const event of events.filter(({ ph }) => ph === 'X'))
    threads.set(event.tid, [...(threads.get(event.tid) ?? []), event]);
  for (const thread of threads.values()) {
    const open: TraceEvent[] = [];
    for (const event of thread.sort((a, b) => a.ts - b.ts || b.dur - a.dur)) {
      while (open.length > 0 && open.at(-1)!.ts + open.at(-1)!.dur <= event.ts) open.pop();
      const outer = open.at(-1);
      if (outer) expect(event.ts + event.dur).toBeLessThanOrEqual(outer.ts + outer.dur);
      open.push(event);
    }
  }
}

describe('the trace', () => {
  it('has a slice per page, within it one per attempt, and waits in separate threads', async () => {
    await run([503, 200, 0]);
    const events = traced();
    const slices = events.filter(({ ph }) => ph === 'X');
    for (const { pid, tid, ts, dur } of slices) {
      expect([pid, Number.isInteger(tid), Number.isInteger(ts), Number.isInteger(dur)]).toEqual([1, true, true, true]);
      expect(Math.min(ts, dur)).toBeGreaterThanOrEqual(0);
    }
    const of = (kind: string) => slices.filter(({ cat }) => cat === kind);
    expect(of('page').map(({ name, args }) => [name, args['ended'], args['items']])).toEqual(
      [1, 2, 3, 4].map((page) => [`page ${page}`, 'page', 2]),
    );
    expect(of('request').map(({ name }) => name)).toEqual(['HttpError', '200', 'TransportError', '200', '200', '200']);
    expect(of('request')[0]?.args).toMatchObject({ attempt: 1, status: 503, method: 'GET', error: 'HttpError' });
    expect(of('wait').map(({ name, args }) => [name, args['error']])).toEqual([
      ['retry', 'HttpError'],
      ['retry', 'TransportError'],
    ]);
    expect(events.filter(({ name }) => name === 'thread_name').map(({ args }) => args['name'])).toEqual([
      'lane 1',
      'waits 1',
    ]);
    expect(events.filter(({ ph }) => ph === 'C').map(({ args }) => args['items'])).toEqual([2, 4, 6, 8]);
    expect(events.filter(({ ph }) => ph === 'i').map(({ name }) => name)).toEqual(['end: last-page']);
    expectNested(events);
  });

  it('has a lane for each page in flight at the same time', async () => {
    await run([503], {
      concurrency: 3,
      policy: pipe(throttleRequests({ limit: 2, interval: 30, margin: 0 }), retryRequests({ base: 1 })),
    });
    const events = traced();
    const lanes = events.filter(({ name }) => name === 'thread_name').map(({ args }) => String(args['name']));
    expect(lanes.filter((name) => name.startsWith('lane'))).toEqual(['lane 1', 'lane 2', 'lane 3']);
    expectNested(events);
  });
});

describe('HAR', () => {
  it('1.2: an entry for each attempt that was answered or failed', async () => {
    const server = await run([503, 200, 0]);
    const { log } = har();
    expect([log.version, log.creator]).toEqual(['1.2', { name: 'pagewise', version: expect.stringMatching(/^\d/) }]);
    const shape = {
      startedDateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      time: expect.any(Number),
      request: {
        method: 'GET',
        url: `${server.url}?q=%E2%80%A6&page=%E2%80%A6`,
        httpVersion: expect.any(String),
        cookies: [],
        headers: [{ name: 'accept-language', value: '<a>' }],
        queryString: [{ name: 'q', value: '…' }, { name: 'page', value: '…' }],
        headersSize: -1,
        bodySize: -1,
      },
      response: {
        status: expect.any(Number),
        statusText: expect.any(String),
        httpVersion: expect.any(String),
        cookies: [],
        headers: [],
        content: { size: expect.any(Number), mimeType: expect.any(String) },
        redirectURL: '',
        headersSize: -1,
        bodySize: -1,
      },
      cache: {},
      timings: { send: 0, wait: expect.any(Number), receive: expect.any(Number) },
      _page: expect.any(Number),
      _attempt: expect.any(Number),
    }; // prettier-ignore
    for (const entry of log.entries) expect(entry).toMatchObject(shape);
    const seen = (
      log.entries as unknown as {
        response: { status: number; statusText: string; content: { size: number }; _error?: string };
      }[]
    ).map(({ response: { status, statusText, content, _error: error } }) => [status, statusText, content.size, error]);
    expect(seen).toEqual([
      [503, 'Service Unavailable', 25, 'HttpError: 503 Service Unavailable'],
      [200, 'OK', 25, undefined],
      [0, '', 0, expect.stringMatching(/^TransportError: /)],
      [200, 'OK', 25, undefined],
      [200, 'OK', 25, undefined],
      [200, 'OK', 25, undefined],
    ]);
  });
});

describe('what HAR says of an answer', () => {
  interface Entry {
    readonly time: number;
    readonly request: { readonly url: string; readonly queryString: { name: string; value: string }[] };
    readonly response: { readonly content: { readonly mimeType: string } };
    readonly timings: { readonly send: number; readonly wait: number; readonly receive: number };
  }
  const entries = () => har().log.entries as unknown as Entry[];

  it('the media type, and the time until its head apart from that of its body', async () => {
    let sendBody = () => {};
    const server = await serve((_seen, response) => {
      response.writeHead(200, { 'content-type': 'application/vnd.api+json; charset=utf-8' });
      response.flushHeaders();
      sendBody = () => response.end('{"items":[]}');
    });
    const heard: ResponseEvent[] = [];
    // The body is sent once the head has arrived.
    const transport: Transport = (request, attempt) =>
      undiciTransport()(request, {
        signal: attempt.signal,
        pageIndex: attempt.pageIndex,
        attempt: attempt.attempt,
        head() {
          attempt.head?.();
          const since = performance.now();
          const wait = () => (performance.now() > since ? sendBody() : setImmediate(wait));
          wait();
        },
      });
    const events = tellAll(recordRun({ har: files.har }), {
      next: (event) => void (event.type === 'response' && heard.push(event)),
    });
    await paginate({ url: server.url }, pageNumber({ items: 'items' }), { transport, events }).forEach(() => {});
    const [{ ms, headMs = 0 } = { ms: 0 }] = heard;
    const [entry] = entries();
    expect(entry?.response.content.mimeType).toBe('application/vnd.api+json; charset=utf-8');
    expect(entry?.timings.wait).toBeCloseTo(headMs, 2);
    expect(headMs).toBeGreaterThan(0);
    expect(entry?.timings.receive).toBeCloseTo(ms - headMs, 2);
    expect(entry?.timings.receive).toBeGreaterThan(0);
    expect(entry?.time).toBeCloseTo(ms, 2);
  });

  it('unknown, if the transport reports neither', async () => {
    const transport = ({ body }: { body?: unknown }) => [answer(body)];
    await paginate({ body: {} }, counting(1), { transport, events: recordRun(files) }).forEach(() => {});
    expect(entries()[0]?.response.content.mimeType).toBe('x-unknown');
    expect(entries()[0]?.timings.receive).toBe(0);
  });

  it('on request, the numbers that the paging wrote, and nothing else', async () => {
    const server = await serve((_seen, response, index) => json(response, { items: index < 1 ? [1, 2] : [] }));
    const url = `${server.url}?account=12345&api_key=678&size=2`;
    const strategy = pageNumber({ items: 'items', size: 50, sizeParam: 'limit' });
    await paginate({ url }, strategy, { events: recordRun({ har: files.har, harNumbers: true }) }).forEach(() => {});
    expect(entries().map(({ request }) => decodeURIComponent(new URL(request.url).search))).toEqual([
      '?account=…&api_key=…&size=…&page=1&limit=50',
      '?account=…&api_key=…&size=…&page=2&limit=50',
    ]);
    expect(entries()[1]?.request.queryString.at(-2)).toEqual({ name: 'page', value: '2' });
  });

  it.each([
    ['page=7&per_page=100', 'page=…&per_page=…', '', 'page=7&per_page=100'],
    ['cursor=7&since_id=8&userId=9&next=1', 'cursor=…&since_id=…&userId=…&next=…', '', undefined],
    ['page=abc&offset=1234567890', 'page=…&offset=…', '', undefined],
    ['page=7', 'page=…', 'page=7', undefined],
    ['7&page=7', '…&page=…', '', '…&page=7'],
  ])('numbers of %s', (sent, redacted, template, shown = redacted) => {
    const at = 'https://a.example/items?';
    expect(withPlacedNumbers(`${at}${redacted}`, `${at}${sent}`, `${at}${template}`)).toBe(`${at}${shown}`);
  });
});

describe('the report', () => {
  it('holds what happened, and neither loads nor runs anything external', async () => {
    await run([503]);
    const { sums, end, attempts, pages, waits, failures } = data();
    expect(sums).toEqual({
      attempts: 5,
      retries: 1,
      pages: 4,
      items: 8,
      bytes: 125,
      waits: 1,
      gaps: 0,
      notices: 0,
      leftOut: 0,
    });
    expect(end).toEqual({ reason: 'last-page', total: 8, received: 8 });
    expect(attempts.status).toEqual([503, 200, 200, 200, 200]);
    expect(attempts.failure.map((failure) => failures[failure])).toEqual([['HttpError', '503 Service Unavailable'], ['', ''], ['', ''], ['', ''], ['', '']]); // prettier-ignore
    expect(attempts.page).toEqual([0, 0, 1, 2, 3]);
    expect([pages.index, pages.items]).toEqual([[0, 1, 2, 3], [2, 2, 2, 2]]); // prettier-ignore
    expect(waits).toMatchObject([[expect.any(Number), expect.any(Number), 'retry', 'HttpError']]);
    const html = text('report');
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    const hashOf = (tag: string) => {
      const [, content = ''] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html) ?? [];
      return createHash('sha256').update(content).digest('base64');
    };
    expect(policy).toContain(`default-src 'none'`);
    expect(policy).toContain(`style-src 'sha256-${hashOf('style')}'`);
    expect(policy).toContain(`script-src 'sha256-${hashOf('script')}'`);
    expect(html).not.toMatch(/unsafe-inline|\sstyle="|\son\w+="/);
    expect(text('report')).not.toMatch(/(src|href)="(?!data:,")|@import|url\(/);
  });

  it('is not broken by its content', async () => {
    const events = recordRun(files);
    const message = '</script><script>alert(1)</script><!-- \u2028 & done';
    events.next({ type: 'notice', message });
    events.write();
    expect(data().notices).toEqual([[0, message]]);
    expect(text('report').match(/<script/g)).toHaveLength(2);
    expect(text('report')).not.toMatch(/[\u2028\u2029]/);
  });

  it('shows what failed, what was skipped, and what was cancelled', async () => {
    await run([200, 500, 500, 500], { skipFailedPages: { max: 1 } });
    expect(data().gaps).toMatchObject([[1, 'HttpError', expect.stringContaining('Page 2 failed: 500')]]);
    expect(data().pages.end).toEqual([1, 2, 1, 1, 1]);

    await run([404]);
    expect(data().end).toMatchObject({ reason: 'error', error: { name: 'HttpError' } });

    const stop = new AbortController();
    const silent = { transport: () => new Promise<never>(() => {}), signal: stop.signal, events: recordRun(files) };
    const ended = paginate({ body: {} }, counting(1), silent)
      .forEach(() => {})
      .catch(() => {});
    stop.abort(new Error('mine'));
    await ended;
    expect(data()).toMatchObject({ end: { reason: 'error' }, attempts: { failure: [1] }, failures: [['', ''], ['cancelled', 'cancelled before it was answered']] }); // prettier-ignore
  });
});

describe('the JSON form of the report', () => {
  interface Report {
    readonly format: string;
    readonly v: number;
    readonly version: string;
    readonly node: string;
    readonly timeZone: string;
    readonly runs: (Data & { label: string | null; about: object; figures: Figures; advice: string | null })[];
  }
  const written = () => JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Report;

  it('has all that the page shows, and the head', async () => {
    let rows = 0;
    const about = () => ({ Output: 'orders.csv', Rows: ++rows });
    await run([503], {}, recordRun({ report: join(folder, 'run.json'), label: 'orders', about }));
    const { runs, ...head } = written();
    expect(head).toEqual({
      format: 'pagewise-report',
      v: 1,
      version: expect.stringMatching(/^\d/),
      node: process.version,
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    });
    expect(runs).toMatchObject([{ label: 'orders', about: { Output: 'orders.csv', Rows: 1 }, sums: { pages: 4 }, advice: null }]); // prettier-ignore
    expect(runs[0]?.figures).toMatchObject({
      latency: { count: 4 },
      firstByte: { count: 4 },
      statuses: [['200', 4], ['503', 1]],
      groups: { retried: [0] },
    }); // prettier-ignore
  });

  it('counts the connections that requests opened and reused, over undici and over node:http', async () => {
    for (const transport of [undiciTransport(), undefined]) {
      let sent = 0;
      const sockets = new Set<unknown>();
      const server = await serve(({ url }, response) => {
        sockets.add(response.socket);
        if (++sent === 2) response.setHeader('connection', 'close');
        const page = Number(url.searchParams.get('page'));
        json(response, { items: page > 4 ? [] : [page] });
      });
      const events = recordRun({ report: join(folder, 'run.json') });
      const options = { events, ...(transport && { transport }) };
      await paginate({ url: server.url }, pageNumber({ items: 'items' }), options).forEach(() => {});
      expect(written().runs[0]?.figures.connections).toEqual({ opened: sockets.size, reused: 5 - sockets.size }); // prettier-ignore
    }
  });

  it('has what the API says apart, and the page that failed', async () => {
    const server = await serve((_seen, response, index) =>
      index < 1 ? json(response, { items: [1] }) : json(response, { error: { message: 'no such list' } }, 404),
    );
    const events = recordRun({ report: join(folder, 'run.json') });
    await paginate({ url: server.url }, pageNumber({ items: 'items' }), { events })
      .forEach(() => {})
      .catch(() => {});
    expect(written().runs[0]?.end).toMatchObject({
      error: { name: 'HttpError', detail: 'no such list', pageIndex: 1 },
    });
  });
});

describe('several walks in one report', () => {
  it('have a name each, in the report, the trace and the HAR file', async () => {
    const events = recordRun({ ...files, label: 'eu' });
    const us = events.walk('us', { Rows: 3 });
    events.walk('never started');
    await paginate({ body: {} }, counting(2), { transport: echo, events }).forEach(() => {});
    await paginate({ body: {} }, counting(3), { transport: echo, events: us }).forEach(() => {});
    const [, found = ''] = /id="data">([^]*?)<\/script>/.exec(text('report')) ?? [];
    expect((JSON.parse(found) as { runs: object[] }).runs).toMatchObject([
      { label: 'eu', about: {}, sums: { pages: 2 } },
      { label: 'us', about: { Rows: 3 }, sums: { pages: 3 } },
    ]);
    const processes = traced().filter(({ name }) => name === 'process_name');
    expect(processes.map(({ pid, args }) => [pid, args['name']])).toEqual([[1, 'pagewise eu'], [2, 'pagewise us']]); // prettier-ignore
    const ends = traced().filter(({ cat }) => cat === 'end');
    expect(ends.map(({ pid }) => pid)).toEqual([1, 2]);
    expect(ends[1]!.ts).toBeGreaterThan(ends[0]!.ts);
    expect(har().log.entries.map((entry) => entry['_walk'])).toEqual(['eu', 'eu', 'us', 'us', 'us']);
  });

  it('do not count connections while several run, since those of the process are counted', async () => {
    const server = await serve(({ url }, response) => json(response, { items: url.searchParams.get('page') === '1' ? [1] : [] })); // prettier-ignore
    const events = recordRun({ report: join(folder, 'run.json'), label: 'a' });
    const walk = (own: RunRecorder) =>
      paginate({ url: server.url }, pageNumber({ items: 'items' }), { events: own }).forEach(() => {});
    await Promise.all([walk(events), walk(events.walk('b'))]);
    await walk(events.walk('c'));
    const { runs } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { runs: { figures: Figures }[] };
    const [a, b, c] = runs.map(({ figures }) => figures.connections);
    expect([a, b]).toEqual([null, null]);
    expect(c).not.toBeNull();
  });

  it('of many walks, the last are written when the process exits at the latest', async () => {
    const program = `
      import { paginate, pageNumber } from 'pagewise';
      import { recordRun } from 'pagewise/node';
      const first = recordRun({ report: ${JSON.stringify(join(folder, 'run.json'))}, label: '0' });
      const transport = () => [{ status: 200, url: '', headers: { get: () => null }, body: { items: [] } }];
      for (let i = 0; i < 300; i++)
        await paginate({ url: 'https://a.example/' }, pageNumber({ items: 'items' }), { transport, events: i === 0 ? first : first.walk(String(i)) }).forEach(() => {});
      process.exit();
    `;
    const { code, stderr } = await start(process.execPath, ['--input-type=module', '-e', program], { cwd: repository }).ended; // prettier-ignore
    expect([code, stderr]).toEqual([0, '']);
    const { runs } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { runs: { label: string }[] };
    expect(runs.map(({ label }) => label)).toEqual(Array.from({ length: 300 }, (_, i) => String(i)));
  });

  it('share the room for attempts', async () => {
    const events = recordRun({ ...files, most: 4, label: 'a' });
    await paginate({ body: {} }, counting(3), { transport: echo, events }).forEach(() => {});
    await paginate({ body: {} }, counting(3), { transport: echo, events: events.walk('b') }).forEach(() => {});
    expect(har().log.entries).toHaveLength(4);
  });

  it.each<[string, () => unknown]>([
    ['label must be a name', () => recordRun({ har: files.har, label: '' })],
    ['label must be a name', () => recordRun({ har: files.har }).walk(1 as never)],
    ['about must be an object of names and values', () => recordRun({ har: files.har, about: 'x' as never })],
  ])('refuses: %s', (message, make) => {
    expect(thrown(make)).toBeInstanceOf(ConfigError);
    expect(thrown(make).message).toContain(`recordRun: ${message}`);
  });
});

describe('recordRun', () => {
  it('writes only the files that are named, and only at the end', async () => {
    const events = recordRun({ har: files.har });
    const seen: boolean[] = [];
    const pages = paginate({ body: {} }, counting(2), { transport: echo, events });
    await pages.forEach(() => void seen.push(existsSync(files.har)));
    expect([seen, existsSync(files.har), existsSync(files.report)]).toEqual([[false, false], true, false]);
  });

  it('has written when the stream completes, and when it is unsubscribed from', async () => {
    const pages = paginate({ body: {} }, counting(5), { transport: echo, events: recordRun(files) });
    await pages.pipe(take(2)).forEach(() => {});
    expect(data()).toMatchObject({ end: { reason: 'unsubscribed' }, sums: { pages: 2, items: 2 } });
  });

  it('records a walk that resumeOnError continues as one run', async () => {
    let failures = 1;
    const transport = ({ body }: { body?: unknown }) => [
      (body as { page: number }).page === 2 && failures-- > 0 ? answer({}, 500) : answer(body),
    ];
    const policy = retryRequests({ retries: 0 });
    await paginate({ body: {} }, counting(3), { transport, policy, events: recordRun(files) })
      .pipe(resumeOnError({ times: 1 }))
      .forEach(() => {});
    expect(data()).toMatchObject({ end: { reason: 'last-page' }, sums: { pages: 3, attempts: 4, items: 3 } });
    expect(data().pages.index).toEqual([0, 1, 1, 2]);
  });

  it('keeps up to n attempts, and only the sums of later ones', async () => {
    await paginate({ body: {} }, counting(500), {
      transport: echo,
      events: recordRun({ ...files, most: 100 }),
    }).forEach(() => {});
    expect(data().sums).toMatchObject({ attempts: 500, pages: 500, items: 500, leftOut: 400 });
    expect(data().attempts.start).toHaveLength(100);
    expect(har().log.entries).toHaveLength(100);
  });

  it('fails the stream if a file can no longer be written', async () => {
    const gone = join(folder, 'gone');
    mkdirSync(gone);
    const events = recordRun({ har: join(gone, 'run.har') });
    rmSync(gone, { recursive: true });
    const error = await rejection(paginate({ body: {} }, counting(1), { transport: echo, events }).forEach(() => {}));
    expect([error.constructor, (error.cause as Error).name]).toEqual([CallbackError, 'WriteError']);
    expect(error.message).toContain(join(gone, 'run.har'));
  });

  it.each<[string, RecordRunOptions]>([
    ['no file is given; set report, trace or har', {}],
    ["har can't be written to /no/such/folder/run.har: ENOENT", { har: '/no/such/folder/run.har' }],
    ["trace can't be written to /: it is a folder", { trace: '/' }],
    ['report must be the path of a file, not', { report: '' }],
    ['most', { har: 'x.har', most: 0 }],
    ['harNumbers needs har', { report: 'x.html', harNumbers: true }],
    ['harNumbers must be true or false', { har: 'x.har', harNumbers: 1 } as unknown as RecordRunOptions],
    ['file', { file: 'x' } as RecordRunOptions],
  ])('refuses: %s', (message, options) => {
    const error = thrown(() => recordRun(options));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(/^recordRun: /);
    expect(error.message).toContain(message);
  });
});
