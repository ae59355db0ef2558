import type { ServerResponse } from 'node:http';
import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 250 pages of a data source, by POST, and 250 blocks of a page, by GET. */
export const imitation: Imitation = {
  origin: 'https://api.notion.com',
  start: () => (seen, response) => {
    const { method, url, headers, body } = seen;
    if (!headers.authorization?.startsWith('Bearer '))
      return refuse(response, 401, 'unauthorized', 'API token is invalid.');
    if (headers['notion-version'] === undefined)
      return refuse(response, 400, 'missing_version', 'Notion-Version header failed validation.');
    const [, kind] =
      method === 'POST'
        ? (/^\/v1\/(data_sources)\/[\w-]+\/query$/.exec(url.pathname) ?? [])
        : (/^\/v1\/(blocks)\/[\w-]+\/children$/.exec(url.pathname) ?? []);
    if (kind === undefined) return refuse(response, 400, 'invalid_request_url', 'Invalid request URL.');
    const { start_cursor: cursor, page_size: size = 100 } = (
      method === 'POST' ? JSON.parse(body) : Object.fromEntries(url.searchParams)
    ) as { start_cursor?: string; page_size?: number | string };
    if (Number(size) > 100)
      return refuse(response, 400, 'validation_error', 'page_size failed validation: should be ≤ 100.');
    const [, from = cursor === undefined ? '0' : undefined] = /^fe2cc560-(\d+)$/.exec(cursor ?? '') ?? [];
    if (from === undefined)
      return refuse(response, 400, 'validation_error', `The start_cursor provided is invalid: ${String(cursor)}`);
    const end = Number(from) + Number(size);
    json(response, {
      object: 'list',
      results: rows(250)
        .slice(Number(from), end)
        .map((number) => ({ object: kind === 'blocks' ? 'block' : 'page', id: `59833787-${number}` })),
      has_more: end < 250,
      next_cursor: end < 250 ? `fe2cc560-${end}` : null,
    });
  },
};

const refuse = (response: ServerResponse, status: number, code: string, message: string): void =>
  json(response, { object: 'error', status, code, message }, status);
