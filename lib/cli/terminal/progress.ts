import type { WriteStream } from 'node:tty';
import type { Tally } from '../output/tally.js';
import { counted, retried } from './words.js';

/** Progress on stderr. */
export interface Progress {
  /** Makes room for other text on the terminal; the next redraw shows the line again. */
  hide(): void;
  stop(): void;
}

export const noProgress: Progress = { hide: () => undefined, stop: () => undefined };

/** What a run does at the moment. */
export interface Doing {
  readonly tally: Tally;
  /** What shows that it moves. */
  readonly count: 'requests' | 'pages';
  readonly text: (tally: Tally, now: number) => string;
}

export const detecting = (tally: Tally): Doing => ({ tally, count: 'requests', text: detectionText });
export const delivering = (tally: Tally): Doing => ({ tally, count: 'pages', text: progressText });

/** On a terminal, one line that is redrawn; elsewhere, at most one line per second. */
export const startProgress = (doing: Doing, stderr: WriteStream): Progress =>
  stderr.isTTY ? redrawnLine(doing, stderr) : plainLines(doing, stderr);

function redrawnLine({ tally, text }: Doing, stderr: WriteStream): Progress {
  let shown = '';
  const show = (text: string) => {
    if (text === shown) return;
    // Spaces overwrite the rest of a longer line. That works on every terminal.
    stderr.write(`\r${text.padEnd(shown.length)}${text === '' ? '\r' : ''}`);
    shown = text;
  };
  const hide = () => {
    show('');
  };
  const timer = setInterval(() => {
    show(text(tally, performance.now()).slice(0, (stderr.columns || 80) - 1));
  }, 100).unref();
  return {
    hide,
    stop() {
      clearInterval(timer);
      hide();
    },
  };
}

function plainLines({ tally, count, text }: Doing, stderr: WriteStream): Progress {
  let shown = 0;
  const timer = setInterval(() => {
    if (tally[count] === shown && !tally.wait) return;
    shown = tally[count];
    stderr.write(`${text(tally, performance.now())}\n`);
  }, 1000).unref();
  return {
    hide: () => undefined,
    stop() {
      clearInterval(timer);
    },
  };
}

/** Progress as one line: a bar if a total is known, the counts, and the rate or the reason of a wait. */
export function progressText(tally: Tally, now: number): string {
  const { pages, items, received, pagesBefore, itemsBefore, retries, total, wait } = tally;
  const seconds = (now - tally.started) / 1000;
  const done = itemsBefore + received;
  const before = pagesBefore > 0 ? ` after ${counted(pagesBefore, 'page')}, ${counted(itemsBefore, 'item')}` : '';
  const counts = `${bar(done, total)}${counted(pages, 'page')}, ${counted(items, 'item')}${before}`;
  const waiting = waitText(wait, now);
  if (waiting !== '') return counts + waiting;
  const rate = Math.round(items / seconds).toLocaleString('en-US');
  const ahead = total === undefined || received === 0 ? 0 : ((total - done) / received) * seconds;
  return `${counts}, ${rate} items/s${ahead > 0 ? `, ${duration(ahead)} left` : ''}${retries > 0 ? `, ${retried(retries)}` : ''}`;
}

/** What detection is doing: until it is done, there are no pages. */
export function detectionText({ requests, retries, wait }: Tally, now: number): string {
  if (requests === 0) return '';
  const counts = retries > 0 ? `${counted(requests, 'request')}, ${retried(retries)}` : counted(requests, 'request');
  return `Detecting how the API pages: ${counts}${waitText(wait, now)}`;
}

function waitText(wait: Tally['wait'], now: number): string {
  const left = wait ? Math.ceil((wait.until - now) / 1000) : 0;
  return wait && left > 0 ? `, waiting ${left} s ${wait.reason}` : '';
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
