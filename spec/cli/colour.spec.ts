// Colour on stderr: when it is used, for what, and that stdout never has any.
import { describe, expect, it } from '@jest/globals';
import { inColour, isColoured, type Paint } from '../../lib/cli/terminal/colour.js';
import { json, numbered, serve } from '../support/server.js';
import { command, pagewise, start, temporaryFolder } from './pagewise.js';

const paged = ['--paging', 'page', '--size', '10', '--items', 'items'];
const escape = '\u001b[';
const red = `${escape}1m${escape}31mpagewise:${escape}39m${escape}22m`;

/** Without what the machine that runs the tests says. */
const unset = { CI: '', NO_COLOR: '', TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' };

describe('whether stderr is in colour', () => {
  const [tty, pipe] = [{ isTTY: true }, { isTTY: false }];
  it.each<[string, boolean, Parameters<typeof isColoured>]>([
    ['a terminal', true, [tty, {}, 'auto']],
    ['a pipe', false, [pipe, {}, 'auto']],
    ['a stream that does not say', false, [{}, {}, 'auto']],
    ['NO_COLOR', false, [tty, { NO_COLOR: '1' }, 'auto']],
    ['an empty NO_COLOR, which means nothing', true, [tty, { NO_COLOR: '' }, 'auto']],
    ['NODE_DISABLE_COLORS', false, [tty, { NODE_DISABLE_COLORS: '1' }, 'auto']],
    ['TERM=dumb', false, [tty, { TERM: 'dumb' }, 'auto']],
    ['FORCE_COLOR on a pipe', true, [pipe, { FORCE_COLOR: '1' }, 'auto']],
    ['FORCE_COLOR without a value', true, [pipe, { FORCE_COLOR: '' }, 'auto']],
    ['FORCE_COLOR=0', false, [tty, { FORCE_COLOR: '0' }, 'auto']],
    ['FORCE_COLOR=false', false, [tty, { FORCE_COLOR: 'false' }, 'auto']],
    ['FORCE_COLOR before NO_COLOR, as in Node', true, [pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }, 'auto']],
    ['--color always', true, [pipe, { NO_COLOR: '1', FORCE_COLOR: '0', TERM: 'dumb' }, 'always']],
    ['--color never', false, [tty, { FORCE_COLOR: '1' }, 'never']],
  ])('%s: %s', (_what, expected, args) => {
    expect(isColoured(...args)).toBe(expected);
  });
});

describe('a line in colour', () => {
  const marked: Paint = (style, text) => `<${style}>${text}</${style}>`;
  it.each([
    ['pagewise: Page 1 failed: 503', '<problem>pagewise:</problem> Page 1 failed: 503'],
    ['pagewise: --rate x: give one, or see --help', '<problem>pagewise:</problem> <typed>--rate</typed> x: give one, or see <typed>--help</typed>'],
    ['To start over, add --on-expired restart, or -q.', 'To start over, add <typed>--on-expired</typed> restart, or <typed>-q</typed>.'],
    ["  --resume-from '{\"--a\": 1}'", "<typed>  --resume-from</typed> '{\"--a\": 1}'"],
    ['The API says: add --force', '<label>The API says:</label> add --force'],
    ['  Page 2 failed: 500; the API says: use -x 12', '  Page 2 failed: 500; the API says: use -x 12'],
    ['1,234 pages, 5 items, 2.5 s', '<number>1,234</number> pages, <number>5</number> items, <number>2.5</number> s'],
    ['Written before the failure: 1 page, 5 items', 'Written before the failure: <number>1</number> page, <number>5</number> items'],
    ['> page 1: GET https://x.example/a?page=1', '<aside>> </aside>page 1: GET https://x.example/a?page=1'],
    ['< page 1: 200 after 5 ms', '<aside>< page 1: </aside><good>200</good><aside> after 5 ms</aside>'],
    ['< page 1: 503 after 5 ms', '<aside>< page 1: </aside><bad>503</bad><aside> after 5 ms</aside>'],
    ['  waits 1.0 s before a retry', '<waiting>  waits 1.0 s before a retry</waiting>'],
    ['a-b well-known --- - x--y', 'a-b well-known --- - x--y'],
    ['', ''],
  ])('%s', (line, expected) => {
    expect(inColour(line, marked)).toBe(expected);
  }); // prettier-ignore
});

describe('the command in colour', () => {
  const failing = () => serve((_seen, response) => json(response, { message: '\u001b[31mhostile' }, 500));

  it('errors, numbers and hints on a terminal, and never what is written to stdout', async () => {
    const server = await serve(numbered(15));
    const file = `${temporaryFolder()}/out`;
    const typed = `'${process.execPath}' '${command}' '${server.url}' ${paged.join(' ')} --max-pages 1 >'${file}'; cat '${file}' | od -c | grep -c 033; '${process.execPath}' '${command}' --hedaer`;
    const { stdout } = await start('script', ['-qec', typed, '/dev/null'], { env: unset }).ended;
    expect(stdout).toContain(`${escape}1m1${escape}22m page, ${escape}1m10${escape}22m items, `);
    expect(stdout).toContain(`${escape}36m  --resume-from${escape}39m '{`);
    expect(stdout).toMatch(/\r\n0\r\n/); // No escape in the data.
    expect(stdout).toContain(`${red} unknown option`);
    expect(stdout).toContain(`${escape}36m--header${escape}39m`);
  });

  it('follows --color, NO_COLOR and FORCE_COLOR, also for errors of flags', async () => {
    const server = await failing();
    const args = [server.url, ...paged, '--retries', '0'];
    const coloured = async (more: readonly string[], env: NodeJS.ProcessEnv = {}) => {
      const { stderr, stdout } = await pagewise([...args, ...more], { env: { ...unset, ...env } });
      expect(stdout).toBe('');
      expect(stderr).toContain('pagewise:');
      return stderr.includes(red);
    };
    expect(await coloured([])).toBe(false);
    expect(await coloured(['--color', 'always'], { NO_COLOR: '1' })).toBe(true);
    expect(await coloured(['--color=always', '--nothing'])).toBe(true);
    expect(await coloured(['--color', 'always', '--color', 'never'], { FORCE_COLOR: '1' })).toBe(false);
    expect(await coloured([], { FORCE_COLOR: '1' })).toBe(true);
    expect(await coloured([], { FORCE_COLOR: '0' })).toBe(false);
    const wrong = await pagewise([...args, '--color', 'sometimes']);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('auto, always, never') });
    expect(server.seen.length).toBeGreaterThan(0);
  });

  it('has no colour of the server', async () => {
    const server = await failing();
    const { stderr } = await pagewise([server.url, ...paged, '--retries', '0', '--color', 'always'], { env: unset });
    expect(stderr).toContain('The API says:');
    expect(stderr).not.toContain('\u001b[31mhostile');
  });

  it('keeps help, --explain and rows plain, whatever is asked for', async () => {
    const server = await serve(numbered(15));
    for (const args of [['help', 'flags'], ['profiles'], [server.url, ...paged, '--explain'], [server.url, ...paged]]) {
      const { stdout } = await pagewise([...args, '--color', 'always'], { env: { ...unset, FORCE_COLOR: '1' } });
      expect(stdout).not.toBe('');
      expect(stdout).not.toContain(escape);
    }
  });
});
