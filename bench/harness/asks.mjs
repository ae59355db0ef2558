// What a contender gets for a walk of each kind, and what it must deliver.

/** Items 0 … n−1. */
const numbered = (count) => ({ count, sum: (count * (count - 1)) / 2 });

const times = (n, { count, sum }) => ({ count: n * count, sum: n * sum });

const http = ({ origin, kind, api = kind, pages, size, latency = 0, pause = 0 }) => ({
  ask: { origin, url: `${origin}/${api}/${pages}/${latency}`, pages, size, latency, pause },
  expected: numbered(pages * size),
});

// Made for each request, as parsing would: pages that come again are an error of Pagewise.
const bodyOf = (page, size, hasMore) => ({
  items: Array.from({ length: size }, (_, i) => ({ id: (page - 1) * size + i })),
  has_more: hasMore,
});

function inMemory({ pages, size }) {
  const source = (page) => bodyOf(page, size, page < pages);
  return { ask: { source, pages, size }, expected: numbered(pages * size) };
}

function lists({ pages, size }) {
  // The same page each time: a million objects would measure the speed of memory.
  const page = bodyOf(1, size, true);
  return { ask: { list: Array(pages).fill(page) }, expected: times(pages, numbered(size)) };
}

const makers = { memory: inMemory, sync: inMemory, items: lists };

export const makeAsk = (params) => (makers[params.kind] ?? http)(params);
