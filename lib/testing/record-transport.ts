import { defer, from, map, tap } from 'rxjs';
import { ConfigError, isPagewiseError } from '../errors.js';
import type { Json } from '../page.js';
import { isRetryable } from '../policies/retryable.js';
import type { PageRequest, PageResponse, Transport } from '../request.js';
import { describe, describeError } from '../values/describe.js';
import { checkFunction, checkOptions } from '../values/options.js';
import { redactUrls } from '../values/redact.js';
import { nonJson } from './non-json.js';
import { recordedHeaders } from './recording/recorded-headers.js';
import { recordedRequest, type RedactBody } from './recording/recorded-request.js';
import { recordedUrl } from './recording/recorded-url.js';
import type { Exchange, Recording } from './recording/recording.js';

export interface RecordingOptions {
  /**
   * Changes bodies that are recorded: those of answers before they are kept, those of requests before their fingerprint
   * is made. Give `replayTransport` the same. @default bodies are kept whole
   */
  readonly redact?: RedactBody | undefined;
}

export interface RecordingTransport extends Transport {
  /** What has answered or failed up to now: plain JSON. */
  readonly recording: Recording;
}

/**
 * Records what another transport carries, for `replayTransport`.
 *
 *     const transport = recordTransport(fetchTransport());
 *     await lastValueFrom(paginate(request, strategy, { transport }));
 *     await writeFile('spec/events.json', JSON.stringify(transport.recording, null, 2));
 *
 * Credentials in headers and queries are dropped and cursors there have stand-ins; of requests' bodies there is a
 * fingerprint. Bodies of answers are kept whole: what is secret in them is for `redact` to change.
 * @throws ConfigError for what is no transport
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
  const { checkRequest } = transport;
  return Object.defineProperty(Object.assign(recorder, checkRequest ? { checkRequest } : {}), 'recording', {
    get: (): Recording => ({ v: 1, exchanges: [...exchanges] }),
    enumerable: true,
  }) as unknown as RecordingTransport;
}

/** A copy: what is done to the body later is not recorded. */
function toJson(body: unknown, number: number): Json {
  const lost = nonJson(body, 'body');
  if (lost !== undefined)
    throw new ConfigError(
      `recordTransport: answer ${number} can't be recorded, for a recording is JSON and ${lost}; make it plain with redact`,
    );
  return JSON.parse(JSON.stringify(body)) as Json;
}
