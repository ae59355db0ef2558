import { from, of, tap } from 'rxjs';
import type { PageRequest, PageResponse, Transport } from '../../request.js';

/** Transports of a run that detects how the API pages. */
export interface Remembering {
  /** For detection: sends, and remembers the answers. */
  readonly asking: Transport;
  /** For the walk: what detection has asked is answered from memory, once; everything else is sent. */
  readonly walking: Transport;
  /** How many requests were answered from memory. */
  readonly spared: () => number;
}

/** Detection looks at pages 1 and 2, and the walk begins with them: no API should have to send them twice. */
export function rememberAnswers(transport: Transport): Remembering {
  const answers = new Map<string, PageResponse[]>();
  let spared = 0;
  const asking: Transport = (request, attempt) =>
    from(transport(request, attempt)).pipe(
      tap((response) => {
        const key = keyOf(request);
        if (key !== undefined && response.status >= 200 && response.status < 300)
          answers.set(key, [...(answers.get(key) ?? []), response]);
      }),
    );
  const walking: Transport = (request, attempt) => {
    if (attempt.pageIndex > lastPage) answers.clear();
    const answer = answers.size === 0 ? undefined : answers.get(keyOf(request) ?? '')?.shift();
    if (answer === undefined) return transport(request, attempt);
    spared++;
    return of(answer);
  };
  return {
    asking: Object.assign(asking, transport),
    walking: Object.assign(walking, transport),
    spared: () => spared,
  };
}

/** Detection asks for no later page of a walk, so its answers need not be kept longer. */
const lastPage = 4;

/** What makes two requests the same; `undefined` for bodies that can't be compared. */
function keyOf({ method = 'GET', url, headers, body }: PageRequest): string | undefined {
  const isComparable = body === undefined || body === null || typeof body === 'string' || isPlain(body);
  return isComparable ? JSON.stringify([method, url, headers, body]) : undefined;
}

const isPlain = (body: unknown): boolean => Array.isArray(body) || Object.getPrototypeOf(body) === Object.prototype;
