/** A proxy that carries HTTP. */
export interface Proxy {
  readonly url: URL;
  /** The Proxy-Authorization header that the proxy asks for. */
  readonly authorization: string | undefined;
}

/** The proxy of an origin; `undefined`: a direct connection. */
export type ProxyFor = (origin: string) => Proxy | undefined;

/** @param url with the user and password in it, if the proxy asks for them */
export function toProxy(url: string): Proxy {
  const parsed = new URL(url);
  const credentials = [parsed.username, parsed.password].map(decoded).join(':');
  return {
    url: parsed,
    authorization: credentials === ':' ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`,
  };
}

/** A text from a URL; one with a % that encodes nothing is taken as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

interface Addressed {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A request as its proxy expects it: with the whole URL for http: (RFC 9112, 3.2.2). All else goes through tunnels. */
export function absoluteForm<R extends Addressed>(request: R, proxyFor: ProxyFor): R {
  const { origin, path, headers } = request;
  const proxy = origin.startsWith('http:') ? proxyFor(origin) : undefined;
  if (!proxy) return request;
  const { authorization } = proxy;
  return {
    ...request,
    path: origin + path,
    ...(authorization !== undefined && { headers: { ...headers, 'proxy-authorization': authorization } }),
  };
}
