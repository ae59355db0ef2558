import { AttemptTimeoutError, HttpError, RateLimitError, TransportError } from 'pagewise';

/** An error in the words of the person in front of the screen. */
export interface Trouble {
  readonly title: string;
  /** What to do. */
  readonly help: string;
  /** The library's words, for whoever builds the application. */
  readonly details: string;
}

export const offline = ['You are offline.', 'The list continues when the connection is back.'] as const;
const down = ['The server is down.', 'Your books stay here. Try again in a moment.'] as const;
const limited = ['Too many requests.', 'Wait a minute, then try again.'] as const;
const missing = ['This list is not here.', 'It may have moved: choose another one above.'] as const;
const refused = ['You have no access to this list.', 'Ask whoever runs this site.'] as const;
const slow = ['The server takes too long.', 'Try again in a moment.'] as const;
const lost = ['The connection was lost.', 'Check it, then try again.'] as const;
const unknown = ['Something went wrong.', 'Try again. If it happens again, the details help to find out why.'] as const;

export function troubleOf(error: Error): Trouble {
  const [title, help] = wordsFor(error);
  return { title, help, details: error.message };
}

function wordsFor(error: unknown): readonly [title: string, help: string] {
  if (error instanceof TransportError) return error.offline ? offline : lost;
  if (error instanceof HttpError) return error.status >= 500 ? down : (forStatus[error.status] ?? unknown);
  if (error instanceof RateLimitError) return limited;
  if (error instanceof AttemptTimeoutError) return slow;
  // Retries that ended early, say, have the failure of the last attempt as their cause.
  return error instanceof Error && error.cause !== undefined ? wordsFor(error.cause) : unknown;
}

const forStatus: Readonly<Record<number, readonly [string, string]>> = {
  401: refused,
  403: refused,
  404: missing,
  410: missing,
  408: slow,
  429: limited,
};
