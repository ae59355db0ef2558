import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** Connections of this process to one host. */
interface Use {
  opened: number;
  reused: number;
}

/**
 * Counts the connections that requests of this process use, by host, from what undici (and Node's own fetch) and
 * node:http publish. Over HTTP/2 and through proxies, they publish nothing that can be assigned to a host.
 */
export class Connections {
  readonly #byHost = new Map<string, Use>();
  readonly #seen = new WeakSet();
  #counts = false;

  readonly #onUndici = (message: unknown): void => {
    const { request, socket } = message as { request?: { origin?: unknown }; socket?: object };
    if (socket && request) this.#use(hostOf(String(request.origin)), socket);
  };

  readonly #onHttp = (message: unknown): void => {
    const { request } = message as { request?: { socket?: object | null; getHeader?(name: string): unknown } };
    const host = request?.getHeader?.('host');
    if (request?.socket && typeof host === 'string') this.#use(host.toLowerCase(), request.socket);
  };

  /** Counts until `stop`; started twice, it counts once. */
  start(): void {
    if (this.#counts) return;
    this.#counts = true;
    subscribe(undici, this.#onUndici);
    subscribe(http, this.#onHttp);
  }

  stop(): void {
    if (!this.#counts) return;
    this.#counts = false;
    unsubscribe(undici, this.#onUndici);
    unsubscribe(http, this.#onHttp);
  }

  /** @returns the sum for the hosts of these URLs; `null` if nothing is known of them */
  of(urls: readonly (string | undefined)[]): Use | null {
    const hosts = new Set(urls.flatMap((url) => hostOf(url ?? '') ?? []));
    const uses = [...hosts].flatMap((host) => this.#byHost.get(host) ?? []);
    if (uses.length === 0) return null;
    return uses.reduce((a, b) => ({ opened: a.opened + b.opened, reused: a.reused + b.reused }));
  }

  #use(host: string | undefined, socket: object): void {
    if (host === undefined) return;
    const use = this.#byHost.get(host) ?? { opened: 0, reused: 0 };
    this.#byHost.set(host, use);
    if (this.#seen.has(socket)) use.reused++;
    else use.opened++;
    this.#seen.add(socket);
  }
}

const undici = 'undici:client:sendHeaders';
const http = 'http.client.response.finish';

function hostOf(url: string): string | undefined {
  try {
    return new URL(url).host;
  } catch {
    return undefined;
  }
}
