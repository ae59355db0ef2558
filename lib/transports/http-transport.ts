import { ConfigError } from '../errors.js';
import type { Attempt, PageRequest, PageResponse, Transport } from '../request.js';
import { Task } from '../task.js';
import { timersAreOfRequests } from '../values/timer.js';
import { checkFunction, checkNumber, checkOneOf, checkWhole } from '../values/options.js';
import { Deadlines } from './deadlines.js';
import { type Decode, jsonDecoder, type ParseJson } from './decode-body.js';
import { Exchange, type ExchangeRules } from './exchange.js';
import { requestMaker } from './http-request.js';
import { checkEncoding, type TextOptions } from './read-text.js';
import type { Wire } from './wire.js';

/** The options of every transport over HTTP. */
export interface HttpTransportOptions extends TextOptions {
  /** Milliseconds for one attempt: connecting, headers and the whole body. Retryable. @default 30_000 */
  readonly attemptTimeout?: number | undefined;
  /** The largest answer that is read, in decompressed bytes. @default 67_108_864 (64 MiB) */
  readonly maxResponseBytes?: number | undefined;
  /** How many redirects one attempt may follow, within the origin. Browsers have their own limit. @default 5 */
  readonly maxRedirects?: number | undefined;
  /**
   * Parses JSON; `parseExactJson` keeps the digits of numbers beyond 2⁵³. If it throws, that is a ParseError. @default
   * JSON.parse
   */
  readonly parseJson?: ParseJson | undefined;
  /**
   * Decodes a body that is not JSON (XML, CSV, bytes). If it throws, that is a ParseError. @default JSON, by parseJson
   */
  readonly decode?: Decode | undefined;
}

/** The default of `maxResponseBytes`. */
export const mostBytes = 64 * 1024 * 1024;

export const httpOptions = [
  'attemptTimeout', 'maxResponseBytes', 'maxRedirects', 'encoding', 'invalidText', 'parseJson', 'decode',
] as const satisfies readonly (keyof HttpTransportOptions)[]; // prettier-ignore

/**
 * What transports over HTTP have in common, whatever the wire: JSON in, JSON out; redirects within the origin. An
 * attempt is aborted if it takes too long, or if the subscriber unsubscribes before the answer.
 * @param of the transport's name, for errors
 * @throws ConfigError for invalid options
 */
export function httpTransport(of: string, options: HttpTransportOptions, wire: Wire): Transport {
  const {
    attemptTimeout = 30_000,
    maxResponseBytes = mostBytes,
    maxRedirects = 5,
    encoding,
    invalidText = options.decode === undefined ? 'error' : undefined,
    parseJson = JSON.parse,
    decode = jsonDecoder(parseJson),
  } = options;
  checkFunction(of, 'parseJson', options.parseJson);
  checkFunction(of, 'decode', options.decode);
  if (options.decode !== undefined && options.parseJson !== undefined)
    throw new ConfigError(`${of}: parseJson and decode both read the body; remove one of them`);
  if (encoding !== undefined) checkEncoding(of, encoding);
  checkOneOf(of, 'invalidText', options.invalidText ?? 'error', ['error', 'replace']);
  checkNumber(of, 'attemptTimeout', attemptTimeout, 1, true);
  checkWhole(of, 'maxResponseBytes', maxResponseBytes, 1);
  checkWhole(of, 'maxRedirects', maxRedirects, 0);

  // An answer for a custom `decode` is seldom JSON.
  const accept = options.decode === undefined ? 'application/json' : '*/*';
  const toHttpRequest = requestMaker(of, { accept, ...wire.headers });
  const deadlines = new Deadlines(attemptTimeout);
  const rules: ExchangeRules = {
    wire,
    deadlines,
    maxResponseBytes,
    maxRedirects,
    decode,
    text: { encoding, invalidText },
  };

  const ownRules = (): ExchangeRules =>
    timersAreOfRequests() ? { ...rules, deadlines: new Deadlines(attemptTimeout) } : rules;
  const transport = (request: PageRequest, attempt?: Attempt): Task<PageResponse> =>
    new Task((observer) => new Exchange(ownRules(), observer, toHttpRequest(request), attempt), undefined);
  const checkRequest = (request: PageRequest) => void toHttpRequest(request);
  return Object.assign(transport, { checkRequest, load: wire.load });
}
