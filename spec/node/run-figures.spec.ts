import { describe, expect, it } from '@jest/globals';
import { HttpError } from 'pagewise';
import { behind, type ResponseEvent, type WalkEvent } from '../../lib/events.js';
import { adviceOf } from '../../lib/node/run/advice.js';
import { figuresOf, percentile } from '../../lib/node/run/figures.js';
import { RunRecord } from '../../lib/node/run/run-record.js';

interface Answer {
  readonly status?: number;
  readonly headMs?: number;
  readonly attempt?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A run whose events come at known milliseconds. */
function recording() {
  let now = 5000;
  const record = new RunRecord(() => 1e6, { clock: () => now });
  const at = (time: number) => (now = 5000 + time);
  const request = { method: 'GET', url: 'https://api.example.com/items' };
  const failed = (status: number) =>
    new HttpError({ status, url: request.url, headers: { get: () => null }, body: {} });
  const run = {
    record,
    send(time: number, pageIndex: number, attempt = 1) {
      at(time);
      record.next({ type: 'request', pageIndex, attempt });
    },
    /** @param ms how long it took */
    answer(
      time: number,
      pageIndex: number,
      ms: number,
      { status = 200, headMs, attempt = 1, headers = {} }: Answer = {},
    ) {
      at(time);
      const event: ResponseEvent = {
        type: 'response', pageIndex, attempt, request, ms, headMs, status: status === 0 ? undefined : status, bytes: 100,
        ...(status === 200 ? {} : { error: status === 0 ? new TypeError('x') : failed(status) }),
      }; // prettier-ignore
      const response = {
        status,
        url: request.url,
        body: {},
        headers: { get: (name: string) => headers[name] ?? null },
      };
      behind.set(event, { response });
      record.next(event);
    },
    page(time: number, pageIndex: number, items: readonly unknown[]) {
      at(time);
      const event: WalkEvent = { type: 'page', pageIndex, items: items.length, total: undefined };
      behind.set(event, { items });
      record.next(event);
    },
    wait(time: number, ms: number, reason: 'retry' | 'throttle', throttled = false) {
      at(time);
      record.next({ type: 'wait', pageIndex: 0, reason, ms, throttled });
    },
    end(time: number, reason: 'last-page' | 'error' = 'last-page', error?: HttpError) {
      at(time);
      const { pages, items } = record.sums;
      record.next({ type: 'end', reason, pages, items, total: undefined, received: items, error });
    },
    /** A page that is sent, answered and emitted. */
    whole(time: number, pageIndex: number, ms: number, items: readonly unknown[] = [pageIndex, 'a', 'b']) {
      run.send(time, pageIndex);
      run.answer(time + ms, pageIndex, ms);
      run.page(time + ms, pageIndex, items);
    },
    failed,
    figures: () => figuresOf(record),
    advice: () => adviceOf(record, figuresOf(record)),
  };
  return run;
}

describe('percentiles', () => {
  it('are nearest ranks', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    expect([0.5, 0.9, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([50, 90, 99, 100]);
    expect([0.5, 0.9, 0.99].map((share) => percentile([7], share))).toEqual([7, 7, 7]);
    expect([0.5, 0.9].map((share) => percentile([1, 2], share))).toEqual([1, 2]);
    expect(percentile([], 0.5)).toBe(0);
  });

  it('of the latency, without attempts that failed', () => {
    const run = recording();
    for (let i = 0; i < 100; i++) run.whole(i * 1000, i, i + 1);
    run.send(100_000, 100);
    run.answer(109_000, 100, 9000, { status: 503 });
    run.end(109_000);
    expect(run.figures().latency).toEqual({ count: 100, p50: 50, p90: 90, p99: 99, most: 100 });
  });

  it('of the time to the first byte, and of the body', () => {
    const run = recording();
    [10, 20, 30, 40].forEach((headMs, i) => {
      run.send(i * 100, i);
      run.answer(i * 100 + headMs + 5, i, headMs + 5, { headMs });
    });
    run.send(500, 9);
    run.answer(599, 9, 99); // Its transport reported no head.
    const { firstByte, body, latency } = run.figures();
    expect(firstByte).toEqual({ count: 4, p50: 20, p90: 40, p99: 40, most: 40 });
    expect(body).toEqual({ count: 4, p50: 5, p90: 5, p99: 5, most: 5 });
    expect(latency?.count).toBe(5);
  });

  it('of nothing are nothing', () => {
    const run = recording();
    run.end(0);
    expect(run.figures()).toEqual({
      latency: null, firstByte: null, body: null, histogram: [], statuses: [], connections: null, headroom: null,
      times: { requests: 0, retries: 0, throttle: 0, rest: 0 }, inFlight: 0, usualItems: null,
      groups: { failed: [], retried: [], slow: [], empty: [], short: [], duplicate: [] },
    }); // prettier-ignore
  });
});

describe('the histogram of the latency', () => {
  it('has bounds of 1, 2, 5, and every attempt', () => {
    const run = recording();
    [3, 4.9, 5, 12, 19, 20, 600].forEach((ms, i) => run.whole(i * 1000, i, ms));
    expect(run.figures().histogram).toEqual([
      { from: 2, to: 5, count: 2 },
      { from: 5, to: 10, count: 1 },
      { from: 10, to: 20, count: 2 },
      { from: 20, to: 50, count: 1 },
      { from: 50, to: 100, count: 0 },
      { from: 100, to: 200, count: 0 },
      { from: 200, to: 500, count: 0 },
      { from: 500, to: 1000, count: 1 },
    ]);
  });

  it('counts what is faster than a tenth of a millisecond', () => {
    const run = recording();
    [0, 0.05, 0.1, 0.3].forEach((ms, i) => run.whole(i * 1000, i, ms));
    const { histogram } = run.figures();
    expect(histogram.map(({ count }) => count)).toEqual([3, 1]);
    expect(histogram[0]).toMatchObject({ from: 0, to: 0.2 });
  });
});

describe('the statuses', () => {
  it('are counted, those without an answer by their error', () => {
    const run = recording();
    run.whole(0, 0, 10);
    run.whole(20, 1, 10);
    run.send(40, 2);
    run.answer(50, 2, 10, { status: 503 });
    run.send(60, 2, 2);
    run.answer(70, 2, 10, { status: 0, attempt: 2 });
    run.send(80, 2, 3);
    run.end(90, 'error');
    expect(run.figures().statuses).toEqual([['200', 2], ['503', 1], ['TypeError', 1], ['cancelled', 1]]); // prettier-ignore
  });
});

describe('the headroom', () => {
  const rate = (remaining: number) => ({ 'x-ratelimit-remaining': String(remaining), 'x-ratelimit-limit': '60' });

  it('is what answers said over time, and its lowest', () => {
    const run = recording();
    [59, 12, 58].forEach((remaining, i) => {
      run.send(i * 100, i);
      run.answer(i * 100 + 50, i, 50, { headers: rate(remaining) });
    });
    run.whole(300, 3, 50); // Says nothing.
    expect(run.figures().headroom).toEqual({ points: [[50, 59], [150, 12], [250, 58]], lowest: 12, limit: 60 }); // prettier-ignore
  });

  it('keeps the lowest of many points', () => {
    const run = recording();
    for (let i = 0; i < 2000; i++) {
      run.send(i, i);
      run.answer(i, i, 0, { headers: { 'ratelimit-remaining': String(i === 777 ? 3 : 1000) } });
    }
    const { headroom } = run.figures();
    expect(headroom?.points.length).toBe(500);
    expect(headroom?.points.filter(([, remaining]) => remaining === 3)).toEqual([[777, 3]]);
    expect([headroom?.lowest, headroom?.limit]).toEqual([3, null]);
  });
});

describe('where the time went', () => {
  it('counts each moment once: requests before waits for retries, these before the throttle', () => {
    const run = recording();
    run.send(0, 0);
    run.send(50, 1); // Overlaps.
    run.answer(100, 0, 100, { status: 503 });
    run.wait(100, 200, 'retry'); // 50 of it beside the other request.
    run.wait(100, 300, 'throttle'); // From 300 on alone.
    run.answer(150, 1, 100);
    run.send(450, 0, 2);
    run.answer(550, 0, 100, { attempt: 2 });
    run.end(1000);
    const { times, inFlight } = run.figures();
    expect(times).toEqual({ requests: 250, retries: 150, throttle: 100, rest: 500 });
    expect(inFlight).toBe(2);
  });

  it('does not count requests that follow each other as simultaneous, nor a wait beyond the end', () => {
    const run = recording();
    run.whole(0, 0, 100);
    run.whole(100, 1, 100);
    run.wait(200, 60_000, 'retry');
    run.end(300, 'error');
    expect([run.figures().inFlight, run.figures().times.retries]).toEqual([1, 100]);
  });
});

describe('the groups of pages', () => {
  it('failed, retried, slow, empty, short and duplicate', () => {
    const run = recording();
    const items = (page: number, count: number) => Array.from({ length: count }, (_, i) => ({ id: page * 100 + i }));
    for (let i = 0; i < 40; i++) {
      if (i === 7) {
        run.send(i * 100, i);
        run.answer(i * 100 + 5, i, 5, { status: 503 });
        run.send(i * 100 + 10, i, 2);
        run.answer(i * 100 + 20, i, 10, { attempt: 2 });
        run.page(i * 100 + 20, i, items(i, 20));
      } else if (i === 9) run.whole(i * 100, i, 90, items(i, 20));
      else if (i === 11) run.whole(i * 100, i, 10, []);
      else if (i === 13) run.whole(i * 100, i, 10, items(i, 19));
      else if (i === 15) run.whole(i * 100, i, 10, items(4, 20));
      else if (i === 17) {
        run.send(i * 100, i);
        run.answer(i * 100 + 5, i, 5, { status: 500 });
        run.record.next({ type: 'gap', pageIndex: i, error: run.failed(500) });
      } else run.whole(i * 100, i, 10, items(i, i === 39 ? 3 : 20)); // The last page is no short one.
    }
    run.send(4000, 40);
    run.answer(4010, 40, 10, { status: 404 });
    run.end(4010, 'error', run.failed(404));
    expect(run.figures().groups).toEqual({
      failed: [17, 40],
      retried: [7],
      slow: [9],
      empty: [11],
      short: [13],
      duplicate: [15],
    });
    expect(run.figures().usualItems).toBe(20);
  });

  it('a page that is requested again because it failed is no duplicate; one that was emitted is', () => {
    const run = recording();
    run.whole(0, 0, 10);
    run.send(20, 1);
    run.answer(30, 1, 10, { status: 500 });
    run.end(30, 'error');
    run.whole(40, 1, 10);
    run.whole(60, 0, 10, ['other']);
    run.end(80);
    expect(run.figures().groups.duplicate).toEqual([3]);
  });
});

describe('the advice', () => {
  it('a failed run can continue', () => {
    const run = recording();
    run.whole(0, 0, 10);
    run.end(20, 'error', run.failed(404));
    expect(run.advice()).toContain('can continue at the page that failed');
    const first = recording();
    first.end(0, 'error', first.failed(401));
    expect(first.advice()).toContain('the first page failed');
  });

  it('the throttle is too slow, by what the API still allowed', () => {
    const run = recording();
    for (let i = 0; i < 30; i++) {
      run.send(i * 1000, i);
      run.answer(i * 1000 + 200, i, 200, { headers: { 'ratelimit-remaining': '450', 'ratelimit-limit': '500' } });
      run.wait(i * 1000 + 200, 800, 'throttle');
    }
    run.end(30_000);
    expect(run.advice()).toBe(
      'Waits for the throttle are 80% of the time: the run used 1.0 requests/s; try a higher rate (in the command: --rate), since the API still allowed 450 of 500 requests at the lowest.',
    );
  });

  it('the API asks for waits', () => {
    const run = recording();
    run.whole(0, 0, 1000);
    run.wait(1000, 3000, 'retry', true);
    run.end(4000);
    expect(run.advice()).toMatch(/^Waits that the API asked for and waits for retries are 75% of the time: .*--rate/);
  });

  it('retries', () => {
    const run = recording();
    run.send(0, 0);
    run.answer(1000, 0, 1000, { status: 503 });
    run.wait(1000, 1000, 'retry');
    run.send(2000, 0, 2);
    run.answer(2500, 0, 500, { attempt: 2 });
    run.end(2500);
    expect(run.advice()).toContain('Waits for retries are 40% of the time: 1 retry, most often after 503');
  });

  it('your own code', () => {
    const run = recording();
    run.whole(0, 0, 100);
    run.whole(2000, 1, 100);
    run.end(2100);
    expect(run.advice()).toContain('No request is in flight for 90% of the time');
  });

  it('connections that are not kept', () => {
    const run = recording();
    run.whole(0, 0, 2000);
    run.record.connections = () => ({ opened: 30, reused: 1 });
    run.end(2000);
    expect(run.advice()).toContain('30 connections were opened for 31 requests');
    expect(run.figures().connections).toEqual({ opened: 30, reused: 1 });
  });

  it('bodies', () => {
    const run = recording();
    run.send(0, 0);
    run.answer(2000, 0, 2000, { headMs: 100 });
    run.end(2000);
    expect(run.advice()).toContain('Bodies take most of the request time (1.9 s of 2.0 s at the median)');
  });

  it('one request after the other', () => {
    const run = recording();
    for (let i = 0; i < 10; i++) run.whole(i * 1000, i, 1000);
    run.end(10_000);
    expect(run.advice()).toMatch(/^Requests are 100% of the time, one after the other: .*--size.*--concurrency/);
  });

  it('skipped pages', () => {
    const run = recording();
    run.whole(0, 0, 10);
    run.send(20, 1);
    run.record.next({ type: 'gap', pageIndex: 1, error: run.failed(500) });
    run.end(30);
    expect(run.advice()).toBe('1 page was skipped: with a checkpoint, the next run requests it again.');
  });

  it('none for a short run, or if nothing stands out', () => {
    const run = recording();
    run.whole(0, 0, 900);
    run.end(900);
    expect(run.advice()).toBeUndefined();
    const other = recording();
    other.whole(0, 0, 1200);
    other.end(1500);
    expect(other.advice()).toBeUndefined();
  });
});
