import { Samples } from './samples.mjs';
import { shuffled } from './shuffled.mjs';
import { startWorker } from './start-worker.mjs';

/**
 * Side by side, as `compare`, but each walk is the first one of a new process: what it costs before anything is
 * compiled and optimised. The import is not included.
 */
export async function compareFresh({ ids, walk, runs, rounds, per }) {
  const samples = new Samples();
  for (let run = 0; run < runs; run++)
    for (let round = 0; round < rounds; round++)
      for (const id of shuffled(ids, 1000 * run + round)) {
        const worker = await startWorker(id);
        try {
          const { cpu, wall } = await worker.walk(walk);
          samples.add(id, run, { cpu: cpu / per, wall: wall / per });
        } finally {
          worker.stop();
        }
      }
  return samples;
}
