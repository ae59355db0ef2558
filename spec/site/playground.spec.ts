import { describe, expect, it } from '@jest/globals';
import {
  effective,
  initial,
  type Knobs,
  knobs,
  presets,
  problemOf,
  readKnobs,
  writeKnobs,
} from '../../site/playground/knobs.js';
import { lanesOf, sayEntry } from '../../site/playground/lanes.js';
import type { Entry } from '../../site/playground/walk.js';
import { kinds, run, start } from './sessions.js';

const typesOf = (log: readonly Entry[]) => log.map(({ type }) => type);
const endOf = (log: readonly Entry[]) => log.find(({ type }) => type === 'end');

describe('the walks of the playground', () => {
  it.each(kinds)('get every row of a list without failures: %s', async (paging) => {
    const { state } = await run({ paging });
    expect(state).toMatchObject({ ended: true, waits: false });
    expect(state.pagewise.counts).toEqual({
      requests: 6, failed: 0, pages: 6, items: 60, duplicates: 0, missing: 0,
    }); // prettier-ignore
    expect(state.hand?.counts).toMatchObject({ items: 60, duplicates: 0, missing: 0 });
    expect(state.now).toBeGreaterThanOrEqual(6 * 200);
  });

  it.each(kinds)(
    'keep their rows through a 503 on every third, which ends the hand-written one: %s',
    async (paging) => {
      const { state } = await run({ paging, fail: 3, after: 1 });
      expect(state.pagewise.counts).toMatchObject({ items: 60, missing: 0, duplicates: 0 });
      expect(state.pagewise.counts.failed).toBeGreaterThan(0);
      expect(typesOf(state.pagewise.log)).toContain('wait');
      expect(state.hand?.counts.missing).toBeGreaterThan(0);
      expect(endOf(state.hand?.log ?? [])).toMatchObject({ reason: paging === 'link' ? 'error' : 'complete' });
    },
  );

  it('waits as long as the server says', async () => {
    const { state } = await run({ fail: 3, after: 7, hand: 'no' });
    expect(state.hand).toBeUndefined();
    const waits = state.pagewise.log.filter((entry) => entry.type === 'wait');
    expect(waits.map(({ ms }) => ms)).toEqual(waits.map(() => 7000));
  });

  it.each(['page', 'offset'] as const)(
    '%s: rows that move come twice or are missed, by either walk',
    async (paging) => {
      const inserted = await run({ paging, moves: 'insert' });
      expect(inserted.state.pagewise.counts).toMatchObject({ missing: 0 });
      expect(inserted.state.pagewise.counts.duplicates).toBeGreaterThan(0);
      expect(inserted.state.hand?.counts.duplicates).toBeGreaterThan(0);
      const deleted = await run({ paging, moves: 'delete' });
      expect(deleted.state.pagewise.counts.missing).toBeGreaterThan(0);
    },
  );

  it.each(['cursor', 'keyset', 'next'] as const)('%s: rows that move come once', async (paging) => {
    for (const moves of ['insert', 'delete'] as const)
      expect((await run({ paging, moves })).state.pagewise.counts).toMatchObject({ duplicates: 0, missing: 0 });
  });

  it.each(kinds)('a size that the server caps loses nothing, but ends page and offset by hand: %s', async (paging) => {
    const { state } = await run({ paging, size: 25, cap: 10 });
    expect(state.pagewise.counts).toMatchObject({ items: 60, missing: 0 });
    const short = paging === 'page' || paging === 'offset';
    expect(state.hand?.counts).toMatchObject(short ? { pages: 1, missing: 50 } : { missing: 0 });
  });

  it('a page that always fails ends the walk with an error, or is skipped as a gap', async () => {
    const failed = await run({ poison: '500', retries: 2 });
    expect(failed.state.pagewise.counts).toMatchObject({ requests: 5, failed: 3, pages: 2 });
    expect(endOf(failed.state.pagewise.log)).toMatchObject({
      reason: 'error',
      problem: expect.stringContaining('500'),
    });
    for (const poison of ['500', 'json'] as const) {
      const { state } = await run({ poison, skip: 1 });
      expect(state.pagewise.counts).toMatchObject({ items: 50, missing: 10 });
      expect(state.pagewise.log).toContainEqual(expect.objectContaining({ type: 'gap', page: 2 }));
      expect(endOf(state.pagewise.log)).toMatchObject({ reason: 'last-page' });
    }
    const { state } = await run({ poison: 'json' });
    expect(endOf(state.hand?.log ?? [])).toMatchObject({ reason: 'error' });
  });

  it('a rate limit holds concurrent requests back, and a throttle never meets it', async () => {
    const limited = await run({ rows: 150, latency: 100, rate: 5, after: 1, concurrency: 4 });
    expect(limited.state.pagewise.counts).toMatchObject({ items: 150, missing: 0 });
    expect(limited.state.pagewise.counts.failed).toBeGreaterThan(0);
    expect(lanesOf(limited.state.pagewise.log).rows).toBe(4);
    const throttled = await run({ rows: 150, latency: 100, rate: 5, after: 1, concurrency: 4, throttle: 5 });
    expect(throttled.state.pagewise.counts).toMatchObject({ items: 150, missing: 0, failed: 0 });
  });

  it('nextWhen asks for a page when the button is pressed, and time stands still meanwhile', async () => {
    const session = start({ consume: 'manual', hand: 'no', take: 3 });
    await session.finish();
    expect(session.state).toMatchObject({ waits: true, ended: false, idle: true, now: 200 });
    expect(session.state.pagewise.counts).toMatchObject({ requests: 1, pages: 1 });
    session.more();
    await session.finish();
    expect(session.state.pagewise.counts).toMatchObject({ requests: 2, pages: 2 });
    session.more();
    await session.finish();
    expect(session.state).toMatchObject({ ended: true, waits: false });
    expect(endOf(session.state.pagewise.log)).toMatchObject({ reason: 'unsubscribed' });
  });

  it('prefetch saves the time in which the loop would wait, and the loop works to its end', async () => {
    const slow = { paging: 'cursor', consume: 'loop', work: 300, latency: 300, hand: 'no' } as const;
    const without = await run(slow);
    const ahead = await run({ ...slow, prefetch: 1 });
    expect(ahead.state.pagewise.counts).toEqual(without.state.pagewise.counts);
    expect(ahead.state.pagewise.counts).toMatchObject({ pages: 6, items: 60, missing: 0 });
    expect(without.state.now - ahead.state.now).toBe(5 * 300);
    expect(lanesOf(ahead.state.pagewise.log).work).toHaveLength(6);
  });

  it('take ends the walk, in a loop too', async () => {
    for (const consume of ['subscribe', 'loop'] as const)
      expect((await run({ consume, take: 2 })).state.pagewise.counts).toMatchObject({ pages: 2, requests: 2 });
  });

  it('goes forward in steps to the same end, and the same way each time', async () => {
    const set = { fail: 3, moves: 'insert' } as const;
    const whole = await run(set);
    const stepped = start(set);
    let steps = 0;
    for (; !stepped.state.ended && steps < 500; steps++) {
      const before = stepped.state.pagewise.log.length + (stepped.state.hand?.log.length ?? 0);
      await stepped.step();
      const { pagewise, hand } = stepped.state;
      expect(pagewise.log.length + (hand?.log.length ?? 0)).toBeGreaterThan(before);
    }
    expect(steps).toBeGreaterThan(10);
    expect(stepped.state).toEqual(whole.state);
  });

  it('stops its clock in the middle', async () => {
    const session = start({ fail: 0 });
    await session.runTo(500);
    expect(session.state).toMatchObject({ now: 500, ended: false });
    expect(session.state.pagewise.counts).toMatchObject({ requests: 3, pages: 2 });
    expect(session.state.pagewise.counts.missing).toBeUndefined();
  });
});

