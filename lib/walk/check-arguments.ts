import { call, ConfigError } from '../errors.js';
import type { Position } from '../page.js';
import { headerMap, type HeaderSource, type PageRequest } from '../request.js';
import { type Checkpoint, syncAppends } from '../checkpoint.js';
import type { Strategy } from '../strategy.js';
import type { Sync } from '../sync.js';
import { isComparable } from '../values/compare.js';
import { describe } from '../values/describe.js';
import { checkBoolean, checkOptions, checkWhole, inPlaceOf, invalid } from '../values/options.js';
import { peek } from '../values/peek.js';
import { redactUrl } from '../values/redact.js';
import { sizeOf } from './adaptive-size.js';

/** The request template as strategies get it. @throws ConfigError for one that no transport could send */
export function readRequest(request: unknown, caller = 'paginate'): PageRequest {
  const of = `${caller}: the request`;
  const advice = insteadOfRequest(request);
  if (advice !== undefined)
    throw new ConfigError(`${of} must be an object { url, method, body, headers }, not ${advice}`);
  checkOptions(of, request, ['url', 'method', 'body', 'headers']);
  const { url: given, method, headers } = request as Record<string, unknown>;
  const url = given instanceof URL ? given.href : given;
  if (url !== undefined && typeof url !== 'string')
    throw new ConfigError(`${of}'s url must be a string or a URL, not ${describe(url)}`);
  if (method !== undefined && (typeof method !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(method)))
    throw new ConfigError(`${of}'s method must be a name like 'GET' or 'POST', not ${describe(method)}`);
  const plain = headers === undefined || typeof headers === 'function' ? headers : headerMap(headers);
  if (headers !== undefined && plain === undefined)
    throw new ConfigError(
      `${of}'s headers must be an object, Headers, or a function that returns one of these, not ${describe(headers)}`,
    );
  if (given === url && headers === plain) return request as PageRequest;
  return { ...(request as PageRequest), url, headers: plain as HeaderSource | undefined };
}

/** What was given in the place of a request, and what to write; `undefined` for other objects. */
function insteadOfRequest(given: unknown): string | undefined {
  // Redacted: the URL may hold a key.
  if (typeof given === 'string') return `${describe(redactUrl(given))}; write { url: '…' }`;
  if (given instanceof URL) return 'a URL; write { url }';
  if (typeof peek(given, 'place') === 'function') return 'a strategy; the request comes first';
  if (typeof peek(given, 'clone') === 'function') return 'a Request; write { url: request.url }';
  if (inPlaceOf(given)?.member === 'subscribe')
    return 'an Observable; write request$.pipe(switchMap((request) => paginate(request, …)))';
  return insteadOfObject(given);
}

function insteadOfObject(given: unknown): string | undefined {
  if (typeof given === 'function') return 'a function; call the function';
  if (inPlaceOf(given)?.member === 'then') return 'a Promise; await the Promise';
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? undefined : describe(given);
}

/** What was given in the place of a strategy, and what to write. */
function insteadOfStrategy(given: unknown): string | undefined {
  if (peek(peek(given, 'strategy'), 'place') !== undefined) return `${describe(given)}; pass the member strategy`;
  const isOptions = ['string', 'number'].includes(typeof (peek(given, 'items') ?? peek(given, 'size')));
  return isOptions ? `${describe(given)}; pass these options to a function such as pageNumber` : insteadOfObject(given);
}

/** Rejects what is not a strategy, for callers without types. @throws ConfigError */
export function checkStrategy(strategy: unknown, caller = 'paginate'): void {
  const shape = "{ name, first, place, items, next }, such as pageNumber({ items: 'items' })";
  const advice = insteadOfStrategy(strategy);
  if (advice !== undefined) throw new ConfigError(`${caller}: the strategy must be an object ${shape}, not ${advice}`);
  const members = strategy as Record<string, unknown>;
  for (const name of ['place', 'items', 'next', 'name']) {
    const type = name === 'name' ? 'string' : 'function';
    if (typeof members[name] !== type)
      throw new ConfigError(
        `${caller}: the strategy's ${name} must be a ${type}, not ${describe(members[name])}; a strategy is ${shape}`,
      );
  }
  if (members['first'] === undefined)
    throw new ConfigError(`${caller}: the strategy's first position is missing; a strategy is ${shape}`);
}

