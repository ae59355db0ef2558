/** The callbacks of a signal, and how its listener is removed. */
interface Listening {
  readonly callbacks: Set<() => void>;
  stop(): void;
}

const listening = /* @__PURE__ */ new WeakMap<AbortSignal, Listening>();

/**
 * Calls `callback` when the signal aborts. All callbacks of a signal are on one listener, since Node warns of a leak at
 * the eleventh. It is removed with the last callback.
 * @returns removes the callback
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks, stop } = listening.get(signal) ?? listen(signal);
  callbacks.add(callback);
  return () => {
    if (callbacks.delete(callback) && callbacks.size === 0) stop();
  };
}

function listen(signal: AbortSignal): Listening {
  const callbacks = new Set<() => void>();
  const onAborted = () => {
    const thrown: unknown[] = [];
    for (const callback of callbacks)
      try {
        callback();
      } catch (error) {
        thrown.push(error);
      }
    if (thrown.length > 0) throw thrown[0];
  };
  const stop = () => {
    listening.delete(signal);
    signal.removeEventListener('abort', onAborted);
  };
  const begun = { callbacks, stop };
  listening.set(signal, begun);
  signal.addEventListener('abort', onAborted, { once: true });
  return begun;
}

const reasons = /* @__PURE__ */ new WeakMap<AbortSignal, unknown>();

/** Why a signal has aborted. Polyfills have no `reason`: then one error, as `abort()` without a reason gives. */
export function reasonOf(signal: AbortSignal): unknown {
  const reason: unknown = signal.reason;
  const known = reason === undefined ? reasons.get(signal) : reason;
  if (known !== undefined) return known;
  const message = 'This operation was aborted';
  const error =
    typeof DOMException === 'function'
      ? new DOMException(message, 'AbortError')
      : Object.assign(new Error(message), { name: 'AbortError' });
  reasons.set(signal, error);
  return error;
}
