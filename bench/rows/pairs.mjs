import { compareFresh } from '../harness/compare-fresh.mjs';
import { compare } from '../harness/compare.mjs';
import { cost, speed, times } from './columns.mjs';

/**
 * How long the processes have walked. A contender with more code pays more while it is being optimised. All of them
 * warm up for the same number of pages: a limit of CPU would leave the costlier ones colder.
 */
const ages = {
  warm: {
    suffix: '',
    says: 'walks of 500 pages after 10,000',
    run: ({ walk, isQuick, ...rest }) =>
      compare({
        ...rest,
        walk: { ...walk, pages: 500 },
        prime: { ...walk, pages: 20 },
        warmUp: isQuick ? 2 : 20,
        rounds: isQuick ? 3 : 7,
        per: 500,
      }),
  },
  short: {
    suffix: '-short',
    says: 'walks of 80 pages after 2,000',
    run: ({ walk, isQuick, ...rest }) =>
      compare({
        ...rest,
        walk: { ...walk, pages: 80 },
        prime: { ...walk, pages: 20 },
        warmUp: isQuick ? 5 : 25,
        rounds: isQuick ? 5 : 15,
        per: 80,
      }),
  },
  fresh: {
    suffix: '-fresh',
    says: 'the first 400 pages of a process',
    run: ({ walk, isQuick, ...rest }) =>
      compareFresh({ ...rest, walk: { ...walk, pages: 400 }, rounds: isQuick ? 3 : 7, per: 400 }),
  },
};

/** One reference, and what is compared with it, in few processes: on a busy machine more of them blur the ratio. */
function row({ id, title, kind, api, size, against, called, who, age = ages.warm }) {
  return {
    id: `${id}${age.suffix}`,
    title: `${title}: ${age.says}`,
    kind,
    columns: [
      cost('CPU µs a page', 'cpu'),
      cost('µs a page', 'wall'),
      times(`CPU × ${called}`, 'cpu', against),
      speed(`speed × ${called}`, against),
    ],
    controls: [`${against}#again`],
    run: ({ isQuick, ids, origin, onSkip }) =>
      age.run({
        ids: ids.filter((each) => [against, `${against}#again`, ...who].includes(each)),
        walk: { origin, kind, api, size },
        runs: isQuick ? 1 : 3,
        isQuick,
        onSkip,
      }),
  };
}

const { warm, short, fresh } = ages;

/** The default transport, in four processes. */
const byDefault = [
  { id: 'default-10', title: 'Page numbers, GET, 10 items a page', kind: 'number', size: 10 },
  { id: 'default-128', title: 'Page numbers, GET, 128 items a page', kind: 'number', size: 128 },
  { id: 'default-1000', title: 'Page numbers, GET, 1,000 items a page', kind: 'number', size: 1000 },
  { id: 'default-post-128', title: 'Page numbers, POST, 128 items a page', kind: 'post', size: 128 },
  { id: 'default-cursor-128', title: 'Cursors, 128 items a page', kind: 'cursor', size: 128 },
  { id: 'default-link-128', title: 'Link headers, 128 items a page', kind: 'link', size: 128 },
].map((each) =>
  row({ ...each, against: 'cross-fetch-signal', called: 'cross-fetch with signals', who: ['pagewise', 'pagewise-rx'] }),
);

/** The undici transport, in three processes. */
const byUndici = [
  { id: 'undici-10', title: 'undici, GET, 10 items a page', kind: 'number', size: 10 },
  { id: 'undici-128', title: 'undici, GET, 128 items a page', kind: 'number', size: 128 },
  { id: 'undici-post-10', title: 'undici, POST, 10 items a page', kind: 'post', size: 10 },
  { id: 'undici-post-128', title: 'undici, POST, 128 items a page', kind: 'post', size: 128 },
].flatMap((each) =>
  [warm, short, fresh].map((age) =>
    row({ ...each, age, against: 'undici', called: 'undici', who: ['pagewise-undici'] }),
  ),
);

/** Eight pages in flight, from an API that says how many there are. */
const ahead = [warm, short].map((age) =>
  row({
    id: 'ahead-10',
    title: 'undici, 8 pages in flight, 10 items a page',
    kind: 'ahead',
    api: 'counted',
    size: 10,
    age,
    against: 'undici-ahead',
    called: 'undici',
    who: ['pagewise-undici-ahead'],
  }),
);

export const pairs = [...byDefault, ...byUndici, ...ahead];
