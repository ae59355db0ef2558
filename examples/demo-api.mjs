// A small API like Clarifai's, on 127.0.0.1: lists that are paged in the query (GET) and in the body (POST), inputs
// after a given one, and log entries. Sometimes it answers 429 or 503, as real APIs do. No dependencies.
import { createServer } from 'node:http';

const items = {
  inputs: Array.from({ length: 1000 }, (_, i) => input(i + 1)),
  concepts: Array.from({ length: 300 }, (_, i) => concept(i + 1)),
  log_entries: Array.from({ length: 100 }, (_, i) => logEntry(i + 1)),
};
const routes = [
  { method: 'GET', path: /^\/v2\/users\/[^/]+\/apps\/[^/]+\/inputs$/, key: 'inputs' },
  { method: 'POST', path: /^\/v2\/users\/[^/]+\/apps\/[^/]+\/concepts\/searches$/, key: 'concepts' },
  {
    method: 'GET',
    path: /^\/v2\/users\/[^/]+\/apps\/[^/]+\/inputs\/stream$/,
    key: 'inputs',
    defaultSize: 20,
    read: afterLast,
  },
  { method: 'GET', path: /^\/v2\/users\/[^/]+\/(.+\/)?logs$/, key: 'log_entries', defaultSize: 32, read: atMostLast },
];
const defaultSize = 128;
const maxSize = 1000;

/**
 * Starts the API on a free port. Every 7th request is answered with 429 and every 11th with 503, but never the same
 * page twice in a row.
 * @returns {Promise<{ url: string, close: () => Promise<void>, stats: { requests: number, pages: number,
 *   throttled: number, unavailable: number, refused: number } }>}
 */
export async function startDemoApi() {
  const stats = { requests: 0, pages: 0, throttled: 0, unavailable: 0, refused: 0 };
  const failedLast = new Set();

  const server = createServer(async (request, response) => {
    const text = await readText(request);
    const number = ++stats.requests;
    const send = (status, code, description, more = {}, headers = {}) => {
      const req_id = number.toString(16).padStart(32, '0');
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify({ status: { code, description, req_id }, ...more }));
    };
    const refuse = (status, code, description) => {
      stats.refused++;
      send(status, code, description);
    };

    const { pathname, searchParams } = new URL(request.url, 'http://127.0.0.1');
    if (!/^Key \S+$/.test(request.headers.authorization ?? ''))
      return refuse(401, 11102, 'Invalid request: no key in the Authorization header');
    const route = routes.find(({ method, path }) => method === request.method && path.test(pathname));
    if (!route) return refuse(404, 11101, 'Resource not found');
    const paging = route.method === 'GET' ? Object.fromEntries(searchParams) : pagination(text);
    if (!paging) return refuse(400, 11102, 'Invalid request: the body is not a JSON object');
    const page = whole(paging.page ?? 1);
    const size = whole(paging.per_page ?? route.defaultSize ?? defaultSize);
    if (!page || !size) return refuse(400, 11102, 'Invalid request: page and per_page start at 1');

    const step = Math.min(size, maxSize);
    const found = (route.read ?? numbered)(items[route.key], step, page, paging);
    if (!found) return refuse(400, 11102, 'Invalid request: no input has this last_id');

    const asked = `${route.key} ${page} ${size}${route.read ? ` ${request.url}` : ''}`;
    const mayFail = !failedLast.delete(asked);
    if (mayFail && number % 7 === 0) {
      failedLast.add(asked);
      stats.throttled++;
      return send(429, 11005, 'API rate limit exceeded', {}, { 'retry-after': '1' });
    }
    if (mayFail && number % 11 === 0) {
      failedLast.add(asked);
      stats.unavailable++;
      return send(503, 10020, 'Internal server issue');
    }
    stats.pages++;
    const { list, ...more } = found;
    send(200, 10000, 'Ok', { [route.key]: list, ...more });
  });

  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stats,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readText(request) {
  request.setEncoding('utf8');
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

/** A page by its number; an empty page past the end. */
function numbered(all, size, page) {
  return { list: all.slice((page - 1) * size, page * size) };
}

/** The items after `last_id`; undefined if no item has this id. */
function afterLast(all, size, _page, { last_id: last }) {
  const from = last === undefined || last === '' ? 0 : all.findIndex(({ id }) => id === last) + 1;
  return from === 0 && last ? undefined : { list: all.slice(from, from + size) };
}

/** A page by its number, which is echoed; the last page without a number and past the end. */
function atMostLast(all, size, page, { page: asked }) {
  const last = Math.ceil(all.length / size);
  const number = asked === undefined ? last : Math.min(page, last);
  return { ...numbered(all, size, number), page: number, per_page: size };
}

/** The value of `pagination` in a JSON body; undefined if the body is not a JSON object. */
function pagination(text) {
  try {
    const body = JSON.parse(text);
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body.pagination ?? {}) : undefined;
  } catch {
    return undefined;
  }
}

/** A whole number from 1 on; undefined for anything else. */
function whole(value) {
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= 1 ? number : undefined;
}

function input(number) {
  const id = `input-${String(number).padStart(4, '0')}`;
  return {
    id,
    created_at: createdAt(number),
    data: { image: { url: `https://samples.example.com/${id}.jpg` } },
    status: { code: 30000, description: 'Download complete' },
  };
}

function concept(number) {
  const id = `concept-${String(number).padStart(3, '0')}`;
  return { id, name: id.replace('-', ' '), value: 1, language: 'en', app_id: 'demo', created_at: createdAt(number) };
}

function logEntry(number) {
  return { message: `step ${number} of 100`, log_type: 'builder', created_at: createdAt(number) };
}

function createdAt(number) {
  return new Date(Date.UTC(2024, 0, 1) + number * 60_000).toISOString();
}
