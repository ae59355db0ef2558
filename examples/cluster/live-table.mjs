// Shows the partitions as they change: a table on a terminal, and otherwise a line when one changes hands or state.
import { styleText } from 'node:util';

const colours = { waiting: 'dim', delayed: 'yellow', active: 'cyan', failed: 'red', completed: 'green' };

const bar = (share) => '█'.repeat(Math.round(share * 10)).padEnd(10, '·');
const line = (key, progress, pages, rows, starts, worker) =>
  `${key.padEnd(12)} ${progress.padEnd(21)} ${[pages, rows, starts].map((cell) => String(cell).padStart(6)).join(' ')}  ${worker}`;

/** @returns a function that shows partitions, and below them lines of text */
export function liveTable(out = process.stdout) {
  let drawn = 0;
  const known = new Map();

  function draw(partitions, notes) {
    const rows = partitions.map(({ key, state, pages, rows, share, starts, worker }) => {
      const text = line(key, `${bar(share)} ${state}`, pages, rows, starts, worker);
      return process.env.NO_COLOR ? text : styleText(colours[state], text);
    });
    const fitting = notes.map((note) => note.slice(0, out.columns - 1));
    const lines = [line('partition', 'state', 'pages', 'rows', 'starts', 'worker'), ...rows, '', ...fitting];
    // Back to the first line of the table that is there: each line is overwritten, and nothing flickers.
    const up = drawn > 0 ? `\x1b[${drawn}A` : '';
    out.write(up + lines.map((each) => `${each}\x1b[K\n`).join(''));
    drawn = lines.length;
  }

  function report(partitions, notes) {
    for (const { key, state, pages, rows, starts, worker } of partitions) {
      const now = `${key}: ${state}${worker && ` on ${worker}`}${starts > 1 ? `, start ${starts}` : ''}`;
      if (known.get(key) !== now) out.write(`${now}, ${pages} pages, ${rows} rows\n`);
      known.set(key, now);
    }
    for (const note of notes) {
      if (!known.has(note)) out.write(`${note}\n`);
      known.set(note);
    }
  }

  return out.isTTY ? draw : report;
}
