// What a contender gets for a walk of each kind, and what it must deliver.

/** Items 0 … n−1. */
const numbered = (count) => ({ count, sum: (count * (count - 1)) / 2 });

const times = (n, { count, sum }) => ({ count: n * count, sum: n * sum });

const http = ({ origin, kind, api = kind, pages, size, latency = 0, pause = 0 }) => ({
  ask: { origin, url: `${origin}/${api}/${pages}/${latency}`, pages, size, latency, pause },
  expected: numbered(pages * size),
});

// Bodies are made once and returned in turn, so that only the paging is measured. Neighbours differ,
// since a page that repeats the one before it is an error in Pagewise.
const distinct = 256;

const bodies = (count, size) =>
  Array.from({ length: count }, (_, n) => ({
    items: Array.from({ length: size }, (_, i) => ({ id: n * size + i })),
    has_more: true,
  }));

function inMemory({ pages, size }) {
  const middle = bodies(distinct, size);
  const last = { ...middle[(pages - 1) % distinct], has_more: false };
  const source = (page) => (page === pages ? last : middle[(page - 1) % distinct]);
  const rounds = Math.floor(pages / distinct);
  const rest = numbered((pages % distinct) * size);
  return {
    ask: { source, pages, size },
    expected: { count: pages * size, sum: rounds * numbered(distinct * size).sum + rest.sum },
  };
}

function lists({ pages, size }) {
  // The same page each time: a million objects would measure the speed of memory.
  const [page] = bodies(1, size);
  return { ask: { list: Array(pages).fill(page) }, expected: times(pages, numbered(size)) };
}

const makers = { memory: inMemory, sync: inMemory, items: lists };

export const makeAsk = (params) => (makers[params.kind] ?? http)(params);
