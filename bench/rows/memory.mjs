import { compare } from '../harness/compare.mjs';
import { cost, times } from './columns.mjs';

export const memory = [
  {
    id: 'memory',
    title: 'Pages from memory, as promises: the engine alone, one item a page',
    kind: 'memory',
    columns: [
      cost('CPU µs a page', 'cpu'),
      cost('µs a page', 'wall'),
      times('CPU × `expand(from(promise))`', 'cpu', 'expand'),
    ],
    controls: ['expand#again'],
    quick: true,
    run: ({ isQuick, ids, onSkip }) =>
      compare({
        ids,
        walk: { kind: 'memory', pages: 20_000, size: 1 },
        prime: { kind: 'memory', pages: 2000, size: 1 },
        // Measured: optimised code is discarded and recompiled until about 300,000 pages.
        warmUp: 20,
        warmCpu: isQuick ? 1000 : 5000,
        runs: isQuick ? 1 : 3,
        rounds: isQuick ? 7 : 15,
        per: 20_000,
        onSkip,
      }),
  },
  {
    id: 'sync',
    title: '200,000 pages from memory, immediately',
    kind: 'sync',
    columns: [cost('CPU µs a page', 'cpu'), cost('µs a page', 'wall')],
    quick: true,
    run: ({ isQuick, ids, onSkip }) =>
      compare({
        ids,
        walk: { kind: 'sync', pages: 200_000, size: 1 },
        warm: { kind: 'sync', pages: 20_000, size: 1 },
        warmUp: 3,
        runs: isQuick ? 1 : 3,
        rounds: isQuick ? 1 : 3,
        per: 200_000,
        onSkip,
      }),
  },
  {
    id: 'items',
    title: 'Flattening pages of 1,000 items',
    kind: 'items',
    columns: [cost('CPU ns an item', 'cpu'), cost('ns an item', 'wall'), times('CPU × `mergeMap`', 'cpu', 'merge-map')],
    controls: ['merge-map#again'],
    quick: true,
    run: ({ isQuick, ids, onSkip }) =>
      compare({
        ids,
        walk: { kind: 'items', pages: 1000, size: 1000 },
        warmUp: 3,
        runs: isQuick ? 1 : 3,
        rounds: isQuick ? 9 : 15,
        per: 1000, // From µs a walk of 10⁶ items to ns an item.
        onSkip,
      }),
  },
];
