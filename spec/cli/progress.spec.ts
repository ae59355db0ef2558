// The progress on stderr: what its line says at any width, and how it is drawn on a terminal and elsewhere.
import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AttemptTimeoutError, CheckError, HttpError, ParseError, TransportError } from 'pagewise';
import { createTally, type Tally } from '../../lib/cli/output/tally.js';
import { painted } from '../../lib/cli/terminal/colour.js';
import { columnsOf, cutAtWord, progressLine, type Shown, whyOf } from '../../lib/cli/terminal/progress-line.js';
import { isWatched } from '../../lib/cli/terminal/progress.js';
import { json, numbered, rows, serve, until } from '../support/server.js';
import { answer } from '../support/walks.js';
import { command, pagewise, type Running, start, startPagewise, temporaryFolder } from './pagewise.js';

const refused = new TransportError(Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED' })); // prettier-ignore
const paged = ['--paging', 'page', '--size', '10', '--items', 'items'];

function tallyOf({ pages = 0, items = 0, total, sent = 1, bytes }: { pages?: number; items?: number; total?: number; sent?: number; bytes?: number } = {}): Tally {
  const tally = createTally(() => {});
  for (let attempt = 1; attempt <= sent; attempt++) tally.next({ type: 'request', pageIndex: pages, attempt });
  if (bytes !== undefined) tally.next({ type: 'response', pageIndex: 0, attempt: 1, bytes } as never);
  if (pages > 0) tally.next({ type: 'page', pageIndex: pages - 1, items, total });
  for (let page = 0; page < pages; page++) tally.wrote({ itemsBefore: 0 }, page === 0 ? items : 0);
  return tally;
} // prettier-ignore

const waits = (tally: Tally, ms: number, error: unknown = refused, reason: 'retry' | 'throttle' = 'retry') => {
  tally.next({ type: 'wait', pageIndex: tally.pages, reason, ms, error });
  return tally;
};

const lineOf = (tally: Tally, seconds: number, shown: Shown = {}, detects = false): string =>
  progressLine({ tally, attempts: 6, detects }, tally.started + seconds * 1000, shown);

describe('the line of progress', () => {
  it('shows pages, items, their rate, retries, the time and the bytes', () => {
    expect(lineOf(tallyOf({ pages: 1, items: 2000, bytes: 1_234_567 }), 1)).toBe('1 page, 2,000 items, 2,000 items/s, 0:01, 1.2 MB'); // prettier-ignore
    expect(lineOf(tallyOf({ pages: 2, items: 20, sent: 3, bytes: 999 }), 3723)).toBe('2 pages, 20 items, 0 items/s, 2 retries, 1:02:03, 999 B'); // prettier-ignore
  });

  it('has a bar and the time left if a total is known, earlier runs included, and a spinner if none is', () => {
    const one = createTally(() => {});
    one.next({ type: 'page', pageIndex: 0, items: 10, total: 100 });
    one.wrote({ itemsBefore: 30 }, 10);
    expect(lineOf(one, 2, { spinner: ['*'] })).toBe('[========            ]  40%  1 page, 10 items, 5 items/s, 12 s left, 0:02'); // prettier-ignore
    const turning = { spinner: ['a', 'b', 'c'] };
    const two = tallyOf({ pages: 1, items: 10 });
    const at = (now: number) => progressLine({ tally: two, attempts: 6, detects: false }, now, turning)[0];
    expect([500, 550, 600, 700, 800].map(at)).toEqual(['c', 'c', 'a', 'b', 'c']);
    expect(lineOf(two, 1, turning)).toMatch(/^[abc] 1 page, 10 items, 10 items\/s, 0:01$/);
  });

  it('never draws more than all of it', () => {
    expect(lineOf(tallyOf({ pages: 1, items: 10, total: 5 }), 1)).toContain('[====================] 100%  1 page');
  });

  it('counts what earlier runs wrote apart', () => {
    const one = tallyOf();
    one.resumed({ index: 3, itemsBefore: 30 });
    expect(lineOf(one, 61)).toBe('requesting page 4 after 3 pages, 30 items, 1:01');
    one.wrote({ itemsBefore: 30 }, 10);
    expect(lineOf(one, 10)).toBe('1 page, 10 items after 3 pages, 30 items, 1 items/s, 0:10');
  });

  it('says what it does from the first request on, and nothing before', () => {
    const one = createTally(() => {});
    expect([lineOf(one, 1), lineOf(one, 1, { spinner: ['*'] }, true)]).toEqual(['', '']);
    one.next({ type: 'request', pageIndex: 0, attempt: 1 });
    expect(lineOf(one, 5, { spinner: ['*'] })).toBe('* requesting page 1, 0:05');
    expect(lineOf(one, 5, { spinner: ['*'] }, true)).toBe('* Detecting how the API pages: 1 request, 0:05');
    one.next({ type: 'request', pageIndex: 0, attempt: 2 });
    expect(lineOf(one, 5, {}, true)).toBe('Detecting how the API pages: 2 requests, 1 retry, 0:05');
  });

  it('says what it waits for, why, which attempt follows and when', () => {
    const line = (tally: Tally, shown?: Shown, detects?: boolean) =>
      progressLine({ tally, attempts: 6, detects: detects ?? false }, performance.now(), shown);
    const one = waits(tallyOf({ pages: 12, items: 1200, sent: 2 }), 7000);
    expect(line(one)).toBe('12 pages, 1,200 items, connection refused, attempt 3 of 6, again in 7 s, 1 retry, 0:00');
    waits(one, 100, new Error('too short to be shown'));
    expect(line(one)).toContain('again in 7 s');
    const limited = [{ status: 429 }, new CheckError('x', answer({}, 429), { throttled: true })];
    expect(limited.map((error) => whyOf(error))).toEqual(['429 Too Many Requests', 'x']);
    expect(line(waits(tallyOf({ pages: 1, items: 1 }), 65_000, undefined, 'throttle'))).toMatch(/1 item, rate limit, again in 65 s, /); // prettier-ignore
    expect(line(waits(tallyOf(), 400_000), {}, true)).toBe('Detecting how the API pages: 1 request, connection refused, attempt 2 of 6, again in 7 min, 0:00'); // prettier-ignore
    one.next({ type: 'request', pageIndex: 12, attempt: 3 });
    expect(line(one)).not.toContain('again');
    const over = waits(tallyOf({ sent: 7 }), 5000); // More attempts than the flag says: by a policy of the profile.
    expect(line(over)).toContain('attempt 8, again');
  });

  it.each<[string, unknown]>([
    ['503 Service Unavailable', new HttpError(answer({}, 503))],
    ['503 Service Unavailable', { status: 503 }],
    ['status 599', new HttpError(answer({}, 599))],
    ['no answer in 30 s', new AttemptTimeoutError(30_000)],
    ['connection refused', refused],
    ['connection reset', new TransportError({ code: 'ECONNRESET', message: 'x' })],
    ['host not found', new TransportError({ code: 'ENOTFOUND', message: 'x' })],
    ['answer cut off', new TransportError({ code: 'ERR_STREAM_PREMATURE_CLOSE', message: 'x' })],
    ['unreadable answer', new ParseError('not JSON', '<html>')],
    ['network failure', new TransportError({ code: 'EUNKNOWN', message: 'secret' })],
    ['network failure', undefined],
    ['network failure', 'text'],
    ['the job says "busy\\u001b[2J"', new CheckError('the job says "busy\u001b[2J"', answer({}), { retryable: true })],
    ['処理中 🚧 しばらくお待ちください…', new CheckError(`処理中 🚧 しばらくお待ちください ${'待'.repeat(60)}`, answer({}), {})],
  ])('names a failure in its own words: %s', (why, error) => {
    expect(whyOf(error)).toBe(why);
    expect(columnsOf(why)).toBeLessThanOrEqual(48);
  }); // prettier-ignore

  const big = { pages: 12_345, items: 1_234_500, sent: 3, bytes: 98_765_432_100 };
  const wide = new CheckError('サーバーは混雑しています 🚧 try later', answer({}), { retryable: true });
  const states: readonly [string, () => Tally, detects?: boolean][] = [
    ['nothing yet', () => tallyOf()],
    ['small', () => tallyOf({ pages: 3, items: 30 })],
    ['small of a total', () => tallyOf({ pages: 3, items: 30, total: 90 })],
    ['large', () => tallyOf(big)],
    ['large of a total', () => tallyOf({ ...big, total: 2_469_000 })],
    ['after earlier runs', () => { const one = tallyOf({ ...big, total: 9e9 }); one.resumed({ index: 77_777, itemsBefore: 7_777_700 }); return one; }],
    ['a wait', () => waits(tallyOf({ ...big, total: 2_469_000 }), 600_000)],
    ['a wait for the rate limit', () => waits(tallyOf(big), 70_000, undefined, 'throttle')],
    ['a wait in wide characters', () => waits(tallyOf({ pages: 3, items: 30 }), 9000, wide)],
    ['detection', () => tallyOf({ sent: 12 }), true],
    ['a wait of detection', () => waits(tallyOf(), 70_000), true],
    ['a wait of detection in wide characters', () => waits(tallyOf(), 70_000, wide), true],
  ]; // prettier-ignore

  it.each(states)('fits any width, and is never cut within a word: %s', (_what, make, detects = false) => {
    const tally = make();
    const doing = { tally, attempts: 6, detects };
    const now = performance.now() + 5;
    const whole = progressLine(doing, now, { spinner: ['*'] });
    const wordsOf = (line: string) => line.split(/[ [\]=]+/).map((word) => word.replace(/[,:]$/, ''));
    const words = new Set(wordsOf(`${whole} Detecting `));
    let before = '';
    for (let columns = 1; columns <= 250; columns++) {
      const line = progressLine(doing, now, { columns, spinner: ['*'] });
      expect(columnsOf(line)).toBeLessThanOrEqual(columns);
      for (const word of wordsOf(line)) expect(words).toContain(word);
      expect(line).not.toMatch(/[,:] *$|^ *[,:]|, ,/);
      if (columns >= 40) expect(line).toMatch(tally.wait ? /again in (\d+ s|\d+ min)/ : /page|request/);
      // In colour it is the same text.
      const painting = progressLine(doing, now, { columns, spinner: ['*'], paint: painted });
      expect(painting.replaceAll(/\u001b\[\d+m/g, '')).toBe(line); // eslint-disable-line no-control-regex
      before = line;
    }
    expect(before).toBe(whole);
  });

  it.each([
    [40, '50%  12,345 pages, 1,234,500 items'],
    [60, '[=====     ]  50%  12,345 pages, 1,234,500 items, 13 s left'],
    [80, '[=====     ]  50%  12,345 pages, 1,234,500 items, 100,000 items/s, 13 s left'],
    [120, '[==========          ]  50%  12,345 pages, 1,234,500 items, 100,000 items/s, 13 s left, 2 retries, 0:12, 98.8 GB'],
  ])('at %i columns', (columns, line) => {
    expect(lineOf(tallyOf({ ...big, total: 2_469_000 }), 12.345, { columns }).trim()).toBe(line);
  }); // prettier-ignore

  it.each([
    [40, '* connection refused, again in 7 s'],
    [60, '* 12 pages, connection refused, attempt 3 of 6, again in 7 s'],
    [80, '* 12 pages, 1,200 items, connection refused, attempt 3 of 6, again in 7 s, 0:00'],
    [120, '* 12 pages, 1,200 items, connection refused, attempt 3 of 6, again in 7 s, 1 retry, 0:00, 1.2 MB'],
  ])('while it waits, at %i columns', (columns, line) => {
    const one = waits(tallyOf({ pages: 12, items: 1200, sent: 2, bytes: 1_234_567 }), 7000);
    expect(progressLine({ tally: one, attempts: 6, detects: false }, performance.now(), { columns, spinner: ['*'] })).toBe(line); // prettier-ignore
  });

  it.each([
    ['plain', 5], ['日本語', 6], ['한국어', 6], ['🚧', 2], ['👩‍👩‍👧', 2], ['é', 1], ['e\u0301', 1], ['⠋', 1], ['❤️', 2], ['ｆｕｌｌ', 8], ['…', 1], ['', 0],
  ])('%s takes its columns of a terminal', (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  }); // prettier-ignore

  it('a text is cut after whole words, and within one only if it is alone', () => {
    expect(cutAtWord('one two three', 13)).toBe('one two three');
    expect(cutAtWord('one two three', 12)).toBe('one two…');
    expect(cutAtWord('one, two', 5)).toBe('one…');
    expect(cutAtWord('無限大', 5)).toBe('無限…');
    expect(cutAtWord('a👩‍👩‍👧👩‍👩‍👧', 4)).toBe('a👩‍👩‍👧…');
  });
});

/** The command on a pseudo-terminal of this width; `before` runs in the same shell. */
function onTerminal(args: readonly string[], { columns = 80, env = {}, before = '' }: { columns?: number; env?: NodeJS.ProcessEnv; before?: string } = {}): Running {
  const typed = [process.execPath, command, ...args].map((arg) => `'${arg}'`).join(' ');
  return start('script', ['-qec', `stty cols ${columns}; ${before} ${typed}`, '/dev/null'], {
    env: { CI: '', NO_COLOR: '', TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', ...env },
  });
} // prettier-ignore

const cleared = '\r\u001b[K';
// eslint-disable-next-line no-control-regex
const plain = (text: string) => text.replaceAll(/\u001b\[\d+m/g, '');

describe('progress on a terminal', () => {
  it('is drawn while it detects, says what it waits for, and is gone before the next line', async () => {
    const running: { run?: Running } = {};
    const isDrawn = () => /[⠀-⣿] Detecting how the API pages: 1 request, 0:/.test(plain(running.run?.stdout() ?? ''));
    const server = await serve(async (_seen, response) => {
      await until('the line', isDrawn);
      json(response, {}, 503, { 'retry-after': '2' });
    });
    const run = (running.run = onTerminal([server.url, '--retries', '1']));
    const { code, stdout } = await run.ended;
    expect(code).toBe(1);
    expect(plain(stdout)).toMatch(/Detecting: 1 request, 503 Service Unavailable, attempt 2 of 2, again in [12] s/);
    expect(plain(stdout)).toContain(`${cleared}pagewise: Page 1 failed: `);
  });

  it('is there from the first request on and between pages, with -o and all of it on one terminal', async () => {
    const folder = temporaryFolder();
    const running: { run?: Running } = {};
    // Each answer waits for the line that follows from the one before.
    const expected = ['requesting page 1,', ' 1 page, 10 items,', ' 2 pages, 20 items,', ' 3 pages, 25 items,'];
    const shown = () => plain(running.run?.stdout() ?? '');
    const server = await serve(async (seen, response, index) => {
      await until('the line', () => shown().includes(expected[index] ?? ''));
      void numbered(25)(seen, response);
    });
    const run = (running.run = onTerminal([server.url, ...paged, '-o', join(folder, 'a.ndjson'), '--prefetch', '0']));
    expect((await run.ended).code).toBe(0);
    // It is never blank: each text draws over the one before, and only the summary comes after an empty line.
    const drawn = shown().split(cleared);
    expect(drawn.slice(0, -1).every((text) => /^[⠀-⣿] (requesting page|\d+ pages?,)/.test(text))).toBe(true);
    expect(drawn.at(-1)).toMatch(/^4 pages, 25 items, 4 requests, 0 retries, \d+\.\d s\r\n$/);
  });

  it('fits a terminal that gets narrower meanwhile', async () => {
    const folder = temporaryFolder();
    const flag = join(folder, 'narrow');
    const running: { run?: Running } = {};
    const lines = () => plain(running.run?.stdout() ?? '').split(cleared);
    const server = await serve(async ({ url }, response) => {
      const page = Number(url.searchParams.get('page'));
      if (page === 2) {
        await until('a wide line', () => /\] +25% {2}1 page, 10 items, .* 0:/.test(lines().at(-1) ?? ''));
        writeFileSync(flag, '');
        await until(
          'a narrow line',
          () => (lines().at(-1)?.length ?? 99) < 40 && (lines().at(-1) ?? '').includes('1 page, 10 items'),
        );
      }
      json(response, { items: rows(40).slice((page - 1) * 10, page * 10), total: 40 });
    });
    const resizing = `(while [ ! -e '${flag}' ]; do sleep 0.05; done; stty cols 40 </dev/tty) &`;
    const run = (running.run = onTerminal([server.url, ...paged, '--total', 'total', '-o', join(folder, 'a.ndjson')], { columns: 120, before: resizing })); // prettier-ignore
    expect((await run.ended).code).toBe(0);
    const narrow = lines().slice(
      lines().findIndex((line) => line.length < 40 && line.includes('1 page')),
      -1,
    );
    expect(narrow.length).toBeGreaterThan(0);
    for (const line of narrow) expect(columnsOf(line)).toBeLessThan(40);
  });

  it('is plain lines on a terminal without control characters, and not shown in CI', async () => {
    const server = await serve(async (seen, response, index) => {
      if (index === 1) await new Promise((resolve) => setTimeout(resolve, 1500));
      void numbered(15)(seen, response);
    });
    const args = [server.url, ...paged, '-o', '/dev/null'];
    const dumb = await onTerminal(args, { env: { TERM: 'dumb' } }).ended;
    expect(dumb.stdout).toMatch(
      /^1 page, 10 items, \d+ items\/s, 0:01, \d+ B\r\n(.*\r\n)?3 pages, 15 items, 3 requests/,
    );
    expect(dumb.stdout).not.toContain('\u001b');
    const inCI = await onTerminal(args, { env: { CI: 'true', NO_COLOR: '1' } }).ended;
    expect(inCI.stdout).toMatch(/^3 pages, 15 items, 3 requests, 0 retries, \d+\.\d s\r\n$/);
    expect([{}, { CI: 'true' }, { CI: 'false' }].map((env) => isWatched({ isTTY: true }, env))).toEqual([true, false, true]); // prettier-ignore
    expect(isWatched({ isTTY: false }, {})).toBe(false);
  });

  it('does not need stderr', async () => {
    const server = await serve(numbered(15));
    const file = join(temporaryFolder(), 'a.ndjson');
    const typed = [process.execPath, command, server.url, ...paged, '-o', file, '--progress'].join(' ');
    expect((await start('sh', ['-c', `${typed} 2>&-`]).ended).code).toBe(0);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(16);
    if (existsSync('/dev/full')) expect((await start('sh', ['-c', `${typed} 2>/dev/full`]).ended).code).toBe(0);
  });
});

describe('progress elsewhere', () => {
  it('is not shown if stderr is not a terminal', async () => {
    const server = await serve(numbered(25));
    const { stderr } = await pagewise([server.url, ...paged]);
    expect(stderr).toMatch(/^4 pages, 25 items, .*\n$/);
  });

  it('shows that it detects how the API pages, and what it waits for', async () => {
    const server = await serve((seen, response, index) =>
      index === 0 ? json(response, {}, 503, { 'retry-after': '3' }) : numbered(25)(seen, response),
    );
    const { code, stderr } = await pagewise([server.url, '--progress']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Detecting how the API pages: 1 request, 503 Service Unavailable, attempt 2 of 6, again in [123] s, 0:0\d$/m); // prettier-ignore
    expect(stderr).toMatch(/^Detected with \d+ requests: /m);
    expect(stderr).not.toMatch(/\r|\u001b/); // eslint-disable-line no-control-regex
  });

  it('prints plain lines if requested, with a share if a total is known', async () => {
    const server = await serve(async ({ url }, response) => {
      const page = Number(url.searchParams.get('page'));
      if (page === 3) await new Promise((resolve) => setTimeout(resolve, 2500));
      json(response, { items: rows(40).slice((page - 1) * 10, page * 10), total: 40 });
    });
    const { code, stderr } = await pagewise([server.url, ...paged, '--total', 'total', '--progress']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^\[=+ +\] +\d+% {2}\d pages?, \d+ items, \d+ items\/s, \d+ s left, 0:0\d, \d+ B$/m);
    expect(stderr).not.toMatch(/\r|\u001b/); // eslint-disable-line no-control-regex
    expect(stderr).toMatch(/^4 pages, 40 items, 4 requests/m);
  });

  it('says why nothing arrives: the connection is refused', async () => {
    const server = await serve(numbered(5));
    await server.close();
    const flags = ['--progress', '--retries', '20', '--retry-delay', '1m', '--retry-max-delay', '1m'];
    const run = startPagewise([server.url, ...paged, ...flags]);
    await until('a wait', () => run.stderr().includes('again'));
    expect(run.stderr()).toMatch(/requesting page 1, connection refused, attempt \d+ of 21, again in \d+ s/);
    run.child.kill('SIGTERM');
    expect((await run.ended).code).toBe(143);
  });
});
