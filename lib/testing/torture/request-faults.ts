import { faults } from '../hostile/faults.js';
import type { Fault } from '../hostile/fault.js';
import type { Outcome, RequestFault } from './judge-run.js';
import { accents, deepMark, isMarked, levels, marked, withDeep } from './marks.js';
import type { Behaviour, Run } from './trial.js';

type More = Partial<RequestFault>;

/** Happens once and is fixed by another attempt, or changes nothing. */
const retried = (fault: Fault, more: More = {}): RequestFault => ({ fault, outcome: 'exact', random: true, ...more });

/** Fails at its first attempt. */
const fatal = (fault: Fault, error: string, more: More = {}): RequestFault => {
  const outcome: Outcome = { fails: [error, 'CallbackError'], attempts: 1 };
  return { fault, outcome, random: true, ...more };
};

/** Clients differ in how they treat it. */
const odd = (fault: Fault, more: More = {}): RequestFault => retried(fault, { outcome: 'exact or explicit', ...more });

/** Changes nothing that the client may notice: it must not need another attempt. */
const harmless = (fault: Fault, more: More = {}): RequestFault =>
  retried(fault, {
    also: (_run, { requests }, at) => (requests.some(({ page, count }) => page === at && count > 1) ? 'it took more than one attempt' : undefined),
    ...more,
  }); // prettier-ignore

/** Changes an item in a way that must arrive. */
const marking = (fault: Fault, more: More = {}): RequestFault =>
  harmless(fault, {
    also: ({ items }) => (items.some((item) => typeof item !== 'object' || isMarked(item)) ? undefined : 'what the fault adds to an item is lost'),
    ...more,
  }); // prettier-ignore

/** Ends only by the attempt's timeout, as other faults do with some clients. */
const silent = (fault: Fault): RequestFault => ({ fault, outcome: 'exact', behaviour: impatient });
const impatient = (): Behaviour => ({ attemptTimeout: 1500, retry: { retries: 10 } });

/** A wait that the server asked for, or a plain backoff. */
const hinted = (fault: Fault): RequestFault => ({ fault, outcome: 'exact', also: waitsOf(1000, 3000) });
const backoff = (fault: Fault): RequestFault => retried(fault, { also: waitsOf(0, 100) });

function waitsOf(least: number, most: number) {
  return ({ events }: Run): string | undefined => {
    const waits = events.flatMap((event) => (event.type === 'wait' && event.reason === 'retry' ? [event.ms] : []));
    return waits.every((ms) => ms >= least && ms <= most)
      ? undefined
      : `the walk waited ${waits.join(', ')} ms, not between ${least} and ${most} ms`;
  };
}

const statuses = (): readonly RequestFault[] => [
  ...[500, 408, 425, 429].map((status) => retried(faults.status(status))),
  ...[502, 503, 504].map((status) => retried(faults.status(status), { times: 5, random: false })),
  { fault: faults.status(503), times: 6, outcome: { fails: ['HttpError'], attempts: 6 } },
  ...[400, 404, 422, 501, 505].map((status) => fatal(faults.status(status), 'HttpError')),
  { fault: faults.status(410), outcome: { fails: ['PositionExpiredError', 'HttpError'], attempts: 1 }, random: true },
  { fault: faults.status(401), outcome: 'exact', behaviour: refreshing, also: (_, { requests }) =>
    requests.some(({ count, headers }) => count > 1 && headers['authorization'] === 'Bearer new') ? undefined : 'the new credentials were not sent' },
]; // prettier-ignore

function refreshing(): Behaviour {
  let token = 'old';
  return {
    headers: () => ({ authorization: `Bearer ${token}` }),
    retry: { onUnauthorized: () => Promise.resolve((token = 'new')) },
  };
}

