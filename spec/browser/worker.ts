// A walk in a Web Worker, by the recipe of docs/browser.md.
import { pagesFromWorker } from '../recipes/worker/pages-from-worker.js';

export const worker = {
  async fromWorker(script: string, url: string, most: number) {
    const file = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
    const titles: string[] = [];
    let total: number | undefined;
    let pages = 0;
    try {
      for await (const page of pagesFromWorker<{ title: string }>(new Worker(file), { url })) {
        titles.push(...page.items.map(({ title }) => title));
        total = page.total;
        if (++pages === most) break;
      }
    } catch (error) {
      const { name, message } = error as Error;
      return { titles, total, failed: `${name}: ${message}` };
    }
    return { titles, total };
  },
};
