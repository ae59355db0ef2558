import { compare } from '../harness/compare.mjs';
import { cost, rate, speed, times } from './columns.mjs';

export const columns = [
  cost('CPU µs a page', 'cpu'),
  cost('µs a page', 'wall'),
  rate('pages/s'),
  times('CPU × cross-fetch with signals', 'cpu', 'cross-fetch-signal'),
  speed('speed × undici', 'undici'),
];

/** Both references run twice: the distance of `again` from 1.00 is the noise. */
const controls = ['undici#again', 'cross-fetch-signal#again'];

const everyone = () => true;
/** Without those that appear in two ways. */
const most = (id) => !['stainless-items', 'pagewise-concurrency'].includes(id);
const some = (id) => /^(cross-fetch-signal|octokit|pagewise|pagewise-undici|undici)(#|$)/.test(id);

/**
 * One kind of paging over HTTP on loopback. `pages` is a walk, and a sample; `quick` says who is in a quick run. `short`:
 * a process that has not walked for long, which costs more for a contender with more code.
 */
function row({ id, title, kind, size, pages, who = most, quick, short = false }) {
  return {
    id,
    title,
    kind,
    columns,
    controls,
    quick,
    run: ({ isQuick, isNarrow, ids, origin, onSkip }) => {
      const walk = { origin, kind, pages: isQuick ? Math.min(pages, 80) : pages, size };
      return compare({
        ids: ids.filter(isNarrow && quick ? quick : who),
        walk,
        prime: { ...walk, pages: 20 },
        // Measured: a page costs eight times as much at first, and less and less for some 10,000 pages.
        warmUp: Math.ceil((isQuick ? 1000 : short ? 4000 : 10_000) / walk.pages),
        warmCpu: 2500,
        runs: isQuick ? 1 : 3,
        rounds: isQuick ? 7 : short ? 15 : 6,
        per: walk.pages,
        onSkip,
      });
    },
  };
}

export const http = [
  row({ id: 'http-10', title: 'Page numbers, GET, 10 items a page', kind: 'number', size: 10, pages: 500 }),
  row({
    id: 'http-128',
    title: 'Page numbers, GET, 128 items a page',
    kind: 'number',
    size: 128,
    pages: 500,
    who: everyone,
    quick: most,
  }),
  row({ id: 'http-1000', title: 'Page numbers, GET, 1,000 items a page', kind: 'number', size: 1000, pages: 150 }),
  row({
    id: 'post-128',
    title: 'Page numbers, POST in the body, 128 items a page',
    kind: 'post',
    size: 128,
    pages: 500,
  }),
  row({ id: 'cursor-128', title: 'Cursors, 128 items a page', kind: 'cursor', size: 128, pages: 500 }),
  row({ id: 'link-128', title: 'Link headers, 128 items a page', kind: 'link', size: 128, pages: 500, quick: some }),
  row({
    id: 'short-128',
    title: 'Page numbers, GET, 128 items a page: walks of 80 pages, by a process that has read 4,000',
    kind: 'number',
    size: 128,
    pages: 80,
    short: true,
  }),
];
