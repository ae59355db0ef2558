import type { WriteStream } from 'node:tty';
import type { Tally } from '../output/tally.js';
import { isColoured, painted, unpainted } from './colour.js';
import { type Doing, progressLine } from './progress-line.js';

/** Progress on stderr. */
export interface Progress {
  /** Makes room for other text on the terminal, until `show`. */
  hide(): void;
  /** Shows the line again, below that text. */
  show(): void;
  stop(): void;
}

export const noProgress: Progress = { hide: () => undefined, show: () => undefined, stop: () => undefined };

export const detecting = (tally: Tally, attempts: number): Doing => ({ tally, attempts, detects: true });
export const delivering = (tally: Tally, attempts: number): Doing => ({ tally, attempts, detects: false });

type Environment = NodeJS.ProcessEnv;

/** Whether a line can be drawn over on a stream: not in a log of CI, nor on a terminal that knows no control characters. */
const canRedraw = ({ isTTY }: Pick<WriteStream, 'isTTY'>, { TERM, CI = '' }: Environment): boolean =>
  isTTY && TERM !== 'dumb' && !isSet(CI);

const isSet = (flag: string): boolean => flag !== '' && !/^(0|false)$/i.test(flag);

/** Whether progress is shown if no flag says so: to a person, and not in the log of CI that runs on a terminal. */
export const isWatched = ({ isTTY }: Pick<WriteStream, 'isTTY'>, { CI = '' }: Environment = process.env): boolean =>
  isTTY && !isSet(CI);

/** On a terminal, one line that is redrawn; elsewhere, at most one line per second. */
export const startProgress = (doing: Doing, stderr: WriteStream): Progress =>
  canRedraw(stderr, process.env) ? redrawnLine(doing, stderr) : plainLines(doing, stderr);

// From the start of the line to its end: what is left of a longer line, or of one that a narrower window has wrapped.
const cleared = '\r\u001b[K';

function redrawnLine(doing: Doing, stderr: WriteStream): Progress {
  let shown = '';
  const paint = isColoured(stderr) ? painted : unpainted;
  const spinner = spinnerFor(process.env);
  const draw = (text: string) => {
    if (text === shown) return;
    stderr.write(shown === '' ? text : cleared + text);
    shown = text;
  };
  let hidden = false;
  const redraw = () => {
    // A line that fills the last column would wrap.
    if (!hidden) draw(progressLine(doing, performance.now(), { columns: (stderr.columns || 80) - 1, spinner, paint }));
  };
  const hide = () => {
    hidden = true;
    draw('');
  };
  const timer = setInterval(redraw, 100).unref();
  stderr.on('resize', redraw);
  return {
    hide,
    show() {
      hidden = false;
      redraw();
    },
    stop() {
      clearInterval(timer);
      stderr.off('resize', redraw);
      hide();
    },
  };
}

/** Braille where the locale can write it. */
const spinnerFor = ({ LC_ALL, LC_CTYPE, LANG, WT_SESSION }: Environment): readonly string[] =>
  /utf-?8/i.test([LC_ALL, LC_CTYPE, LANG].find((name) => (name ?? '') !== '') ?? '') || WT_SESSION !== undefined
    ? ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
    : ['|', '/', '-', '\\'];

function plainLines(doing: Doing, stderr: WriteStream): Progress {
  const { tally } = doing;
  const paint = isColoured(stderr) ? painted : unpainted;
  let shown = 0;
  const timer = setInterval(() => {
    const moved = tally.requests + tally.pages;
    if (moved === shown && !tally.wait) return;
    shown = moved;
    const line = progressLine(doing, performance.now(), { paint });
    if (line !== '') stderr.write(`${line}\n`);
  }, 1000).unref();
  return {
    ...noProgress,
    stop() {
      clearInterval(timer);
    },
  };
}
