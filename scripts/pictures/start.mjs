// What `npm start` shows, as an SVG: run on a pseudo-terminal, and drawn as that has it at the end.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const columns = 92;
const [charWidth, lineHeight, fontSize] = [8.1, 20, 13.5];
const [left, top] = [20, 52];

/** On dark ground, of which each has a contrast of 7 or more. */
const colors = {
  31: '#ff9b93',
  32: '#8ddb8c',
  33: '#f0c674',
  34: '#9ecbff',
  35: '#d8b4fe',
  36: '#7fd6e0',
  90: '#a8b3bd',
};

/** The text that `npm start` writes to a terminal, with its control sequences. */
async function record() {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const typed = `stty cols ${columns} rows 60; '${process.execPath}' scripts/start.mjs`;
  const env = { ...process.env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', CI: '' };
  delete env.NO_COLOR;
  delete env.FORCE_COLOR;
  const child = spawn('script', ['-qec', typed, '/dev/null'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks = await child.stdout.setEncoding('utf8').toArray();
  if (child.exitCode === null) await new Promise((resolve) => child.once('close', resolve));
  if (child.exitCode !== 0) throw new Error(`npm start: exit code ${child.exitCode}\n${chunks.join('')}`);
  return chunks.join('');
}

/** The lines of a terminal after a text: each a list of cells with their style. */
function screen(text) {
  const lines = [[]];
  let [line, column, style] = [0, 0, {}];
  // At a space, which is easier to read than what a terminal does.
  const wrap = () => {
    const cut = lines[line].findLastIndex(({ char }) => char === ' ') + 1;
    lines[++line] = lines[line - 1].splice(cut);
    column = lines[line].length;
  };
  const put = (char) => {
    if (column === columns) wrap();
    const cells = (lines[line] ??= []);
    while (cells.length < column) cells.push({ char: ' ', style: {} });
    cells[column++] = { char, style };
  };
  // eslint-disable-next-line no-control-regex
  for (const [, parameters, command, char] of text.matchAll(/\u001b\[([?\d;]*)([A-Za-z])|([^])/gu)) {
    if (char === '\n') lines[++line] ??= [];
    else if (char === '\r') column = 0;
    else if (char !== undefined) put(char);
    else if (command === 'K') (lines[line] ??= []).length = Math.min(lines[line].length, column);
    else if (command === 'A') line -= Number(parameters || 1);
    else if (command === 'm') for (const code of parameters.split(';')) style = styled(style, Number(code));
    else if (!'hl'.includes(command)) throw new Error(`unknown control sequence: ${parameters}${command}`);
  }
  return lines;
}

function styled(style, code) {
  if (code === 0) return {};
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 39) return { ...style, color: undefined };
  if (code in colors) return { ...style, color: colors[code] };
  throw new Error(`unknown style: ${code}`);
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** A line in parts of one style each. Each begins in its column, whatever font the reader has. */
function drawn(cells, y) {
  const parts = [];
  for (const [at, { char, style }] of cells.entries()) {
    const last = parts.at(-1);
    if (last && same(last.style, style)) last.text += char;
    else parts.push({ at, style, text: char });
  }
  const spans = parts
    .filter(({ text }) => text.trim() !== '')
    .map(({ at, style, text }) => {
      const skipped = text.length - text.trimStart().length;
      const shown = text.trim();
      const fill = style.color ?? (style.dim ? colors[90] : undefined);
      const looks = `${fill ? ` fill="${fill}"` : ''}${style.bold ? ' font-weight="700"' : ''}`;
      const x = (left + (at + skipped) * charWidth).toFixed(1);
      return `<tspan x="${x}" textLength="${(shown.length * charWidth).toFixed(1)}"${looks}>${escaped(shown)}</tspan>`;
    });
  return spans.length === 0 ? '' : `<text y="${y}">${spans.join('')}</text>`;
}

const same = (a, b) => a.color === b.color && Boolean(a.bold) === Boolean(b.bold) && Boolean(a.dim) === Boolean(b.dim);

export async function pictureStart() {
  const text = (await record()).replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:8080');
  const lines = screen(`\u001b[2m$\u001b[22m \u001b[1mnpm start\u001b[22m\r\n\r\n${text}`);
  while (lines.at(-1).every(({ char }) => char === ' ')) lines.pop();
  const width = Math.ceil(left * 2 + columns * charWidth);
  const height = top + lines.length * lineHeight;
  const words = lines.map((cells) => cells.map(({ char }) => char).join('').trimEnd()).filter(Boolean); // prettier-ignore
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">npm start on a terminal</title>
<desc id="desc">${escaped(words.join('\n'))}</desc>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="10" fill="#161b20" stroke="#3a434c"/>
<g fill="#4a545e"><circle cx="22" cy="20" r="6"/><circle cx="42" cy="20" r="6"/><circle cx="62" cy="20" r="6"/></g>
<g fill="#e6e9ec" font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace" font-size="${fontSize}" xml:space="preserve">
${lines.map((cells, i) => drawn(cells, top + i * lineHeight)).filter(Boolean).join('\n')}
</g>
</svg>
`; // prettier-ignore
}
