import type { AfterFailure, AfterFailureLoader } from './retry-loop.js';

let loaded: AfterFailure | undefined;

const load = async (): Promise<AfterFailure> => (loaded ??= await import('./after-failure.js'));

/**
 * In browsers, a separate file that is loaded during the first attempt. Loading it after a failure would be too late:
 * the network may be down, and a browser may remember that an import has failed.
 */
export const loader: AfterFailureLoader = {
  prepare() {
    if (loaded === undefined) load().catch(() => undefined);
  },
  load(use, failed) {
    if (loaded) use(loaded);
    else void load().then(use, failed);
  },
};
