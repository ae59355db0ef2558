import { Samples } from './samples.mjs';
import { shuffled } from './shuffled.mjs';
import { startWorker } from './start-worker.mjs';

/**
 * Side by side: every contender in a process of its own, all of them in each round, in an order of its own, for who is
 * before one matters. A run starts the processes anew.
 * @param walk what each walk is: its parameters for harness/asks.mjs
 * @param warmUp walks that are not counted, with `warm` instead of `walk` where it is given
 * @param per what a cost is divided by: pages, or items
 * @param ideal milliseconds that the walk would take where nothing but the waits took any
 */
export async function compare({ ids, walk, warm = walk, warmUp, runs, rounds, per, ideal, onSkip }) {
  const samples = new Samples();
  const skipped = new Set();
  for (let run = 0; run < runs; run++) {
    const workers = [];
    try {
      for (const id of shuffled(ids, run).filter((each) => !skipped.has(each))) {
        const worker = await startWorker(id);
        workers.push(worker);
        try {
          for (let i = 0; i < warmUp; i++) await worker.walk(warm);
        } catch (error) {
          // An option that this build does not know.
          if (error.name !== 'ConfigError') throw error;
          skipped.add(id);
          onSkip(id, error.message);
        }
      }
      const taking = workers.filter(({ id }) => !skipped.has(id));
      for (let round = 0; round < rounds; round++) {
        for (const worker of shuffled(taking, round)) {
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