describe('the lanes', () => {
  it('have a request, a failure, a wait, pages and the end', async () => {
    const { state } = await run({ fail: 3, after: 1, rows: 30, hand: 'no' });
    const { rows, spans, marks } = lanesOf(state.pagewise.log);
    expect(rows).toBe(1);
    expect(spans.map((span) => (span.kind === 'request' ? span.outcome : span.kind))).toEqual([
      'answered', 'answered', 'failed', 'wait', 'answered',
    ]); // prettier-ignore
    expect(spans[2]).toMatchObject({ from: 400, to: 600, page: 2, attempt: 1, label: '503' });
    expect(spans[3]).toMatchObject({ from: 600, to: 1600, reason: 'retry' });
    expect(spans[4]).toMatchObject({ from: 1600, to: 1800, attempt: 2 });
    expect(marks.map(({ kind, at, label }) => `${kind} ${at} ${label}`)).toEqual([
      'page 200 1', 'page 400 2', 'page 1800 3', 'end 1800 last-page',
    ]); // prettier-ignore
  });

  it('show what is under way, and what the end cancels', () => {
    const log: Entry[] = [
      { at: 0, type: 'request', page: 0, attempt: 1 },
      { at: 0, type: 'request', page: 1, attempt: 1 },
    ];
    expect(lanesOf(log).spans.map(({ row, to }) => [row, to])).toEqual([[0, undefined], [1, undefined]]); // prettier-ignore
    const ended = lanesOf([...log, { at: 9, type: 'end', reason: 'unsubscribed', problem: undefined }]);
    expect(ended.spans.map((span) => span.kind === 'request' && span.outcome)).toEqual(['cancelled', 'cancelled']);
    expect(ended.spans.map(({ to }) => to)).toEqual([9, 9]);
  });

  it('say each kind of event in words', async () => {
    const { state } = await run({ poison: '500', skip: 1, consume: 'loop', concurrency: 2, throttle: 2, fail: 5 });
    const said = state.pagewise.log.map(sayEntry);
    expect(new Set(typesOf(state.pagewise.log))).toEqual(
      new Set(['request', 'response', 'wait', 'page', 'work', 'gap', 'end']),
    );
    for (const line of said) expect(line).toMatch(/^\d+\.\d\d s: (page \d+|the loop|the end)/);
  });
});

