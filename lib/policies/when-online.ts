// This file imports nothing: browsers load it with p-retry, separately.

/** Whether an error, or one that caused it, says that the browser was offline, and it still is. */
export function isOffline(error: unknown): true | undefined {
  const { navigator } = globalThis as Partial<typeof globalThis>;
  if (navigator?.onLine !== false) return undefined;
  try {
    let cause = error as { readonly offline?: unknown; readonly cause?: unknown } | null | undefined;
    for (let depth = 0; depth <= 10 && cause; depth++) {
      if (cause.offline === true) return true;
      cause = cause.cause as typeof cause;
    }
  } catch {
    // A getter or a Proxy threw: it is no error of a transport.
  }
  return undefined;
}

/**
 * Starts a timer, now or when the browser is online again.
 * @returns a cancel function for both
 */
export function whenOnline(offline: boolean | undefined, startTimer: () => () => void): () => void {
  if (offline !== true) return startTimer();
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
