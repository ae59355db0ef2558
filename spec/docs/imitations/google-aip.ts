import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

const encode = (offset: number) => Buffer.from(`at:${offset}`).toString('base64');
const decode = (token: string) => /^at:(\d+)$/.exec(Buffer.from(token, 'base64').toString())?.[1];

/** 250 topics (GET) and log entries (POST), 50 a page by default and at most 100; after the first page comes an empty one. */
export const imitation: Imitation = {
  origin: 'https://pubsub.googleapis.com',
  start: () => {
    let paused = false;
    return ({ method, url, body }, response) => {
      const refuse = (code: number, status: string, message: string) =>
        json(response, { error: { code, message, status } }, code);
      const key = { '/v1/projects/p/topics': 'topics', '/v2/entries:list': 'entries' }[url.pathname];
      if (key === undefined) return refuse(404, 'NOT_FOUND', 'Requested entity was not found.');
      if (method !== (key === 'topics' ? 'GET' : 'POST')) return refuse(404, 'NOT_FOUND', 'No such method.');
      const { pageSize, pageToken } = (key === 'topics' ? Object.fromEntries(url.searchParams) : JSON.parse(body)) as {
        pageSize?: string | number;
        pageToken?: string;
      };
      const size = Math.min(100, Number(pageSize ?? 0) || 50);
      if (!(size > 0)) return refuse(400, 'INVALID_ARGUMENT', 'Page size must not be negative.');
      const from = pageToken === undefined ? '0' : decode(pageToken);
      if (from === undefined) return refuse(400, 'INVALID_ARGUMENT', 'The page token is invalid.');
      const at = Number(from);
      // A long search that has found nothing yet: no list, and a token to continue.
      if (at > 0 && !paused) {
        paused = true;
        return json(response, { nextPageToken: `${encode(at)}=` });
      }
      const found = rows(250)
        .slice(at, at + size)
        .map((number) => ({ name: `projects/p/${key}/${number}` }));
      json(response, { [key]: found, ...(at + size < 250 ? { nextPageToken: encode(at + size) } : {}) });
    };
  },
};
