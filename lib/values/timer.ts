/** Starts a ref'd timer, so that a wait keeps the process alive; the delay is clamped. @returns a cancel function */
export function startTimer(ms: number, done: () => void): () => void {
  const timer = setTimeout(done, Math.min(ms, longestDelay));
  return () => {
    clearTimeout(timer);
  };
}

/** Whether timers end with the request that has set them, as in Cloudflare Workers: others can't count on them. */
export const timersAreOfRequests = (): boolean => {
  const { navigator } = globalThis as { navigator?: { readonly userAgent?: unknown } };
  return navigator?.userAgent === 'Cloudflare-Workers';
};

/** Milliseconds by which a timer is late only if the page was frozen, the computer asleep, or the process stopped. */
export const muchTooLate = 1000;

/** A timer that is much too late waits one more turn, so that an answer that arrived in the meantime still counts. */
export function startDeadline(ms: number, done: () => void): () => void {
  const due = performance.now() + ms;
  let cancel = startTimer(ms, () => {
    if (performance.now() - due < muchTooLate) done();
    else cancel = startTimer(0, done);
  });
  return () => {
    cancel();
  };
}

/** The longest delay that timers support, in milliseconds; longer ones would fire immediately. */
export const longestDelay = 2_147_483_647;
