import { compare } from '../harness/compare.mjs';
import { columns } from './http.mjs';
import { cost } from './columns.mjs';

const size = 128;
// These rows say nothing new about the others, since the wait is most of it.
const slow = /^(undici|cross-fetch-signal|native-fetch|expand|azure|pagewise)/;

export const latency = [
  {
    id: 'latency-5',
    title: 'A server that takes 5 ms, 128 items a page',
    kind: 'number',
    columns,
    controls: ['undici#again', 'cross-fetch-signal#again'],
    run: ({ isQuick, ids, origin, onSkip }) =>
      compare({
        ids: ids.filter((id) => slow.test(id)),
        walk: { origin, kind: 'number', pages: 60, size, latency: 5 },
        warm: { origin, kind: 'number', pages: 150, size },
        warmUp: isQuick ? 5 : 25,
        runs: isQuick ? 1 : 3,
        rounds: isQuick ? 2 : 3,
        per: 60,
        onSkip,
      }),
  },
  {
    id: 'latency-50',
    title: 'A server that takes 50 ms, 40 pages of 128 items',
    kind: 'number',
    columns: [...columns, cost('time × 250 ms, the ideal of 8 in flight', 'ideal')],
    controls: ['undici#again'],
    quick: true,
    run: ({ isQuick, isNarrow, ids, origin, onSkip }) =>
      compare({
        ids: ids.filter((id) => (isNarrow ? /^(undici|pagewise|pagewise-concurrency)$/ : slow).test(id)),
        walk: { origin, kind: 'number', pages: 40, size, latency: 50 },
        warm: { origin, kind: 'number', pages: 150, size },
        warmUp: isQuick ? 5 : 25,
        runs: isQuick ? 1 : 3,
        rounds: 1,
        per: 40,
        ideal: 250,
        onSkip,
      }),
  },
  {
    id: 'consumer-50',
    title: 'A server that takes 50 ms, and a consumer that takes 50 ms for each page',
    kind: 'paused',
    columns: [cost('time × the overlapped ideal', 'ideal')],
    quick: true,
    run({ isQuick, ids, origin, onSkip }) {
      const pages = isQuick ? 10 : 40;
      const walk = { origin, kind: 'paused', api: 'number', pages, size, latency: 50, pause: 50 };
      return compare({
        ids,
        walk,
        warm: { ...walk, latency: 0, pause: 0 },
        warmUp: 2,
        runs: isQuick ? 1 : 3,
        rounds: 1,
        per: pages,
        ideal: 50 + pages * 50,
        onSkip,
      });
    },
  },
];
