import type { WriteStream } from 'node:tty';
import { progressText } from './progress-text.js';
import type { Tally } from './tally.js';

/** Progress on stderr. */
export interface Progress {
  /** Makes room for other text on the terminal; the next redraw shows the line again. */
  hide(): void;
  stop(): void;
}

export const noProgress: Progress = { hide: () => undefined, stop: () => undefined };

/** One line that is redrawn on a terminal, a line now and then elsewhere. */
export const startProgress = (tally: Tally, stderr: WriteStream): Progress =>
  stderr.isTTY ? redrawnLine(tally, stderr) : plainLines(tally, stderr);

function redrawnLine(tally: Tally, stderr: WriteStream): Progress {
  let shown = '';
  const show = (text: string) => {
    if (text === shown) return;
    // Spaces over what a longer line leaves: no terminal is too dumb for that.
    stderr.write(`\r${text.padEnd(shown.length)}${text === '' ? '\r' : ''}`);
    shown = text;
  };
  const hide = () => {
    show('');
  };
  const timer = setInterval(() => {
    show(progressText(tally, performance.now()).slice(0, (stderr.columns || 80) - 1));
  }, 100).unref();
  return {
    hide,
    stop() {
      clearInterval(timer);
      hide();
    },
  };
}

function plainLines(tally: Tally, stderr: WriteStream): Progress {
  let pages = 0;
  const timer = setInterval(() => {
    if (tally.pages === pages && !tally.wait) return;
    pages = tally.pages;
    stderr.write(`${progressText(tally, performance.now())}\n`);
  }, 1000).unref();
  return {
    hide: () => undefined,
    stop() {
      clearInterval(timer);
    },
  };
}
