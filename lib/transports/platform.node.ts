import { globalAgent as http } from 'node:http';
import { globalAgent as https } from 'node:https';
import { followRedirects } from './follow-redirects.js';
import type { Platform } from './platform.js';

/**
 * On Node: cross-fetch, loaded with the first request. It is given Node's own agents, for without one it closes the
 * connection after each page.
 */
export const platform: Platform = {
  async loadFetch() {
    const { default: crossFetch } = await import('cross-fetch');
    const agent = (url: URL) => (url.protocol === 'https:' ? https : http);
    return (url, init) => crossFetch(url, { ...init, agent } as RequestInit);
  },
  send: followRedirects,
  namesNetworkErrors: true,
};
