import { Samples } from './samples.mjs';
import { shuffled } from './shuffled.mjs';
import { startWorker } from './start-worker.mjs';

/**
 * Side by side: every contender in a separate process, all of them in each round, in a new order each time, since who is
 * before one matters. A run starts new processes. They also warm up in turn: one that has waited for some seconds
 * was seen to cost twice as much for thousands of pages.
 * @param walk the parameters of each walk for harness/asks.mjs
 * @param warm walks that are not counted, as many as `warmUp`
 * @param warmCpu milliseconds of CPU after which warming up may end earlier
 * @param prime one more before each counted walk, for caches that the others have evicted
 * @param per what a cost is divided by: pages, or items
 * @param ideal milliseconds that the walk would take if only the waits took time
 */
export async function compare({ ids, walk, runs, rounds, per, ideal, onSkip, ...warmth }) {
  const { warm = walk, prime = warm, warmUp, warmCpu = Infinity } = warmth;
  const samples = new Samples();
  let taking = ids;
  for (let run = 0; run < runs; run++) {
    const workers = [];
    try {
      for (const id of taking) workers.push(await startWorker(id));
      const warmed = await warmAll(workers, warm, { warmUp, warmCpu, onSkip });
      taking = warmed.map(({ id }) => id);
      for (let round = 0; round < rounds; round++) {
        for (const worker of shuffled(warmed, 1000 * run + round)) {
          await worker.walk(prime);
          const { cpu, wall } = await worker.walk(walk);
          samples.add(worker.id, run, { cpu: cpu / per, wall: wall / per, ideal: wall / 1000 / ideal });
        }
      }
    } finally {
      for (const worker of workers) worker.stop();
    }
  }
  return samples;
}

/** Walks in turn. Returns those that can: an option that this build does not know does not end the run. */
async function warmAll(workers, warm, { warmUp, warmCpu, onSkip }) {
  const spent = new Map(workers.map((worker) => [worker, 0]));
  for (let i = 0; i < warmUp; i++) {
    for (const worker of shuffled([...spent.keys()], i)) {
      if (spent.get(worker) > warmCpu * 1000) continue;
      try {
        const { cpu } = await worker.walk(warm);
        spent.set(worker, spent.get(worker) + cpu);
      } catch (error) {
        if (error.name !== 'ConfigError') throw error;
        spent.delete(worker);
        onSkip(worker.id, error.message);
      }
    }
  }
  return [...spent.keys()];
}
