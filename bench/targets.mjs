// The targets, and the limits that CI enforces. Each names a row, a contender and one number of it.

const ratio = (row, id, metric, against, max) => ({ row, id, metric, against, max });
const atLeast = (row, id, metric, against, min) => ({ row, id, metric, against, min });
const figure = (row, id, metric, max) => ({ row, id, metric, max });

const loop = 'a loop over undici `request`';
const pages = ['10', '128', '1000', 'post-128', 'cursor-128', 'link-128'];
const undici = ['10', '128', 'post-10', 'post-128'].flatMap((each) => [each, `${each}-short`, `${each}-fresh`]);
const ahead = ['ahead-10', 'ahead-10-short'];

export const targets = [
  ...pages.map((each) => ({
    ...ratio(`default-${each}`, 'pagewise', 'cpu', 'cross-fetch-signal', 1.1),
    control: 'cross-fetch-signal#again',
  })),
  { ...ratio('default-128', 'pagewise-rx', 'cpu', 'cross-fetch-signal', 1.1), control: 'cross-fetch-signal#again' },
  ratio('http-10', 'pagewise', 'cpu', 'native-fetch', 0.65),
  ratio('http-128', 'pagewise', 'cpu', 'native-fetch', 0.65),
  ratio('http-128', 'pagewise', 'cpu', 'azure', 0.7),
  ratio('http-128', 'pagewise', 'cpu', 'stainless', 0.5),
  ratio('http-128', 'pagewise', 'cpu', 'ky', 0.5),
  ratio('http-128', 'pagewise', 'cpu', 'got', 0.5),
  ratio('link-128', 'pagewise', 'cpu', 'octokit', 0.3),
  ...undici.flatMap((each) => [
    { ...ratio(`undici-${each}`, 'pagewise-undici', 'cpu', 'undici', 1.12), control: 'undici#again' },
    { ...atLeast(`undici-${each}`, 'pagewise-undici', 'speed', 'undici', 0.93), control: 'undici#again' },
  ]),
  { ...ratio('http-1000', 'pagewise-undici', 'cpu', 'undici', 1.1), control: 'undici#again' },
  { ...atLeast('http-1000', 'pagewise-undici', 'speed', 'undici', 0.92), control: 'undici#again' },
  ...ahead.map((row) => ({
    ...atLeast(row, 'pagewise-undici-ahead', 'speed', 'undici-ahead', 0.88),
    control: 'undici-ahead#again',
  })),
  { ...ratio('command', 'pagewise -o FILE', 'cpu', loop, 1.25), control: `${loop}#again` },
  ...['pagewise --version', 'pagewise --help'].flatMap((id) => [
    { ...ratio('startup', id, 'wall', 'node -e 0', 1.8), control: 'node -e 0#again' },
    { ...ratio('startup', id, 'cpu', 'node -e 0', 1.8), control: 'node -e 0#again' },
  ]),
  { ...figure('memory', 'pagewise-engine', 'cpu', 0.8), unit: 'µs a page' },
  { ...figure('memory', 'pagewise-rx', 'cpu', 0.6), unit: 'µs a page' },
  { ...figure('memory', 'pagewise', 'cpu', 0.6), unit: 'µs a page' },
  { ...figure('memory', 'pagewise-policies', 'cpu', 2.5), unit: 'µs a page' },
  // The same as ratios: a page of `expand` takes 0.4 µs on a quiet machine.
  { ...ratio('memory', 'pagewise-engine', 'cpu', 'expand', 2), control: 'expand#again' },
  { ...ratio('memory', 'pagewise-policies', 'cpu', 'expand', 6.25), control: 'expand#again' },
  { ...figure('sync', 'pagewise-rx', 'cpu', 0.6), unit: 'µs a page' },
  { ...figure('items', 'pagewise-rx', 'cpu', 8), unit: 'ns an item' },
  { ...figure('long-run', 'pagewise', 'heap', 50), unit: 'bytes a page' },
  { ...figure('long-run', 'pagewise', 'rss', 80), unit: 'MB' },
  { row: 'cold-import', id: 'pagewise', metric: 'ms', over: 'rxjs', max: 6, unit: 'ms' },
  { ...figure('latency-50', 'pagewise-concurrency', 'ideal', 1.08), unit: '× the ideal time' },
  { ...figure('consumer-50', 'pagewise-prefetch', 'ideal', 1.08), unit: '× the ideal time' },
  ...['cluster-time', 'cluster-rate'].map((row) => ({
    ...figure(row, 'pagesWorker, `prefetch: 1`', 'ideal', 1.3),
    unit: '× the ideal time',
  })),
  { ...figure('bundle-size', 'pagewise', 'bytes', 9000), unit: 'bytes' },
];

/**
 * In memory only, as multiples of what is measured beside them, which a busy machine slows nearly as much. If a target
 * has the same ratio, the gate is half as much again: noise passes, and what costs more is detected. An async iterator
 * makes a promise for each page besides.
 */
export const gates = [
  ratio('memory', 'pagewise-engine', 'cpu', 'expand', 6),
  ratio('memory', 'pagewise-rx', 'cpu', 'expand', 11),
  ratio('memory', 'pagewise', 'cpu', 'expand', 15),
  ratio('memory', 'pagewise-policies', 'cpu', 'expand', 15),
  ratio('items', 'pagewise-rx', 'cpu', 'merge-map', 0.8),
];

/** The contenders that gates need, all of them of Pagewise's own dependencies. */
export const gated = [
  'bare-loop',
  'expand',
  'merge-map',
  'pagewise',
  'pagewise-engine',
  'pagewise-rx',
  'pagewise-policies',
];
