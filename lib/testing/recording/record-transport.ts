import { defer, from, map, tap } from 'rxjs';
import { ConfigError, isPagewiseError } from '../../errors.js';
import { isRetryable } from '../../failure.js';
import type { Json } from '../../page.js';
import type { PageRequest, PageResponse, Transport } from '../../request.js';
import { fingerprint } from '../../values/compare.js';
import { describe, describeError } from '../../values/describe.js';
import { checkFunction, checkOptions } from '../../values/options.js';
import { redactHeaders, redactUrls } from '../../values/redact.js';
import { type Exchange, nonJson, type RecordedRequest, type Recording } from './recording.js';
import { dropped, recordedUrl, secretKind, standIn } from './secrets.js';

export interface RecordingOptions {
  /**
   * Changes recorded bodies: those of answers before they are stored, those of requests before their fingerprint is
   * made. Pass the same function to `replayTransport`. @default bodies are stored whole
   */
  readonly redact?: RedactBody | undefined;
}

export interface RecordingTransport extends Transport {
  /** Everything that has been answered or has failed so far, as plain JSON. */
  readonly recording: Recording;
}

/**
 * Records the requests and answers of another transport, for `replayTransport`.
 *
 *     const transport = recordTransport(fetchTransport());
 *     await lastValueFrom(paginate(request, strategy, { transport }));
 *     await writeFile('spec/events.json', JSON.stringify(transport.recording, null, 2));
 *
 * In headers and queries, credentials are dropped and cursors are replaced by stand-ins. Request bodies are stored only
 * as fingerprints. Bodies of answers are stored whole: remove secrets from them with `redact`.
 * @throws ConfigError for anything that is not a transport
 */
export function recordTransport(transport: Transport, options: RecordingOptions = {}): RecordingTransport {
  if (typeof transport !== 'function')
    throw new ConfigError(`recordTransport: the transport must be a function, not ${describe(transport)}`);
  checkOptions('recordTransport', options, ['redact'] satisfies (keyof RecordingOptions)[]);
  checkFunction('recordTransport', 'redact', options.redact);
  const { redact = (body: unknown) => body } = options;
  const exchanges: Exchange[] = [];

  function keep(request: PageRequest, answer: PageResponse): PageResponse {
    const { headers, response } = recordedHeaders(answer);
    const { status, url } = answer;
    const body = answer.body === undefined ? {} : { body: toJson(redact(answer.body), exchanges.length + 1) };
    exchanges.push({
      request: recordedRequest(request, redact),
      response: { status, url: recordedUrl(url), headers, ...body },
    });
    return response;
  }

  function keepFailure(request: PageRequest, error: unknown): void {
    const message = isPagewiseError(error) ? redactUrls(error.message) : describeError(error);
    exchanges.push({ request: recordedRequest(request, redact), failure: { message, retryable: isRetryable(error) } });
  }

  const recorder: Transport = (request, attempt) =>
    defer(() => from(transport(request, attempt))).pipe(
      tap({ error: (error: unknown) => keepFailure(request, error) }),
      map((response) => keep(request, response)),
    );
  const { checkRequest, load } = transport;
  return Object.defineProperty(
    Object.assign(recorder, checkRequest && { checkRequest }, load && { load }),
    'recording',
    {
      get: (): Recording => ({ v: 1, exchanges: [...exchanges] }),
      enumerable: true,
    },
  ) as unknown as RecordingTransport;
}

/** A copy, so that later changes to the body are not recorded. */
function toJson(body: unknown, number: number): Json {
  const lost = nonJson(body, 'body');
  if (lost !== undefined)
    throw new ConfigError(
      `recordTransport: answer ${number} can't be recorded, because a recording is JSON and ${lost}; convert the body with redact`,
    );
  return JSON.parse(JSON.stringify(body)) as Json;
}

/**
 * The headers of an answer as a recording holds them: all of them if they can be listed, else those that are read
 * later, which `response` records.
 */
function recordedHeaders(response: PageResponse): {
  readonly headers: Readonly<Record<string, string>>;
  readonly response: PageResponse;
} {
  const headers: Record<string, string> = {};
  const note = (name: string, value: string) => (headers[name.toLowerCase()] = recordedHeader(name, value));
  const given = response.headers as PageResponse['headers'] & Partial<Iterable<[string, string]>>;
  if (typeof given[Symbol.iterator] === 'function') {
    for (const [name, value] of given as Iterable<[string, string]>) note(name, value);
    return { headers, response };
  }
  const get = (name: string) => {
    const value = given.get(name);
    if (value !== null) note(name, value);
    return value;
  };
  return { headers, response: { ...response, headers: { get, hidden: given.hidden } } };
}

function recordedHeader(name: string, value: string): string {
  const kind = secretKind(name);
  if (kind !== undefined) return kind === 'credential' ? dropped : standIn(value);
  if (/^link$/i.test(name)) return value.replace(/<([^>]*)>/g, (_, url: string) => `<${recordedUrl(url)}>`);
  if (/location$/i.test(name)) return recordedUrl(value);
  return value.replace(/\bhttps?:\/\/[^\s"'<>,;]+/gi, recordedUrl);
}

/** Changes a body before it is recorded or compared. */
type RedactBody = (body: unknown) => unknown;

export function recordedRequest(request: PageRequest, redact: RedactBody): RecordedRequest {
  const { method = 'GET', url, headers, body } = request;
  return {
    method: method.toUpperCase(),
    ...(url === undefined ? {} : { url: recordedUrl(url) }),
    headers: typeof headers === 'object' ? redactHeaders(headers, headers) : {},
    ...(body === undefined || body === null ? {} : { body: fingerprint(redact(body)) }),
  };
}
