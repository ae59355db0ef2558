import { Samples } from '../harness/samples.mjs';
import { startWorker } from '../harness/start-worker.mjs';
import { cost } from './columns.mjs';

// By the page only, since the heap is measured between pages.
const taking =
  /^(undici|cross-fetch-signal|native-fetch|expand|azure|stainless|pagewise|pagewise-rx|pagewise-undici)(#again)?$/;

export const longRun = {
  id: 'long-run',
  title: 'One walk of 20,000 pages of 128 items',
  quickTitle: 'One walk of 3,000 pages of 128 items',
  kind: 'number',
  columns: [cost('heap growth, bytes a page', 'heap'), cost('peak RSS, MB', 'rss')],
  controls: ['cross-fetch-signal#again'],
  quick: true,
  async run({ isQuick, isNarrow, ids, origin }) {
    const samples = new Samples();
    const params = { origin, kind: 'number', pages: isQuick ? 3000 : 20_000, size: 128 };
    for (const id of ids.filter((each) => (isNarrow ? /^(cross-fetch-signal|pagewise)$/ : taking).test(each))) {
      const cost = {};
      // In separate processes: collecting the heap to measure it also keeps it small.
      for (const measure of ['heap', 'rss']) {
        const worker = await startWorker(id, { gc: measure === 'heap' });
        try {
          Object.assign(cost, await worker.walk(params, measure));
        } finally {
          worker.stop();
        }
      }
      samples.add(id, 0, cost);
    }
    return samples;
  },
};
