// The API, in a separate process: /{kind}/{pages}/{latency in ms}, and the parameters of that kind.
// Items are numbered from 0, so that the expected count and sum are known in advance.
import { createServer } from 'node:http';

const remembered = new Map();

const concept = (id) => ({ id, name: `concept ${id}`, value: (id % 100) / 100 });

/** About 120 bytes of JSON. */
const record = (id) => ({
  ...concept(id),
  state: 'active',
  owner: `team-${id % 50}@example`,
  at: '2026-01-31T12:00:00.000Z',
});

/** The items of a page as JSON. For short walks they are cached, so that the server costs as little as possible. */
function itemsOf(page, size, make = concept) {
  const key = `${make.name}/${page}/${size}`;
  const known = remembered.get(key);
  if (known) return known;
  const first = (page - 1) * size;
  const rows = Array.from({ length: size }, (_, i) => make(first + i));
  const json = JSON.stringify(rows);
  if (page <= 1000) remembered.set(key, json);
  return json;
}

const json = { 'content-type': 'application/json' };

/** The answer of each kind: the headers and the body of a page. */
const kinds = {
  number: ({ params, pages }) => numbered(Number(params.get('page')), Number(params.get('per_page')), pages),
  /** The same with larger items. */
  records: ({ params, pages }) => numbered(Number(params.get('page')), Number(params.get('per_page')), pages, record),
  /** Reports the number of items, so that page numbers are known ahead. */
  counted({ params, pages }) {
    const size = Number(params.get('per_page'));
    return { headers: json, text: `{"items":${itemsOf(Number(params.get('page')), size)},"total":${pages * size}}` };
  },
  post({ body, pages }) {
    const { page, per_page: size } = JSON.parse(body).pagination;
    return numbered(page, size, pages);
  },
  cursor({ params, pages }) {
    const page = Number(params.get('cursor')?.split('-')[1] ?? 1);
    const next = page < pages ? `"page-${page + 1}-=="` : 'null';
    return { headers: json, text: `{"items":${itemsOf(page, Number(params.get('limit')))},"next_cursor":${next}}` };
  },
  /** Like OpenAI's API: the next page starts after the last item of this one. */
  after({ params, pages }) {
    const size = Number(params.get('limit'));
    const page = params.has('after') ? (Number(params.get('after')) + 1) / size + 1 : 1;
    return { headers: json, text: `{"object":"list","data":${itemsOf(page, size)},"has_more":${page < pages}}` };
  },
  link({ params, pages, url }) {
    const page = Number(params.get('page') ?? 1);
    const size = Number(params.get('per_page'));
    const to = (number, rel) => `<${url}?per_page=${size}&page=${number}>; rel="${rel}"`;
    const links = page < pages ? [to(page + 1, 'next'), to(pages, 'last')] : [to(1, 'first')];
    return { headers: { ...json, link: links.join(', ') }, text: itemsOf(page, size) };
  },
};

const numbered = (page, size, pages, make) => ({
  headers: json,
  text: `{"items":${itemsOf(page, size, make)},"has_more":${page < pages}}`,
});

const server = createServer(async (request, response) => {
  const [path, query] = request.url.split('?');
  const [, kind, pages, latency] = path.split('/');
  let body = '';
  if (request.method === 'POST') for await (const chunk of request) body += chunk;
  const url = `http://${request.headers.host}${path}`;
  const { headers, text } = kinds[kind]({ params: new URLSearchParams(query), body, pages: Number(pages), url });
  const answer = () => response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(text) }).end(text);
  if (latency === '0') answer();
  else setTimeout(answer, Number(latency));
});

// A contender waits for its turn on an open connection; closing it meanwhile would cost it an error.
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => process.send(`http://127.0.0.1:${server.address().port}`));
process.on('disconnect', () => process.exit());
