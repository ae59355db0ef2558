import { ConfigError } from '../../errors.js';
import { describeError } from '../../values/describe.js';
import type { Fetch } from '../fetch-wire.js';
import type { Send, Wire } from '../wire.js';
import type { AgentFor } from './cross-fetch-send.js';
import { nativeWire, plainBodies } from './fetch-on-node.js';
import { onNode } from './on-node.js';

/**
 * The package, found at run time and so never in a bundle: there its CommonJS code can't be loaded (ESM), or makes Node
 * warn of `punycode` and `url.parse`. Beside a bundle it is found if it is installed. The name is a parameter since
 * bundlers see through constants.
 */
const loadCrossFetch = async (name = 'cross-fetch'): Promise<Fetch> =>
  ((await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ name)) as { default: Fetch })
    .default;

/**
 * cross-fetch, loaded when the first walk starts, as is Node's HTTP. If it can't be loaded, the native fetch in its place.
 */
export function crossFetchWire(agentFor?: AgentFor, loadFetch = loadCrossFetch): Wire {
  let loading: Promise<Send> | undefined;
  let loaded = false;
  let native: Wire | undefined;

  async function loadSend(): Promise<Send> {
    const { sendBy } = await import('./cross-fetch-send.js');
    try {
      return sendBy(await loadFetch(), agentFor);
    } catch (error) {
      const why = `cross-fetch can't be loaded (${describeError(error)})`;
      if (agentFor)
        throw new ConfigError(
          `fetchTransport: agent works only with cross-fetch, and ${why}; install it beside the bundle`,
        );
      const notice = `${why}, so the native fetch carries the requests. It takes a compressed body that is cut off for complete: only parsing it shows that. Install cross-fetch beside the bundle.`;
      const { send } = (native = nativeWire);
      return (request, listener) => {
        listener.notice?.(notice);
        return send(request, listener);
      };
    }
  }

  const load = () => (loading ??= loadSend());
  const send: Send = (request, listener) => {
    let cancelled = false;
    let abort = (): void => {
      cancelled = true;
    };
    const begin = (loaded: Send): void => {
      if (!cancelled) abort = loaded(request, listener);
    };
    // Also asynchronous when loaded: an unsubscription within the same turn sends nothing.
    load()
      .then(begin)
      .catch((error: unknown) => listener.error(error));
    return () => abort();
  };
  return {
    ...onNode,
    send: plainBodies(send),
    load: () => (loaded ? undefined : load().then(() => (loaded = true))),
    headers: { 'accept-encoding': acceptEncoding },
    toError: (error) => (native ?? onNode).toError(error),
    isCut: (headers, body) => native?.isCut?.(headers, body) === true,
  };
}

/** The content codings that decompress.ts knows. Not in that file, since it loads zlib. */
export const acceptEncoding = 'gzip, deflate, br';
