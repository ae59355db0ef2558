// The servers of the tests in a browser: on loopback, each with its own port and so its own origin.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';

export const rows = Array.from({ length: 25 }, (_, i) => i);

const open = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };

/**
 * @param handle answers; it gets the request, and how many came before it
 * @param cors the headers that every answer has, to preflights too
 */
export const serve = async (handle, cors = open) => {
  const seen = [];
  let left = 0;
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://test');
    if (url.pathname === '/favicon.ico') return response.writeHead(404).end();
    for (const [name, value] of Object.entries(cors)) response.setHeader(name, value);
    const { method, headers } = request;
    if (method === 'OPTIONS') return response.end();
    response.once('close', () => (left += response.writableFinished ? 0 : 1));
    let body = '';
    for await (const chunk of request) body += chunk;
    const asked = { method, url, headers, body };
    if (url.pathname !== '/') seen.push(asked);
    handle(asked, response, seen.length - 1);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    url: `${origin}/items`,
    seen,
    /** How many connections were closed before they had their answer. */
    left: () => left,
    close: () => (server.closeAllConnections(), server.close()),
  };
};

/** The requested page of `rows`, by the query or the body; at `/` the document that the tests run in. */
export const numbered = ({ url, body }, response) => {
  if (url.pathname === '/') return response.setHeader('content-type', 'text/html').end('<!doctype html>');
  const { page, per_page: size } = body === '' ? Object.fromEntries(url.searchParams) : JSON.parse(body).pagination;
  response.end(JSON.stringify({ items: rows.slice((page - 1) * size, page * size) }));
};

/** Sends the beginning of an answer, and nothing more. */
export const beginOnly = (response) =>
  response.writeHead(200, { 'content-type': 'application/json' }).write('{"items":[0,1');

export const until = async (isSo, what = 'it is so') => {
  for (let i = 0; i < 2000 && !isSo(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(isSo(), `never: ${what}`);
};
