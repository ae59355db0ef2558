import type { HttpsProxyAgent } from 'https-proxy-agent';
import { readFileSync } from 'node:fs';
import { Agent as HttpsAgent } from 'node:https';
import type { FetchTransportOptions } from '../../transports/fetch-transport.js';
import { UsageError } from './arguments.js';

/** What decides how connections are made. */
export interface ConnectionFlags {
  readonly insecure?: true;
  readonly cacert?: string;
  readonly proxy?: string;
  readonly noproxy?: string;
}

/**
 * Agents for these flags, and for HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY of the environment; `undefined` where
 * Node's own will do. @throws UsageError for files and proxies that can't work
 */
export async function connections(flags: ConnectionFlags): Promise<FetchTransportOptions['agent']> {
  const tls = tlsOptions(flags);
  const direct = Object.keys(tls).length === 0 ? undefined : new HttpsAgent({ keepAlive: true, ...tls });
  const proxyFor = await proxies(flags);
  if (!proxyFor) return direct && ((href) => (href.startsWith('https:') ? direct : undefined));

  const [{ HttpProxyAgent }, https] = await Promise.all([import('http-proxy-agent'), import('https-proxy-agent')]);
  const agents = new Map<string, object>();
  return (href) => {
    const secure = href.startsWith('https:');
    const proxy = proxyFor(href);
    if (proxy === undefined) return secure ? direct : undefined;
    const key = `${String(secure)} ${proxy}`;
    let agent = agents.get(key);
    if (!agent) {
      agent = secure ? tunnel(https.HttpsProxyAgent, proxy, tls) : new HttpProxyAgent(proxy, { keepAlive: true });
      agents.set(key, agent);
    }
    return agent;
  };
}

/** What TLS options it is made with are for the proxy; those for who is behind it are the agent's own. */
function tunnel(Tunnel: typeof HttpsProxyAgent, proxy: string, tls: object): object {
  const agent = new Tunnel(proxy, { keepAlive: true, ...tls });
  Object.assign(agent.options, tls);
  return agent;
}

function tlsOptions({ insecure, cacert }: ConnectionFlags): { rejectUnauthorized?: false; ca?: string } {
  return {
    ...(insecure ? { rejectUnauthorized: false as const } : {}),
    ...(cacert === undefined ? {} : { ca: certificates(cacert) }),
  };
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

/** What finds the proxy of a URL; `undefined` where none is named at all. */
async function proxies({ proxy, noproxy }: ConnectionFlags) {
  const named = ['http_proxy', 'https_proxy', 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]);
  const given = named.filter((name) => (process.env[name] ?? '') !== '');
  if (proxy === undefined && given.length === 0) return undefined;
  const url = proxy === undefined ? undefined : checked('--proxy', withScheme(proxy));
  for (const name of url === undefined ? given : []) checked(name, withScheme(process.env[name] ?? ''));
  const flags = {
    ...(url === undefined ? {} : { http_proxy: url, https_proxy: url }),
    ...(noproxy === undefined ? {} : { no_proxy: noproxy }),
  };
  const { getProxyForUrl } = await import('proxy-from-env');
  return (href: string): string | undefined => {
    const found = inEnvironment(flags, () => getProxyForUrl(href));
    return found === '' ? undefined : found;
  };
}

/** The flags overrule the environment, which alone proxy-from-env knows; for this call only, since there may be more jobs. */
function inEnvironment<T>(changes: Readonly<Record<string, string>>, run: () => T): T {
  const { env } = process;
  const before = Object.keys(changes).map((name) => [name, env[name]] as const);
  Object.assign(env, changes);
  try {
    return run();
  } finally {
    for (const [name, value] of before)
      if (value === undefined) Reflect.deleteProperty(env, name);
      else env[name] = value;
  }
}

/** curl's default. */
const withScheme = (proxy: string) => (proxy.includes('://') ? proxy : `http://${proxy}`);

function checked(place: string, proxy: string): string {
  const scheme = URL.canParse(proxy) ? new URL(proxy).protocol : undefined;
  if (scheme === 'http:' || scheme === 'https:') return proxy;
  throw new UsageError(
    `${place}: a proxy must be a URL like http://proxy.example.com:8080, not ${scheme === undefined ? 'this' : `one of ${scheme.slice(0, -1)}`}`,
  );
}
