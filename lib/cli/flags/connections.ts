import { parseExactJson } from '../../reading/exact-json.js';
import type { Transport } from '../../request.js';
import type { Decode } from '../../transports/decode-body.js';
import { fetchTransport } from '../../transports/fetch-transport.js';
import type { HttpTransportOptions } from '../../transports/http-transport.js';
import { otherRuntime } from '../../transports/node/on-node.js';
import { type ProxyFor, toProxy } from '../../transports/node/proxies.js';
import { undiciAgent } from '../../transports/node/undici-agent.js';
import { sendingBy } from '../../transports/node/undici-transport.js';
import { type Arguments, UsageError } from './arguments.js';
import { readInput } from './read-input.js';

/** The flags that define how connections are made. */
type ConnectionFlags = Pick<
  Arguments,
  | 'insecure'
  | 'cacert'
  | 'proxy'
  | 'noproxy'
  | 'timeout'
  | 'maxResponseBytes'
  | 'maxFilesize'
  | 'maxRedirects'
  | 'maxRedirs'
  | 'encoding'
  | 'xml'
  | 'invalidText'
  | 'items'
  | 'next'
  | 'hasMore'
  | 'total'
  | 'totalPages'
>;

const second = 1000;

/**
 * The transport for these flags. It uses the proxies in the environment variables HTTP_PROXY, HTTPS_PROXY, ALL_PROXY
 * and NO_PROXY. @throws UsageError for files and proxies that can't work
 */
export async function connections(flags: ConnectionFlags, signal: AbortSignal): Promise<Transport> {
  const { timeout = 30 * second, encoding, invalidText } = flags;
  const options = {
    attemptTimeout: timeout,
    maxResponseBytes: flags.maxResponseBytes ?? flags.maxFilesize,
    maxRedirects: flags.maxRedirects ?? flags.maxRedirs,
    ...(flags.xml ? { decode: await xmlDecode(listsIn(flags)) } : { parseJson: parseExactJson }),
    encoding,
    // Of a transport with a decode of its own, it is 'replace' by default.
    invalidText: invalidText ?? (flags.xml ? 'error' : undefined),
  };
  if (otherRuntime !== undefined) return nativeFetch(flags, otherRuntime, options);
  const tls = {
    ...(flags.insecure && { rejectUnauthorized: false }),
    ...(flags.cacert !== undefined && { ca: await certificates(flags.cacert, signal) }),
  };
  const proxyFor = proxies(flags);
  // Longer than the timeout, whose error is clearer.
  const agent = undiciAgent({ tls, connectTimeout: timeout + second, ...(proxyFor && { proxyFor }) });
  return sendingBy(agent, options);
}

/** The command brings the library, which users of `decodeXml` install. */
async function xmlDecode(lists: readonly string[]): Promise<Decode> {
  const [{ xmlDecoder }, library] = await Promise.all([import('../../xml/xml-decoder.js'), import('fast-xml-parser')]);
  return xmlDecoder(library)({ lists });
}

/** Elements that a flag chooses from, as in `Contents[-1].Key`: one alone is a list too, or nothing would be chosen. */
function listsIn({ items, next, hasMore, total, totalPages }: ConnectionFlags): readonly string[] {
  const paths = [items, next, hasMore, total, totalPages].flatMap((each) => (typeof each === 'object' ? Object.values(each) : (each ?? []))); // prettier-ignore
  return paths.flatMap((path) => [...path.matchAll(/([^\s.[\]|]+)\[(?:\*|-?\d+|[^\]=]+=[^\]]*)\]/g)].map(([, name = '']) => name)); // prettier-ignore
}

/** For other runtimes: undici needs Node's sockets. These runtimes read the proxy variables themselves. */
function nativeFetch(flags: ConnectionFlags, runtime: string, options: HttpTransportOptions): Transport {
  const given = (['insecure', 'cacert', 'proxy', 'noproxy'] as const).find((name) => flags[name] !== undefined);
  if (given !== undefined)
    throw new UsageError(`--${given} works only on Node, not on ${runtime}; run pagewise with node`);
  return fetchTransport({ ...options, fetch: (url, init) => fetch(url, init) });
}

async function certificates(file: string, signal: AbortSignal): Promise<string> {
  let text: string;
  try {
    text = (await readInput(file, signal)).toString('utf8');
  } catch (error) {
    throw new UsageError(
      `--cacert ${file}: can't read the file (${(error as { code?: string }).code ?? ''}); check the path`,
    );
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new UsageError(
    `--cacert ${file}: the file holds no PEM certificate; a certificate begins with -----BEGIN CERTIFICATE-----`,
  );
}

/** A function that returns the proxy for an origin; `undefined` if no proxy is set. */
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

/**
 * An environment variable, by its name in lower or upper case; an empty one counts as unset. In a CGI script,
 * HTTP_PROXY holds the caller's `Proxy` header (httpoxy), so it is ignored there.
 */
function variable(lower: string): { name: string; value: string } | undefined {
  const isForged = lower === 'http_proxy' && process.env['REQUEST_METHOD'] !== undefined;
  const all = [lower, ...(isForged ? [] : [lower.toUpperCase()])].map((name) => ({
    name,
    value: process.env[name] ?? '',
  }));
  return all.find(({ value }) => value !== '');
}

/** Parses a list of hosts that need no proxy, with or without ports: `*`, `example.com:8080`, `.example.com`. */
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

/** A proxy's URL; without a scheme, http is assumed, as in curl. */
function checked(name: string, value: string): string {
  const proxy = value.includes('://') ? value : `http://${value}`;
  const scheme = URL.canParse(proxy) ? new URL(proxy).protocol : undefined;
  if (scheme === 'http:' || scheme === 'https:') return proxy;
  throw new UsageError(
    `${name}: a proxy must be a URL like http://proxy.example.com:8080, ${scheme === undefined ? 'and this is not a URL' : `not a ${scheme.slice(0, -1)} URL`}`,
  );
}
