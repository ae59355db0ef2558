// What a contender gets for a walk of each kind, and what it must deliver.

/** Items 0 … n−1. */
const numbered = (count) => ({ count, sum: (count * (count - 1)) / 2 });

const times = (n, { count, sum }) => ({ count: n * count, sum: n * sum });

const http = ({ origin, kind, api = kind, pages, size, latency = 0, pause = 0 }) => ({
  ask: { origin, url: `${origin}/${api}/${pages}/${latency}`, pages, size, latency, pause },
  expected: numbered(pages * size),
});

// Bodies are made once and returned in turn, so that only the paging is measured. Neighbours differ, and the first page
// does not come again, since Pagewise takes both for errors.
const distinct = 256;

const bodies = (count, size) =>
  Array.from({ length: count }, (_, n) => ({
    items: Array.from({ length: size }, (_, i) => ({ id: n * size + i })),
    has_more: true,
  }));

function inMemory({ pages, size }) {
  const [first, ...others] = bodies(distinct + 1, size);
  const body = (page) => (page === 1 ? first : others[(page - 2) % distinct]);
  const last = { ...body(pages), has_more: false };
  const source = (page) => (page === pages ? last : body(page));
  const sumOf = ({ items }) => items.reduce((sum, { id }) => sum + id, 0);
  const sums = others.map(sumOf);
  let sum = sumOf(first);
  for (let page = 2; page <= pages; page++) sum += sums[(page - 2) % distinct];
  return { ask: { source, pages, size }, expected: { count: pages * size, sum } };
}

function lists({ pages, size }) {
  // The same page each time: a million objects would measure the speed of memory.
  const [page] = bodies(1, size);
  return { ask: { list: Array(pages).fill(page) }, expected: times(pages, numbered(size)) };
}

const makers = { memory: inMemory, sync: inMemory, items: lists };

export const makeAsk = (params) => (makers[params.kind] ?? http)(params);
