import { defer, finalize, type Observable, take, tap } from 'rxjs';
import { ConfigError } from '../errors.js';
import type { Attempt, PageRequest, PageResponse, Transport } from '../request.js';
import { describe } from '../values/describe.js';
import { playAnswer, type Script, type ScriptedAnswer, ScriptError } from './scripted-answer.js';

/** A request that a scripted transport received, as the strategy wrote it. */
export interface ScriptedRequest extends PageRequest {
  /** `'GET'` if the request names none. */
  readonly method: string;
  readonly pageIndex: number;
  /** 1 for the first attempt at this page. */
  readonly attempt: number;
  /** The outcome; `'aborted'`: cancelled before an answer arrived. */
  readonly state: 'open' | 'answered' | 'failed' | 'aborted';
}

export interface ScriptedTransport extends Transport {
  /** The requests in order, one for each attempt. */
  readonly requests: readonly ScriptedRequest[];
  /** Answers of the script that are still unused; 0 if the script is a function. */
  readonly remaining: number;
}

/**
 * A transport that sends nothing: it gives prepared answers, in order or from a function of the request, and records
 * the requests.
 *
 *     const transport = scriptedTransport([{ body: { items: [1, 2] } }, { status: 503 }, { body: { items: [] } }]);
 *     paginate({ url: 'https://api.example.com/items' }, pageNumber({ items: 'items' }), { transport })
 *
 * Answers arrive immediately, or when an Observable emits them, so walks can run in the virtual time of a
 * TestScheduler. A script in order serves one walk. A request beyond the script fails with a ScriptError; it never
 * looks like the end.
 * @throws ConfigError for anything that is not a script
 */
export function scriptedTransport(script: Script): ScriptedTransport {
  const inOrder: readonly ScriptedAnswer[] | undefined = Array.isArray(script)
    ? [...(script as readonly ScriptedAnswer[])]
    : undefined;
  if (inOrder === undefined && typeof script !== 'function')
    throw new ConfigError(
      `scriptedTransport: the script must be an array of answers, or a function that returns an answer, not ${describe(script)}`,
    );
  const requests: ScriptedRequest[] = [];

  function pick(request: PageRequest, attempt: Attempt, number: number): ScriptedAnswer {
    const answer = typeof script === 'function' ? script(request, attempt) : inOrder?.[number - 1];
    if (answer !== undefined) return answer;
    const has = inOrder?.length ?? 0;
    throw new ScriptError(
      inOrder
        ? `the script has ${has} ${has === 1 ? 'answer' : 'answers'}, but this is request ${number}; add an answer, stop the walk earlier, or answer by a function of the request, which \`concurrency\` and \`prefetch\` need`
        : `the script returned no answer to request ${number}; return { body: … } or an Error`,
    );
  }

  const transport = (request: PageRequest, attempt: Attempt): Observable<PageResponse> =>
    defer(() => {
      const { pageIndex, attempt: count } = attempt;
      const asked = {
        ...request,
        method: request.method ?? 'GET',
        pageIndex,
        attempt: count,
        state: 'open' as ScriptedRequest['state'],
      };
      const number = requests.push(asked);
      const settle = (state: ScriptedRequest['state']) => {
        if (asked.state === 'open') asked.state = state;
      };
      return defer(() => playAnswer(pick(request, attempt, number), number, request)).pipe(
        take(1),
        tap({
          // Settled before the answer is passed on: take(1) tears us down inside next.
          next: () => settle('answered'),
          error: () => settle('failed'),
          complete: () => settle('failed'), // Without an answer.
        }),
        finalize(() => settle('aborted')),
      );
    });

  return Object.defineProperties(transport, {
    requests: { value: requests, enumerable: true },
    remaining: { get: () => Math.max(0, (inOrder?.length ?? 0) - requests.length), enumerable: true },
  }) as unknown as ScriptedTransport;
}
