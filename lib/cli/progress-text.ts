import type { Tally } from './tally.js';
import { counted, retried } from './words.js';

/** Progress as one line: a bar where a total is known, the counts, and the rate or what is waited for. */
export function progressText(tally: Tally, now: number): string {
  const { pages, items, itemsBefore, retries, total, wait } = tally;
  const seconds = (now - tally.started) / 1000;
  const rate = Math.round(items / seconds);
  const left = wait ? Math.ceil((wait.until - now) / 1000) : 0;
  const counts = `${bar(itemsBefore + items, total)}${counted(pages, 'page')}, ${counted(items, 'item')}`;
  if (wait && left > 0) return `${counts}, waiting ${left} s for the ${wait.reason}`;
  return `${counts}, ${rate.toLocaleString('en-US')} items/s${retries > 0 ? `, ${retried(retries)}` : ''}`;
}

const width = 20;

function bar(done: number, total: number | undefined): string {
  if (total === undefined || total === 0) return '';
  const share = Math.min(1, done / total);
  const filled = Math.floor(share * width);
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `[${'='.repeat(filled)}${' '.repeat(width - filled)}] ${percent}%  `;
}
