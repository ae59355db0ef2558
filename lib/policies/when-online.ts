// This file imports nothing: browsers load it with p-retry, separately.

/**
 * Starts the timer of a retry: now, or when the browser is online again if the error says that it was offline.
 * @returns a cancel function for both
 */
export function whenOnline(error: unknown, startTimer: () => () => void): () => void {
  if (!isOffline(error)) return startTimer();
  const start = () => {
    cancel = startTimer();
  };
  let cancel = () => {
    removeEventListener('online', start);
  };
  addEventListener('online', start, { once: true });
  return () => {
    cancel();
  };
}

/** Whether an error, or one that caused it, says that the browser was offline, and it still is. */
function isOffline(error: unknown): boolean {
  const { navigator } = globalThis as Partial<typeof globalThis>;
  if (navigator?.onLine !== false) return false;
  try {
    let cause = error as { readonly offline?: unknown; readonly cause?: unknown } | null | undefined;
    for (let depth = 0; depth <= 10 && cause; depth++) {
      if (cause.offline === true) return true;
      cause = cause.cause as typeof cause;
    }
  } catch {
    // A getter or a Proxy threw: it is no error of a transport.
  }
  return false;
}
