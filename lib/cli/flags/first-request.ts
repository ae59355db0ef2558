import type { Json, ResumeToken } from '../../page.js';
import type { PageRequest, Transport } from '../../request.js';
import type { Strategy } from '../../strategy.js';
import type { Together } from '../jobs/together.js';
import type { Template } from '../terminal/shown-request.js';
import type { Arguments } from './arguments.js';
import { buildPages, type Rehearsal } from './build-pages.js';
import type { PagedRequest } from './build-paging.js';

/** The first request of a run that sends nothing. */
export interface FirstRequest {
  /** As it would be sent. */
  readonly request: PageRequest;
  /** Index of its page. */
  readonly index: number;
  /** Without what Pagewise wrote into it. */
  readonly template: Template;
  /** How the page was placed; absent if the request is one of detection. */
  readonly placed: Placed | undefined;
}

export interface Placed {
  readonly paging: PagedRequest;
  readonly request: PageRequest;
  readonly position: Json;
}

/**
 * Begins a run whose transport notes the first request and sends nothing.
 * @returns `undefined` if the run would request nothing
 * @throws UsageError, ConfigError, ResumeError as the run would
 */
export async function firstRequest(
  args: Arguments,
  resume: ResumeToken | undefined,
  signal: AbortSignal,
  together: Together,
): Promise<FirstRequest | undefined> {
  let first: Omit<FirstRequest, 'template'> | undefined;
  let placed: Placed | undefined;
  let template: Template = {};
  const rehearsal: Rehearsal = {
    transport(direct, own) {
      template = own;
      const note: Transport = (request, { pageIndex }) => {
        first ??= { request, index: pageIndex, placed };
        return Promise.reject(new Error('nothing was sent (--dry-run)'));
      };
      return Object.assign(note, direct.checkRequest && { checkRequest: direct.checkRequest });
    },
    strategy: (paging) => ({
      ...paging.strategy,
      place(request: PageRequest, position: never) {
        placed = { paging, request, position };
        return (paging.strategy as Strategy<unknown, never>).place(request, position);
      },
    }),
  };
  // One page, once.
  const several: readonly string[] = ['concurrency', 'adaptiveSize', 'skipFailedPages'] satisfies (keyof Arguments)[];
  const one = Object.fromEntries(Object.entries(args).filter(([name]) => !several.includes(name)));
  const listeners = { detection: { next: () => undefined }, walk: { next: () => undefined } };
  try {
    const { pages } = await buildPages({ ...one, url: args.url, retries: 0, prefetch: 0 }, resume, listeners, undefined, signal, together, rehearsal); // prettier-ignore
    await pages[Symbol.asyncIterator]().next();
  } catch (error) {
    if (first === undefined) throw error;
  }
  return first && { ...first, template };
}
