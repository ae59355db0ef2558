import type { AfterFailure, AfterFailureLoader } from './retry-loop.js';

let loaded: AfterFailure | undefined;

const load = async (): Promise<AfterFailure> => (loaded ??= await import('./after-failure.js'));

/**
 * In browsers: a file of its own, loaded while a first attempt is under way. After a failure would be too late: then the
 * network may be down, and a browser may remember that an import has failed.
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
