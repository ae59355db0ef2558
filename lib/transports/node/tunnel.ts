import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { TransportError } from '../../errors.js';
import type { Proxy, ProxyFor } from './proxies.js';

/** Makes a connection. Cancelling destroys it. The types of undici leave out what its connectors return. */
export type Connect = (
  to: buildConnector.Options,
  callback: buildConnector.Callback,
) => { destroy(reason: Error): unknown };

/** @param direct connects to proxies, and starts TLS */
export const throughProxies =
  (direct: Connect, proxyFor: ProxyFor, tls: object): Connect =>
  (to, callback) => {
    const proxy = proxyFor(`${to.protocol}//${to.host ?? to.hostname}`);
    if (!proxy) return direct(to, callback);
    if (to.protocol === 'https:') return tunnel(direct, proxy, tls, to, callback);
    const { protocol, host, port } = proxy.url;
    return direct({ protocol, host, port, hostname: bare(proxy.url) }, callback);
  };

function tunnel(
  direct: Connect,
  proxy: Proxy,
  tls: object,
  ...[to, callback]: Parameters<Connect>
): ReturnType<Connect> {
  const { url, authorization } = proxy;
  const target = `${to.hostname.includes(':') ? `[${to.hostname}]` : to.hostname}:${to.port || '443'}`;
  const secure = url.protocol === 'https:';
  const asking = (secure ? requestHttps : requestHttp)({
    method: 'CONNECT',
    host: bare(url),
    port: url.port || (secure ? 443 : 80),
    path: target,
    headers: { host: target, ...(authorization !== undefined && { 'proxy-authorization': authorization }) },
    agent: false,
    ...tls,
  });
  let connecting: ReturnType<Connect> = asking;
  asking.on('connect', ({ statusCode = 0, statusMessage = '' }, socket: Socket) => {
    if (statusCode >= 200 && statusCode < 300) {
      connecting = direct({ ...to, httpSocket: socket }, callback);
      return;
    }
    socket.destroy();
    const answer = `${url.origin} answered CONNECT ${target} with ${String(statusCode)} ${statusMessage}`.trim();
    callback(refusal(answer, statusCode), null);
  });
  asking.on('error', (error) => callback(error, null));
  asking.end();
  return { destroy: (reason) => connecting.destroy(reason) };
}

/** Retryable, as network failures are: the proxy may be back soon. Refused credentials (407) are final. */
function refusal(message: string, status: number): TransportError {
  const cause = Object.assign(new Error(message), { name: 'ProxyError' });
  if (status !== 407) return new TransportError(cause, { network: true });
  return new TransportError(cause, { hint: '; write the user and password of the proxy into its URL' });
}

/** A host without the brackets that URLs have around IPv6. */
const bare = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');
