import { defer, of, throwError, type Observable } from 'rxjs';
import type { PageRequest, PageResponse, Transport } from '../request.js';
import { checkFunction, checkOptions } from '../values/options.js';
import type { RecordingOptions } from './record-transport.js';
import { compareRequests } from './recording/compare-requests.js';
import { recordedRequest } from './recording/recorded-request.js';
import { readRecording, type Exchange, type RecordedRequest, type Recording } from './recording/recording.js';
import { ReplayError } from './replay-error.js';
import { readHeaders } from './scripted-answer.js';

export interface ReplayTransport extends Transport {
  /** Recorded exchanges that were not asked for. */
  readonly remaining: number;
}

/**
 * Gives the answers of a recording: to each request the first one not yet given whose method, URL and body are the
 * same, so that requests which are alike get theirs in order. Parameters may stand in another order; headers and
 * credentials are not compared. A request that was not recorded is a ReplayError, which says what differs.
 *
 *     const transport = replayTransport(await readFile('spec/events.json', 'utf8'));
 *
 * A recording serves one walk; make another transport for another one.
 * @throws ConfigError for what is no recording
 */
export function replayTransport(recording: Recording | string, options: RecordingOptions = {}): ReplayTransport {
  checkOptions('replayTransport', options, ['redact'] satisfies (keyof RecordingOptions)[]);
  checkFunction('replayTransport', 'redact', options.redact);
  const { redact = (body: unknown) => body } = options;
  const { exchanges } = readRecording(recording);
  const left = new Set(exchanges);

  function find(request: PageRequest): Exchange {
    const asked = recordedRequest(request, redact);
    for (const exchange of left)
      if (compareRequests(asked, exchange.request).length === 0) {
        left.delete(exchange);
        return exchange;
      }
    throw new ReplayError(`the recording has no answer to ${line(asked)}: ${whyNot(asked)}`, false);
  }

  function whyNot(asked: RecordedRequest): string {
    const times = exchanges.filter(({ request }) => compareRequests(asked, request).length === 0).length;
    if (times > 0)
      return `it was asked ${times === 1 ? 'once' : `${times} times`} when it was recorded, and once more now`;
    const [next] = left;
    if (next === undefined) return `all ${exchanges.length} answers have been given`;
    const differences = compareRequests(asked, next.request).join('; ');
    return `next in it is request ${exchanges.indexOf(next) + 1}, ${line(next.request)}, and ${differences}`;
  }

  const transport = (request: PageRequest): Observable<PageResponse> =>
    defer(() => {
      const { response, failure } = find(request);
      if (response === undefined)
        return throwError(() => new ReplayError(failure?.message ?? '', failure?.retryable ?? false));
      const { status, url, headers, body } = response;
      return of<PageResponse>({ status, url, headers: readHeaders(headers), body });
    });

  return Object.defineProperty(transport, 'remaining', {
    get: () => left.size,
    enumerable: true,
  }) as unknown as ReplayTransport;
}

const line = ({ method, url = 'without a URL' }: RecordedRequest): string => `${method} ${url}`;
