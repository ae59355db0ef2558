import type { Tally } from './tally.js';
import { counted, retried } from './words.js';

/** Progress as one line: a bar where a total is known, the counts, and the rate or what is waited for. */
export function progressText(tally: Tally, now: number): string {
  const { pages, items, received, pagesBefore, itemsBefore, retries, total, wait } = tally;
  const seconds = (now - tally.started) / 1000;
  const done = itemsBefore + received;
  const before = pagesBefore > 0 ? ` after ${counted(pagesBefore, 'page')}, ${counted(itemsBefore, 'item')}` : '';
  const counts = `${bar(done, total)}${counted(pages, 'page')}, ${counted(items, 'item')}${before}`;
  const left = wait ? Math.ceil((wait.until - now) / 1000) : 0;
  if (wait && left > 0) return `${counts}, waiting ${left} s for the ${wait.reason}`;
  const rate = Math.round(items / seconds).toLocaleString('en-US');
  const ahead = total === undefined || received === 0 ? 0 : ((total - done) / received) * seconds;
  return `${counts}, ${rate} items/s${ahead > 0 ? `, ${duration(ahead)} left` : ''}${retries > 0 ? `, ${retried(retries)}` : ''}`;
}

/** `12 s`, `3 min`, `1 h 5 min` */
function duration(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60).toLocaleString('en-US')} h ${minutes % 60} min`;
}

const width = 20;

function bar(done: number, total: number | undefined): string {
  if (total === undefined || total === 0) return '';
  const share = Math.min(1, done / total);
  const filled = Math.floor(share * width);
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `[${'='.repeat(filled)}${' '.repeat(width - filled)}] ${percent}%  `;
}
