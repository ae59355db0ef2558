import { setTimeout as sleep } from 'node:timers/promises';
import { tally } from './tally.mjs';

/** What one walk of a contender costs. Each takes the walk, its input and what it must deliver. */
export const measures = { time, heap, rss };

async function time(walk, { ask, expected }) {
  const { take, takeItem, check } = tally();
  const cpu = process.cpuUsage();
  const start = performance.now();
  await walk({ ...ask, take, takeItem });
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  check(expected);
  return { cpu: user + system, wall: wall * 1000 };
}

/** Bytes that the heap grows by per page, within one walk: the slope of what is alive after a collection. */
async function heap(walk, { ask, expected }) {
  const every = ask.pages / 20;
  const points = [];
  let page = 0;
  const { take, takeItem, check } = tally(() => {
    // The first tenth is warming up.
    if (++page % every !== 0 || page < ask.pages / 10) return;
    globalThis.gc();
    points.push([page, process.memoryUsage().heapUsed]);
  });
  await walk({ ...ask, take, takeItem });
  check(expected);
  return { heap: slope(points) };
}

/** The peak memory of the process, in MB. */
async function rss(walk, { ask, expected }) {
  const { take, takeItem, check } = tally();
  await walk({ ...ask, take, takeItem });
  check(expected);
  await sleep(0);
  return { rss: process.resourceUsage().maxRSS / 1024 };
}

/** Least squares. */
function slope(points) {
  const mean = (index) => points.reduce((sum, point) => sum + point[index], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const above = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  const below = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  return above / below;
}