describe('the URL', () => {
  it('restores all knobs', () => {
    const others: Knobs = {
      paging: 'offset', rows: 7, cap: 3, latency: 9, fail: 4, after: 5, rate: 6, poison: 'json', poisoned: 2,
      moves: 'insert', size: 8, consume: 'loop', concurrency: 3, prefetch: 2, work: 10, retries: 1, throttle: 4, skip: 1,
      take: 2, hand: 'no',
    }; // prettier-ignore
    expect(Object.keys(others).sort()).toEqual(knobs.map(({ name }) => name).sort());
    expect(readKnobs(`?${writeKnobs(others)}`)).toEqual({ knobs: others, problems: [] });
    for (const { name, initial: value } of knobs) expect(others[name]).not.toBe(value);
  });

  it('has only what differs from the beginning', () => {
    expect(writeKnobs(initial)).toBe('');
    expect(writeKnobs({ ...initial, fail: 3 })).toBe('fail=3');
    expect(readKnobs('')).toEqual({ knobs: initial, problems: [] });
  });

  it('says what it does not take, and goes on without', () => {
    const { knobs: read, problems } = readKnobs('?rows=-1&latency=1e3&paging=magic&retries=11&fail=3&utm_source=x');
    expect(read).toEqual({ ...initial, fail: 3 });
    expect(problems).toHaveLength(4);
    expect(problems[0]).toBe('paging=magic: must be one of page, offset, cursor, keyset, link, next; page is used.');
    expect(problems[1]).toBe('rows=-1: must be a whole number from 0 to 500; 60 is used.');
  });

  it.each(presets)('of a preset is the shortest: $title', ({ query }) => {
    const { knobs: read, problems } = readKnobs(query);
    expect(problems).toEqual([]);
    expect(writeKnobs(read)).toBe(query);
    expect(effective(read)).toEqual(read);
  });
});

describe('the knobs', () => {
  it('begin with values that they take', () => {
    expect(knobs.flatMap((knob) => problemOf(knob, knob.initial) ?? [])).toEqual([]);
  });

  it('have no effect where they can have none', () => {
    const manual = effective({ ...initial, consume: 'manual', concurrency: 4, prefetch: 2 });
    expect(manual).toMatchObject({ concurrency: 1, prefetch: 0 });
    expect(effective({ ...initial, paging: 'cursor', concurrency: 4, skip: 2 })).toMatchObject({
      concurrency: 1,
      skip: 0,
    });
  });
});
