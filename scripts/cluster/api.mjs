// The API that the cluster walks, in a process of its own: lists of `pages` pages by partition. It fails as APIs do, and
// counts the requests of each sliding window. Its parent asks for what it has seen.
import { createServer } from 'node:http';

const { pages, limit, interval, faults } = JSON.parse(process.argv[2]);
const size = 10;
const arrivals = []; // [when, from whom]
const seen = { requests: 0, pages: 0, faults: { 429: 0, 503: 0, closed: 0 }, most: 0, excess: [] };
const asked = new Map();

const server = createServer((request, response) => {
  const now = performance.now();
  const { pathname, searchParams } = new URL(request.url, 'http://127.0.0.1');
  arrivals.push([now, request.headers['x-worker']]);
  while (arrivals[0][0] <= now - interval) arrivals.shift();
  seen.most = Math.max(seen.most, arrivals.length);
  if (arrivals.length > limit) seen.excess.push(arrivals.map(([when, worker]) => `${Math.round(when)} by ${worker}`));

  const number = ++seen.requests;
  const partition = pathname.split('/')[2];
  const page = Number(searchParams.get('page') ?? 1);
  const send = (status, body, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
  if (faults && number % 23 === 0) {
    seen.faults[429]++;
    send(429, { error: { message: 'too many requests' } }, { 'retry-after': '1' });
  } else if (faults && number % 13 === 0) {
    seen.faults[503]++;
    send(503, { error: { message: 'try again' } });
  } else if (faults && number % 17 === 0) {
    seen.faults.closed++;
    request.socket.destroy();
  } else {
    seen.pages++;
    asked.set(`${partition} ${page}`, (asked.get(`${partition} ${page}`) ?? 0) + 1);
    const items = Array.from({ length: size }, (_, i) => ({ id: `${partition}-${(page - 1) * size + i}`, partition }));
    send(200, { items, next: page < pages ? page + 1 : null });
  }
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () =>
  process.send({ ...seen, distinct: asked.size, repeated: [...asked.values()].filter((count) => count > 1).length }),
);
process.on('disconnect', () => process.exit());
