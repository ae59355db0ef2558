// The servers that the runtimes send their requests to. They stand in the parent process, on loopback, and answer by the
// URL's path: /<kind>/<key>?page=<n>. What a key has seen is at /seen/<key>.
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';

const pages = 4;
const perPage = 3;
const text = 'é€😀';

/** Page `n` of the list: its items have an index and a text of several bytes a character. */
const page = (n) =>
  JSON.stringify({
    items: n > pages ? [] : Array.from({ length: perPage }, (_, i) => ({ id: (n - 1) * perPage + i, text })),
    total: pages * perPage,
  });

const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*, authorization',
  'access-control-allow-methods': 'GET, POST',
  'access-control-expose-headers': 'Retry-After, Location',
};

const json = { 'content-type': 'application/json' };

/** Answers by kind. `asked` has the page, how many requests for it came before, and the other server's origin. */
const kinds = {
  list: ({ n }, response) => response.writeHead(200, json).end(page(n)),
  chunked({ n }, response) {
    response.writeHead(200, json);
    // Chunks that end within a character, one each turn.
    const bytes = [...Buffer.from(page(n))];
    const step = () => {
      if (bytes.length === 0) return response.end();
      response.write(Buffer.from(bytes.splice(0, 7)));
      setImmediate(step);
    };
    step();
  },
  gzip: ({ n }, response) => response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(gzipSync(page(n))),
  limited: ({ n, before }, response) =>
    n === 2 && before === 0
      ? response.writeHead(429, { ...json, 'retry-after': '1' }).end('{"error":"slow down"}')
      : kinds.list({ n }, response),
  missing: (_asked, response) => response.writeHead(404, json).end('{"error":"no such list"}'),
  html: (_asked, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>'),
  reset: ({ n, before }, response) => (n === 2 && before === 0 ? response.destroy() : kinds.list({ n }, response)),
  dead: (_asked, response) => response.destroy(),
  /** The first answer to page 2 ends within its body. */
  cut({ n, before }, response) {
    if (n !== 2 || before > 0) return kinds.list({ n }, response);
    const body = Buffer.from(page(n));
    response.writeHead(200, { ...json, 'content-length': body.length }).write(body.subarray(0, body.length - 20));
    setTimeout(() => response.destroy(), 20);
  },
  /** A compressed body of which the end is missing, with a length that says that it is whole. */
  cutgzip({ n, before }, response) {
    const body = gzipSync(page(n));
    const sent = n === 2 && before === 0 ? body.subarray(0, body.length - 20) : body;
    response.writeHead(200, { ...json, 'content-encoding': 'gzip', 'content-length': sent.length }).end(sent);
  },
  moved: ({ n, url }, response) =>
    url.searchParams.has('there')
      ? kinds.list({ n }, response)
      : response.writeHead(302, { location: `${url.pathname}${url.search}&there=1` }).end(),
  away: ({ n, key, other }, response) => response.writeHead(302, { location: `${other}/list/${key}?page=${n}` }).end(),
  /** Begins to answer, and never ends. */
  silent: ({ n }, response) =>
    n === 1 ? kinds.list({ n }, response) : response.writeHead(200, json).write('{"items":[{"id":0'),
  large: ({ n }, response) =>
    response.writeHead(200, json).end(`{"items":${n === 1 ? '[{"id":9007199254740993},{"id":1.10}]' : '[]'}}`),
  big: (_asked, response) => response.writeHead(200, json).end(`{"items":["${'x'.repeat(100_000)}"]}`),
  latin: ({ n }, response) =>
    response
      .writeHead(200, { 'content-type': 'application/json; charset=iso-8859-1' })
      .end(n === 1 ? Buffer.from('{"items":["Müller"]}', 'latin1') : '{"items":[]}'),
  invalid: (_asked, response) => response.writeHead(200, json).end(Buffer.from('{"items":["M\xfcller"]}', 'latin1')),
  nothing: (_asked, response) => response.writeHead(204).end(),
  slow: ({ n }, response) => setTimeout(() => kinds.list({ n }, response), 30),
};

async function serve(other) {
  const seen = new Map();
  const of = (key) => {
    if (!seen.has(key)) seen.set(key, { requests: [], left: 0 });
    return seen.get(key);
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://loopback');
    const [, kind, key] = url.pathname.split('/');
    for (const [name, value] of Object.entries(cors)) response.setHeader(name, value);
    if (request.method === 'OPTIONS') return response.writeHead(204).end();
    if (kind === 'seen') return response.writeHead(200, json).end(JSON.stringify(of(key)));
    let body = '';
    for await (const chunk of request) body += chunk;
    let n = Number(url.searchParams.get('page'));
    if (request.method === 'POST') n = body.startsWith('{') ? JSON.parse(body).page : 1;
    const { requests } = of(key);
    const before = requests.filter((one) => one.page === n).length;
    requests.push({ page: n, method: request.method, headers: request.headers, body });
    response.on('close', () => {
      if (!response.writableEnded) of(key).left++;
    });
    kinds[kind]({ n, before, key, url, other }, response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${server.address().port}`, server };
}

/** @returns the origins of two servers, and what closes them */
export async function startServers() {
  const other = await serve();
  const home = await serve(other.origin);
  return {
    home: home.origin,
    other: other.origin,
    close() {
      for (const { server } of [home, other]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}