/** The first page's request. A position that can't be placed is detected here, before anything is sent. */
export function firstRequest<Item, P extends Position>(request: PageRequest, strategy: Strategy<Item, P>): PageRequest {
  const placed = call('strategy.place', (): unknown => strategy.place(request, strategy.first));
  if (typeof placed !== 'object' || placed === null)
    throw new ConfigError(
      `paginate: the strategy's place must return a request, not ${describe(placed)}${typeof placed === 'function' ? '; is a placement missing its parentheses, as in `inHeaders()`?' : ''}`,
    );
  return placed;
}

/** Rejects skipping if the strategy can't say what comes after a failed page. @throws ConfigError */
export function checkSkip<Item, P extends Position>(skip: unknown, strategy: Strategy<Item, P>): void {
  checkOptions('paginate: skipFailedPages', skip, ['max']);
  checkWhole('paginate', 'skipFailedPages.max', (skip as { max?: unknown }).max, 1);
  if (call('strategy.guess', () => strategy.guess?.(strategy.first)) === undefined)
    throw new ConfigError(
      `needs a strategy that can guess the next position without an answer: \`pageNumber\`, or \`offset\` with a size; ${describe(strategy.name)} can't (it has no guess, or none without a size)`,
      { of: 'paginate', options: ['skipFailedPages'] },
    );
}

/** Rejects adaptive sizes if there is no size, or none that can change. @throws ConfigError */
export function checkAdaptive<Item, P extends Position>(adaptive: unknown, strategy: Strategy<Item, P>): void {
  checkBoolean('paginate', 'adaptiveSize', adaptive);
  if (adaptive && (strategy.resize === undefined || sizeOf(strategy.first) === undefined))
    throw new ConfigError(
      `paginate: adaptiveSize needs a size to change; give pageNumber, offset, cursor, keyset or relay a size. ${describe(strategy.name)} ${strategy.resize === undefined ? "can't ask for the same items in another size" : 'has no size'}`,
    );
}

export function checkCheckpoint(checkpoint: unknown, resumeFrom: unknown, stateful: unknown, body: unknown): void {
  if ((checkpoint ?? resumeFrom) !== undefined && !isComparable(body))
    throw new ConfigError(
      `paginate: ${checkpoint === undefined ? 'resumeFrom' : 'checkpoint'} can't continue this walk: the request's body is a Blob or has files, whose content can't be compared with that of the earlier run; send its text or bytes, or start over`,
    );
  if (stateful !== undefined && (checkpoint ?? resumeFrom) !== undefined)
    throw new ConfigError(
      `paginate: ${checkpoint === undefined ? 'resumeFrom' : 'checkpoint'} can't continue this walk: the server keeps the position (a scroll, \`onSameToken: 'continue'\`); start over without ${checkpoint === undefined ? 'resumeFrom' : 'checkpoint'}`,
    );
  if (checkpoint === undefined) return;
  const { load, save } = (checkpoint ?? {}) as { load?: unknown; save?: unknown };
  if (typeof load !== 'function' || typeof save !== 'function')
    throw invalid('paginate', 'checkpoint', checkpoint, 'the result of checkpoint(store, key)');
  if (resumeFrom !== undefined)
    throw new ConfigError('paginate: checkpoint and resumeFrom both say where to continue; remove one of them');
}

/** Rejects what would lose items, or deliver all of them again. @throws ConfigError */
export function checkSync(
  sync: Sync | undefined,
  checkpoint: Checkpoint | undefined,
  skipFailedPages: { readonly max: number } | undefined,
): void {
  if (sync === undefined) return;
  for (const method of ['begin', 'place', 'take'] as const)
    if (typeof (sync as Partial<Sync> | null)?.[method] !== 'function')
      throw invalid('paginate', 'sync', sync, 'the result of newest(field, { … })');
  if (skipFailedPages !== undefined)
    throw new ConfigError(
      'paginate: sync and skipFailedPages: the items of a skipped page would be older than what the next run asks for; remove one of them',
    );
  if (checkpoint?.whenDone !== undefined) throw new ConfigError(syncAppends('paginate'));
}
