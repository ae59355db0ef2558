import { ConfigError } from '../errors.js';
import { describe } from './describe.js';
import { peek } from './peek.js';
import { isMisspelt } from './similar.js';

/** Names of options, alone or in lists. Nested because a bundler keeps whatever an array is spread into. */
export type Names<Options> = readonly (keyof Options | readonly (keyof Options)[])[];

/**
 * Rejects options that are not an object or have an unknown name: a misspelt option is never ignored.
 * @param otherwise what to do about a name that is not misspelt and belongs nowhere else
 */
export function checkOptions(
  of: string,
  options: unknown,
  known: readonly (string | readonly string[])[],
  otherwise = '',
): void {
  const names = known.flat();
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const isValue = ['string', 'number', 'boolean', 'function'].includes(typeof options);
    throw new ConfigError(
      `${of}: options must be an object, not ${describe(options)}${isValue ? `; name the option, as in { ${names[0] ?? ''}: … }` : ''}`,
    );
  }
  checkCalled(of, options, names);
  for (const name of Object.keys(options))
    if (!names.includes(name))
      throw new ConfigError(
        `${of}: unknown option ${JSON.stringify(name)}; expected one of ${names.join(', ')}${advice(name, names, otherwise)}`,
      );
}

/**
 * Rejects what a function receives if it is passed itself, in the place of its result: as an operator or a transport.
 */
export function checkCalled(of: string, argument: unknown, known: readonly string[] = []): void {
  const what = inPlaceOf(argument);
  if (what === undefined || known.includes(what.member)) return;
  throw new ConfigError(`${of}: the first argument is ${what.name}; ${what.advice(of)}`);
}

const parentheses = (of: string) => `if ${of} itself is passed, add the parentheses: ${of}(…)`;

/** A value that is passed in the place of others by mistake, in words. */
export function inPlaceOf(value: unknown): { name: string; member: string; advice(of: string): string } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const has = (member: string | symbol) => typeof peek(value, member) === 'function';
  if (has('then')) return { name: 'a Promise', member: 'then', advice: () => 'await the Promise first' };
  if (has('subscribe')) return { name: 'an Observable', member: 'subscribe', advice: parentheses };
  if (has(Symbol.asyncIterator)) return { name: 'an async iterable', member: '', advice: parentheses };
  return typeof peek(value, 'url') === 'string' ? { name: 'a request', member: 'url', advice: parentheses } : undefined;
}

/** Where options belong that are given elsewhere, and what others call them. */
const homes: readonly (readonly [names: string, advice: string])[] = [
  ['params query searchParams qs', 'Write the query into url, as in `https://…?${new URLSearchParams({ … })}`'],
  ['data json payload form', 'The name is body; objects are sent as JSON'],
  ['uri href baseURL baseUrl', 'The name is url'],
  ['auth token bearer', 'Set headers: { authorization: … }'],
  ['url method headers body', 'Set it in the request, the first argument of paginate'],
  ['items size sizeParam total totalPages hasMore next pageParam cursorParam start place missingItems missingNext totalIs endStatuses endTokens maxEmptyPages onRepeat onSameToken onExpired singleItem nextRequest nextMethod nextOrigin keepParams endParams stopOnEmptyPage inclusive', 'Set it in the strategy, the second argument of paginate'],
  ['transport policy totalTimeout check schema until nextWhen concurrency prefetch resumeFrom checkpoint signal events', 'Set it in the options, the third argument of paginate'],
  ['retries maxRetries retry backoff base cap maxRetryAfter budget shouldRetry onUnauthorized', 'Set policy: retryRequests({ retries: … })'],
  ['throttle rate rateLimit interval maxPause', 'Set policy: throttleRequests({ limit: … })'],
  ['timeout attemptTimeout', 'Set transport: fetchTransport({ attemptTimeout: … }) or totalTimeout of paginate'],
  ['fetch agent dispatcher maxResponseBytes maxRedirects encoding parseJson decode', 'Set transport: fetchTransport({ … })'],
  ['perPage per_page pageSize page_size', 'The name is size, in the strategy'],
  ['limit', 'Set size in the strategy, policy: throttleRequests({ limit: … }), or until: afterItems(…)'],
  ['whenDone lease', 'Set it in checkpoint(store, key, { … })'],
  ['maxPages maxItems', 'Set until: afterPages(…) or afterItems(…)'],
]; // prettier-ignore

/** What to do about an unknown option: the known one that it may mean, or where it belongs. */
function advice(name: string, known: readonly string[], otherwise: string): string {
  const meant = known.find((each) => isMisspelt(name, each));
  if (meant !== undefined) return `. Did you mean ${meant}?`;
  const isStrategy = known.includes('items');
  const home = homes.find(
    ([names, text]) => names.split(' ').includes(name) && !(isStrategy && text.includes('second')),
  );
  // In a query of pagedResource, the arguments of paginate are members.
  const found = home?.[1] ?? otherwise;
  const text = known.includes('strategy') ? found.replace(/, the .*/, '') : found;
  return text === '' ? '' : `. ${text}`;
}

/** The error of an option with an invalid value. */
export const invalid = (of: string, name: string, value: unknown, must: string): ConfigError =>
  new ConfigError(`must be ${must}, not ${describe(value)}`, { of, options: [name], value });

/** Rejects anything but a whole number of at least `min`. */
export function checkWhole(of: string, name: string, value: unknown, min: number): void {
  if (!Number.isSafeInteger(value) || (value as number) < min)
    throw invalid(of, name, value, `a whole number of at least ${min}`);
}

/** Rejects anything but a number of at least `min`. With `infinity`, `Infinity` is valid too. */
export function checkNumber(of: string, name: string, value: unknown, min: number, infinity = false): void {
  if (typeof value !== 'number' || Number.isNaN(value) || value < min || (value === Infinity && !infinity))
    throw invalid(of, name, value, `a number of at least ${min}${infinity ? ' or Infinity' : ''}`);
}

export function checkName(of: string, name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') throw invalid(of, name, value, 'a non-empty string');
}

/** @param example what to give, for the error */
export function checkFunction(of: string, name: string, value: unknown, example?: string): void {
  if (value === undefined) return;
  const itself = typeof value === 'function' ? factories.get(value) : undefined;
  if (typeof value === 'function' && itself === undefined) return;
  const problem =
    itself === undefined
      ? `must be a function, not ${describe(value)}${example === undefined ? '' : `; give one such as ${example}`}`
      : `must be what ${itself} returns, not ${itself} itself; add the parentheses: ${name}: ${itself}(…)`;
  throw new ConfigError(problem, { of, options: [name], value });
}

const factories = /* @__PURE__ */ new WeakMap<object, string>();

/**
 * Marks a function that makes a policy, a check or a stop condition, so that it is refused where its result belongs.
 */
export function factory<F extends (...args: never[]) => unknown>(name: string, make: F): F {
  factories.set(make, name);
  return make;
}

/** @throws ConfigError if the value is not one of the known words */
export function checkOneOf(of: string, name: string, value: unknown, known: readonly string[]): void {
  if (known.includes(value as string)) return;
  const names = known.map((each) => `'${each}'`);
  throw invalid(of, name, value, `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`);
}

/** @throws ConfigError for anything but true, false and undefined */
export function checkBoolean(of: string, name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean') throw invalid(of, name, value, 'true or false');
}

/** @throws ConfigError for anything but a list of names */
export function checkNames(of: string, name: string, value: unknown): void {
  if (!Array.isArray(value)) throw invalid(of, name, value, 'an array of names');
  for (const each of value as readonly unknown[]) checkName(of, name, each);
}
