import { ConfigError } from '../errors.js';
import type { PageRequest, PageResponse, Transport } from '../request.js';
import { Task } from '../task.js';
import { checkFunction, checkNumber, checkWhole } from '../values/options.js';
import { Deadlines } from './deadlines.js';
import { type Decode, jsonDecoder, type ParseJson } from './decode-body.js';
import { Exchange, type ExchangeRules } from './exchange.js';
import { requestMaker } from './http-request.js';
import type { Wire } from './wire.js';

/** What every transport over HTTP takes. */
export interface HttpTransportOptions {
  /** Milliseconds for one attempt: connecting, headers and the whole body. Retryable. @default 30_000 */
  readonly attemptTimeout?: number | undefined;
  /** The largest answer that is read, in decompressed bytes. @default 67_108_864 (64 MiB) */
  readonly maxResponseBytes?: number | undefined;
  /** Redirects that are followed for one attempt, within the origin. Browsers have a limit of their own. @default 5 */
  readonly maxRedirects?: number | undefined;
  /** Turns JSON into a value, for numbers beyond 2⁵³ say. What it throws is a ParseError. @default JSON.parse */
  readonly parseJson?: ParseJson | undefined;
  /** Turns a body that is no JSON into a value: XML, CSV, bytes. What it throws is a ParseError. @default JSON, by parseJson */
  readonly decode?: Decode | undefined;
}

/** The default of `maxResponseBytes`. */
export const mostBytes = 64 * 1024 * 1024;

export const httpOptions = [
  'attemptTimeout', 'maxResponseBytes', 'maxRedirects', 'parseJson', 'decode',
] as const satisfies readonly (keyof HttpTransportOptions)[]; // prettier-ignore

/**
 * What transports over HTTP have in common, whatever carries the single requests: JSON in, JSON out; redirects within
 * the origin; the attempt is aborted when it is unsubscribed from before it has answered, and when it takes too long.
 * @param place the transport's name, for errors
 * @throws ConfigError for options that can't work
 */
export function httpTransport(place: string, options: HttpTransportOptions, wire: Wire): Transport {
  const {
    attemptTimeout = 30_000,
    maxResponseBytes = mostBytes,
    maxRedirects = 5,
    parseJson = JSON.parse,
    decode = jsonDecoder(parseJson),
  } = options;
  checkFunction(place, 'parseJson', options.parseJson);
  checkFunction(place, 'decode', options.decode);
  if (options.decode !== undefined && options.parseJson !== undefined)
    throw new ConfigError(`${place}: parseJson and decode both read the body; leave one of them out`);
  checkNumber(place, 'attemptTimeout', attemptTimeout, 1, true);
  checkWhole(place, 'maxResponseBytes', maxResponseBytes, 1);
  checkWhole(place, 'maxRedirects', maxRedirects, 0);

  // What is decoded otherwise is seldom JSON.
  const accept = options.decode === undefined ? 'application/json' : '*/*';
  const toHttpRequest = requestMaker(place, { accept, ...wire.headers });
  const deadlines = new Deadlines(attemptTimeout);
  const rules: ExchangeRules = { wire, deadlines, maxResponseBytes, maxRedirects, decode };

  const transport = (request: PageRequest): Task<PageResponse> =>
    new Task((observer) => new Exchange(rules, observer, toHttpRequest(request)), undefined);
  const checkRequest = (request: PageRequest) => void toHttpRequest(request);
  return Object.assign(transport, { checkRequest });
}