const rateLimits = (): readonly RequestFault[] => [
  hinted(faults.status(429, { 'retry-after': '1' })),
  hinted(faults.retryAtDate(1000, 3_600_000)),
  hinted(faults.retryAtDate(1000, -3_600_000)),
  hinted(faults.status(429, { ratelimit: '"p";r=0;t=3600', 'retry-after': '1' })),
  ...['0', '-5', '5s', '0x10', '', '1e3'].map((value) => backoff(faults.status(429, { 'retry-after': value }))),
  backoff(faults.status(429, { ratelimit: '"p";r=;;t=x,,' })),
  ...['3600', '99999999999999'].map((value) =>
    fatal(faults.status(429, { 'retry-after': value }), 'RateLimitError', { times: Infinity }),
  ),
  fatal(faults.status(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2' }), 'HttpError'),
];

const connections = (): readonly RequestFault[] => [
  ...(['reset', 'close'] as const).flatMap((how) => [
    retried(faults.gone(how)),
    retried(faults.goneInBody(how), { behaviour: impatient }),
    retried(faults.closing(how)),
  ]),
  ...(['half', 'valid JSON'] as const).flatMap((what) => [
    retried(faults.truncated(what, 'close'), { behaviour: impatient }),
    silent(faults.truncated(what, 'silence')),
    retried(faults.truncatedChunks(what, 'close')),
    silent(faults.truncatedChunks(what, 'silence')),
  ]),
  fatal(faults.truncatedUntilClose(), 'ParseError'),
  odd(faults.badChunkSize(), { behaviour: impatient, random: false }),
  ...(['Content-Length', 'the last chunk'] as const).flatMap((after) => [
    odd(faults.excess('garbage', after), { behaviour: impatient }),
    odd(faults.excess('an answer', after), { behaviour: impatient }),
  ]),
  odd(faults.twoLengths()),
  odd(faults.longHeader(20_000)),
  retried(faults.earlyHints()),
  retried(faults.http10()),
  retried(faults.tinyChunks()),
  ...(['Content-Length', 'chunked'] as const).flatMap((how) => [
    harmless(faults.oneByteChunks(how)),
    harmless(faults.oneByteChunks(how, 'gzip')),
  ]),
  ...(['Content-Length', 'chunked', 'none'] as const).map((length) => harmless(faults.closingCompressed(length))),
  silent(faults.silence()),
  silent(faults.trickle(1000)),
];

const redirects = (evil: string): readonly RequestFault[] => [
  retried(faults.redirect(302, 'elsewhere'), { body: false }),
  retried(faults.redirect(303, 'elsewhere')),
  retried(faults.redirect(307, 'elsewhere'), { body: false }),
  // To the URL itself, with the body: without it this would be page 1.
  ...[307, 308].map((status) => retried(faults.redirect(status, ''), { body: true })),
  fatal(faults.redirect(302, 'elsewhere'), 'RedirectError', { body: true }),
  fatal(faults.redirectLoop(307), 'RedirectError', { times: Infinity }),
  fatal(faults.redirect(302, undefined), 'RedirectError'),
  fatal(faults.redirect(302, `${evil}/items`), 'CrossOriginError'),
  fatal(faults.redirect(307, `${evil}/items`), 'CrossOriginError'),
];

const bodies = (): readonly RequestFault[] => [
  { fault: faults.status(204), outcome: 'empty page' },
  fatal(faults.status(200, {}, ''), 'ParseError'),
  fatal(faults.html(), 'ParseError'),
  retried(faults.byteOrderMark()),
  retried(faults.compressed('gzip')),
  retried(faults.compressed('br')),
  odd(faults.compressed('truncated gzip')),
  odd(faults.compressed('corrupt gzip')),
  fatal(faults.bomb(16 * 1024 * 1024), 'ResponseTooLargeError', {
    behaviour: () => ({ maxResponseBytes: 1024 * 1024 }),
    random: false,
  }),
  retried(
    faults.body('200,000-deep JSON', (body) => deep(JSON.stringify(body))),
    { random: false },
  ),
  marking(
    faults.body(`an item ${levels} levels deep`, (body) => withDeep(JSON.stringify(markFirst(deepMark)(body)))),
    { random: false },
  ),
  fatal(
    faults.body(`a body ${levels} levels deep`, () => '{"deep":'.repeat(levels) + 'null' + '}'.repeat(levels)),
    'ExtractError',
    { random: false },
  ),
  marking(faults.latin1('declared', markFirst(accents))),
  fatal(faults.latin1('undeclared', markFirst(accents)), 'ParseError'),
  fatal(
    faults.body(
      'items missing',
      withItems(() => undefined),
    ),
    'ExtractError',
  ),
  fatal(
    faults.body(
      'items null',
      withItems(() => null),
    ),
    'ExtractError',
  ),
  fatal(
    faults.body(
      'items an object',
      withItems((items) => Object.fromEntries(items.entries())),
    ),
    'ExtractError',
  ),
];

const deep = (json: string): string => json.replace(/\}$/, `,"deep":${'['.repeat(200_000)}${']'.repeat(200_000)}}`);

/** Changes the first list of a body, wherever it is; `undefined` removes it. */
function withItems(change: (items: readonly unknown[]) => unknown): (body: unknown) => unknown {
  let found = false;
  const search = (value: unknown): unknown => {
    if (Array.isArray(value) && !found) {
      found = true;
      return change(value);
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, search(member)]));
  };
  return (body) => {
    found = false;
    return search(body);
  };
}

/** Adds a mark to the first item of a body. */
const markFirst = (value: unknown) =>
  withItems(([first, ...rest]) => (first === undefined ? rest : [marked(first, value), ...rest]));

/** Every fault of one request. @param evil an origin to which nothing may be sent */
export const requestFaults = (evil: string): readonly RequestFault[] => [
  ...statuses(),
  ...rateLimits(),
  ...connections(),
  ...redirects(evil),
  ...bodies(),
];
