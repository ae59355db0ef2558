import { asCallbackError, CallbackError, ConfigError, isPagewiseError } from '../errors.js';
import type { Position } from '../page.js';
import type { PageRequest } from '../request.js';
import type { Strategy } from '../strategy.js';
import { describe } from '../values/describe.js';
import { checkOptions, checkWhole } from '../values/options.js';
import { sizeOf } from './adaptive-size.js';

/** Refuses a request template that no transport could make sense of. @throws ConfigError */
export function checkRequest(request: unknown): void {
  const place = 'paginate: the request';
  checkOptions(place, request, ['url', 'method', 'body', 'headers']);
  const { url, method, headers } = request as Record<string, unknown>;
  if (url !== undefined && typeof url !== 'string')
    throw new ConfigError(
      `${place}'s url must be a string, not ${describe(url)}${url instanceof URL ? '; give url.href' : ''}`,
    );
  if (method !== undefined && (typeof method !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(method)))
    throw new ConfigError(`${place}'s method must be a name like 'GET' or 'POST', not ${describe(method)}`);
  const fits =
    headers === undefined || typeof headers === 'function' || (typeof headers === 'object' && headers !== null);
  if (!fits || headers instanceof Headers)
    throw new ConfigError(
      `${place}'s headers must be a plain object or a function that gives one, not ${headers instanceof Headers ? 'a Headers object; give Object.fromEntries(headers)' : describe(headers)}`,
    );
}

/** Refuses what is no strategy, for callers without types. @throws ConfigError */
export function checkStrategy(strategy: unknown): void {
  const shape = "{ name, first, place, items, next }, such as pageNumber({ items: 'items' })";
  if (typeof strategy !== 'object' || strategy === null)
    throw new ConfigError(`paginate: the strategy must be an object ${shape}, not ${describe(strategy)}`);
  const members = strategy as Record<string, unknown>;
  for (const name of ['place', 'items', 'next'])
    if (typeof members[name] !== 'function')
      throw new ConfigError(
        `paginate: the strategy's ${name} must be a function, not ${describe(members[name])}; a strategy is ${shape}`,
      );
  if (typeof members['name'] !== 'string')
    throw new ConfigError(
      `paginate: the strategy's name must be a string, not ${describe(members['name'])}; a strategy is ${shape}`,
    );
  if (members['first'] === undefined)
    throw new ConfigError(`paginate: the strategy's first position is missing; a strategy is ${shape}`);
}

/** What the first page's request would be: what can't be placed or sent is found out here, before anything is. */
export function firstRequest<Item, P extends Position>(request: PageRequest, strategy: Strategy<Item, P>): PageRequest {
  let placed: unknown;
  try {
    placed = strategy.place(request, strategy.first);
  } catch (error) {
    throw isPagewiseError(error) ? error : new CallbackError('strategy.place', error);
  }
  if (typeof placed !== 'object' || placed === null)
    throw new ConfigError(
      `paginate: the strategy's place must give a request, not ${describe(placed)}${typeof placed === 'function' ? '; does a placement lack its parentheses, as in inHeaders()?' : ''}`,
    );
  return placed;
}

/** Refuses to skip pages where nobody can say what comes after them. @throws ConfigError */
export function checkSkip<Item, P extends Position>(skip: unknown, strategy: Strategy<Item, P>): void {
  checkOptions('paginate: skipFailedPages', skip, ['max']);
  checkWhole('paginate', 'skipFailedPages.max', (skip as { max?: unknown }).max, 1);
  let guessed: P | undefined;
  try {
    guessed = strategy.guess?.(strategy.first);
  } catch (error) {
    throw asCallbackError('strategy.guess', error);
  }
  if (guessed === undefined)
    throw new ConfigError(
      `needs a strategy that knows where the next page is without the answer before it: pageNumber, or offset with a size; ${describe(strategy.name)} does not (it has no guess, or none without a size)`,
      { of: 'paginate', options: ['skipFailedPages'] },
    );
}

/** Refuses to change sizes where there is none, or none that can be changed. @throws ConfigError */
export function checkAdaptive<Item, P extends Position>(adaptive: unknown, strategy: Strategy<Item, P>): void {
  if (typeof adaptive !== 'boolean')
    throw new ConfigError(`paginate: adaptiveSize must be true or false, not ${describe(adaptive)}`);
  if (adaptive && (strategy.resize === undefined || sizeOf(strategy.first) === undefined))
    throw new ConfigError(
      `paginate: adaptiveSize needs a size to change; give pageNumber, offset, cursor, keyset or relay a size. ${describe(strategy.name)} ${strategy.resize === undefined ? "can't ask for the same items in another size" : 'has none'}`,
    );
}

export function checkCheckpoint(checkpoint: unknown, resumeFrom: unknown): void {
  if (checkpoint === undefined) return;
  const { load, save } = (checkpoint ?? {}) as { load?: unknown; save?: unknown };
  if (typeof load !== 'function' || typeof save !== 'function')
    throw new ConfigError(
      `paginate: checkpoint must be what checkpoint(store, key) gives, not ${describe(checkpoint)}`,
    );
  if (resumeFrom !== undefined)
    throw new ConfigError('paginate: a checkpoint says where to go on, and so does resumeFrom; leave one of them out');
}
