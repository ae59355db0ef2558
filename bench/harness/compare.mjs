import { Samples } from './samples.mjs';
import { shuffled } from './shuffled.mjs';
import { startWorker } from './start-worker.mjs';

/**
 * Side by side: every contender in a process of its own, all of them in each round, in an order of its own, for who is
 * before one matters. A run starts the processes anew. They also warm up in turn: one that has waited for some seconds
 * was seen to cost twice as much for thousands of pages.
 * @param walk what each walk is: its parameters for harness/asks.mjs
 * @param warm walks that are not counted, as many as `warmUp`
 * @param prime one more before each that is counted, for caches that the others have taken
 * @param per what a cost is divided by: pages, or items
 * @param ideal milliseconds that the walk would take where nothing but the waits took any
 */
export async function compare({ ids, walk, warm = walk, prime = warm, warmUp, runs, rounds, per, ideal, onSkip }) {
  const samples = new Samples();
  const skipped = new Set();
  for (let run = 0; run < runs; run++) {
    let workers = [];
    try {
      for (const id of ids) if (!skipped.has(id)) workers.push(await startWorker(id));
      for (let i = 0; i < warmUp; i++) {
        for (const worker of shuffled(workers, i)) {
          try {
            await worker.walk(warm);
          } catch (error) {
            // An option that this build does not know.
            if (error.name !== 'ConfigError') throw error;
            skipped.add(worker.id);
            worker.stop();
            onSkip(worker.id, error.message);
          }
        }
        workers = workers.filter(({ id }) => !skipped.has(id));
      }
      for (let round = 0; round < rounds; round++) {
        for (const worker of shuffled(workers, 1000 * run + round)) {
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
