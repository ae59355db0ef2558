import { defer, type Observable, of, throwError } from 'rxjs';
import { PagewiseError } from '../../errors.js';
import type { PageRequest, PageResponse, Transport } from '../../request.js';
import { checkFunction, checkOptions } from '../../values/options.js';
import { readHeaders } from '../scripted-answer.js';
import { recordedRequest, type RecordingOptions } from './record-transport.js';
import { type Exchange, readRecording, type RecordedRequest, type Recording } from './recording.js';
import { decoded, secretKind } from './secrets.js';

export interface ReplayTransport extends Transport {
  /** Recorded exchanges that are still unused. */
  readonly remaining: number;
}

/**
 * Gives the answers of a recording. Each request gets the first unused answer to the same method, URL and body, so
 * equal requests get their answers in order. Parameters may be in another order; headers and credentials are not
 * compared. A request that was not recorded is a ReplayError that says what differs.
 *
 *     const transport = replayTransport(await readFile('spec/events.json', 'utf8'));
 *
 * A replay transport serves one walk; make another transport for another walk.
 * @throws ConfigError for anything that is not a recording
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
      return `the request was recorded ${times === 1 ? 'once' : `${times} times`}, and was sent once more now`;
    const [next] = left;
    if (next === undefined) return `all ${exchanges.length} answers are used`;
    const differences = compareRequests(asked, next.request).join('; ');
    return `the next recorded request is number ${exchanges.indexOf(next) + 1}, ${line(next.request)}, and ${differences}`;
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

/** How a request differs from a recorded one, in words; empty if they are the same. Credentials are not compared. */
function compareRequests(asked: RecordedRequest, recorded: RecordedRequest): readonly string[] {
  const [askedPath, askedQuery] = parts(asked.url);
  const [recordedPath, recordedQuery] = parts(recorded.url);
  const names = [...new Set([...askedQuery.keys(), ...recordedQuery.keys()])];
  return [
    ...differ('the method', asked.method, recorded.method),
    ...differ('the URL', askedPath, recordedPath),
    ...names.flatMap((name) => differ(name, shown(askedQuery.get(name)), shown(recordedQuery.get(name)))),
    ...(asked.body === recorded.body ? [] : [bodies(asked.body, recorded.body)]),
  ];
}

const differ = (what: string, asked: string, recorded: string): string[] =>
  asked === recorded ? [] : [`${what} is ${asked} here and ${recorded} in the recording`];

const shown = (values: readonly string[] | undefined): string => values?.join(', ') ?? 'absent';

const bodies = (asked: string | undefined, recorded: string | undefined): string => {
  if (asked === undefined || recorded === undefined)
    return `there is ${asked === undefined ? 'no body here' : 'a body here'} and ${recorded === undefined ? 'none' : 'one'} in the recording`;
  return 'the bodies differ';
};

/** A URL's path and its parameters, which may be in any order. */
function parts(url = ''): [path: string, query: Map<string, string[]>] {
  const [path = '', ...rest] = url.split('?');
  const query = new Map<string, string[]>();
  for (const pair of rest.join('?').split('&')) {
    const [name = '', ...value] = pair.split('=');
    const key = decoded(name);
    if (key === '' || secretKind(key) === 'credential') continue;
    query.set(key, [...(query.get(key) ?? []), decoded(value.join('='))]);
  }
  return [path, query];
}

/** A recording has no answer to a request (never retried), or a recorded failure is replayed. */
export class ReplayError extends PagewiseError {
  constructor(
    message: string,
    /** Whether the recorded failure was worth another attempt. */
    readonly retryable: boolean,
  ) {
    super(message);
  }

  override get name(): string {
    return 'ReplayError';
  }
}
