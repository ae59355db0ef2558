import { readFileSync } from 'node:fs';
import type { Transport } from '../../request.js';
import { fetchTransport } from '../../transports/fetch-transport.js';
import { type ProxyFor, toProxy } from '../../transports/node/proxies.js';
import { undiciAgent } from '../../transports/node/undici-agent.js';
import { sendingBy } from '../../transports/node/undici-transport.js';
import { type Arguments, UsageError } from './arguments.js';

/** What decides how connections are made. */
type ConnectionFlags = Pick<Arguments, 'insecure' | 'cacert' | 'proxy' | 'noproxy' | 'timeout'>;

const second = 1000;

/**
 * What sends, with these flags, and by the proxies that HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY of the
 * environment name. @throws UsageError for files and proxies that can't work
 */
export function connections(flags: ConnectionFlags): Transport {
  const { timeout = 30 * second } = flags;
  const runtime = ['bun', 'deno'].find((name) => name in process.versions);
  if (runtime !== undefined) return nativeFetch(flags, runtime, timeout);
  const tls = {
    ...(flags.insecure && { rejectUnauthorized: false }),
    ...(flags.cacert !== undefined && { ca: certificates(flags.cacert) }),
  };
  const proxyFor = proxies(flags);
  // After the timeout, which tells more.
  const agent = undiciAgent({ tls, connectTimeout: timeout + second, ...(proxyFor && { proxyFor }) });
  return sendingBy(agent, { attemptTimeout: timeout });
}

/** Of other runtimes, which read the proxies of the environment by themselves: undici's sockets are Node's. */
function nativeFetch(flags: ConnectionFlags, runtime: string, attemptTimeout: number): Transport {
  const given = (['insecure', 'cacert', 'proxy', 'noproxy'] as const).find((name) => flags[name] !== undefined);
  if (given !== undefined)
    throw new UsageError(`--${given} works on Node only, not on ${runtime}; run pagewise by node`);
  return fetchTransport({ attemptTimeout, fetch: (url, init) => fetch(url, init) });
}

function certificates(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--cacert ${file}: can't read it (${(error as { code?: string }).code ?? ''})`);
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new UsageError(`--cacert ${file}: it holds no certificate in PEM (-----BEGIN CERTIFICATE-----)`);
}

/** What names the proxy of an origin; `undefined` if there is none at all. */
function proxies({ proxy, noproxy }: ConnectionFlags): ProxyFor | undefined {
  const named = (name: string) => {
    const found = variable(name);
    return found && checked(found.name, found.value);
  };
  const every = proxy === undefined ? named('all_proxy') : checked('--proxy', proxy);
  const [http, https] = proxy === undefined ? [named('http_proxy'), named('https_proxy')] : [];
  if ((every ?? http ?? https) === undefined) return undefined;
  const exempt = noProxy(noproxy ?? variable('no_proxy')?.value ?? '');
  const found = new Map<string, ReturnType<ProxyFor>>();
  return (origin) => {
    if (!found.has(origin)) {
      const url = exempt(new URL(origin)) ? undefined : ((origin.startsWith('https:') ? https : http) ?? every);
      found.set(origin, url === undefined ? undefined : toProxy(url));
    }
    return found.get(origin);
  };
}

/** One of the environment, by its name or that in capitals; empty ones are none. */
function variable(lower: string): { name: string; value: string } | undefined {
  const all = [lower, lower.toUpperCase()].map((name) => ({ name, value: process.env[name] ?? '' }));
  return all.find(({ value }) => value !== '');
}

/** Reads the names of hosts, with ports or without, that are asked without a proxy: `*`, `example.com:8080`, `.example.com`. */
function noProxy(list: string): (url: URL) => boolean {
  const entries = list
    .toLowerCase()
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .map((entry) => /^(?<host>.+?)(?::(?<port>\d+))?$/.exec(entry)?.groups ?? {});
  return ({ hostname, port, protocol }) =>
    entries.some(({ host = '', port: only }) => {
      if (only !== undefined && only !== (port || (protocol === 'https:' ? '443' : '80'))) return false;
      return /^[.*]/.test(host) ? hostname.endsWith(host.replace(/^\*/, '')) : hostname === host;
    });
}

/** A proxy's URL; without a scheme it is http, as for curl. */
function checked(name: string, value: string): string {
  const proxy = value.includes('://') ? value : `http://${value}`;
  const scheme = URL.canParse(proxy) ? new URL(proxy).protocol : undefined;
  if (scheme === 'http:' || scheme === 'https:') return proxy;
  throw new UsageError(
    `${name}: a proxy must be a URL like http://proxy.example.com:8080, not ${scheme === undefined ? 'this' : `one of ${scheme.slice(0, -1)}`}`,
  );
}
