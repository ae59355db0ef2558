import { describe, expect, it, jest } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { json, type Seen, serve } from '../support/server.js';
import { pagewise, repository } from './pagewise.js';

jest.setTimeout(60_000);

/** ESC, BEL, OSC, CSI in one byte, DEL, line breaks of every kind, a tab, and what reorders text. */
const hostile =
  '\u001b[31mx\u001b]0;title\u0007\u009b2J\u007f\u0085\u2028\u2029\u202e\u2066\r\nFORGED\n\t--resume-from';
/** The same in a header, which carries neither C0 controls nor anything beyond Latin-1. */
const inHeader = '\u009b2Jx\u0085\u009d0;title\u009c';
const inUrl = encodeURI(hostile);

const invisible = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

type Answer = (seen: Seen, response: ServerResponse, index: number) => void;
const body =
  (value: unknown, status = 200): Answer =>
  (_seen, response) =>
    json(response, value, status);
const text =
  (answer: string): Answer =>
  (_seen, response) =>
    void response.end(answer);
/** A first page, and then something else. */
const after =
  (first: unknown, second: Answer): Answer =>
  (seen, response, index) =>
    index === 0 ? json(response, first) : second(seen, response, index);

const page = ['--paging', 'page', '--items', 'items'];
const cursor = ['--paging', 'cursor', '--items', 'items', '--next', 'next'];
const url = ['--paging', 'next-url', '--items', 'items', '--next', 'next'];
const terminal = { env: { NODE_OPTIONS: '--import=data:text/javascript,process.stdout.isTTY=true' } };

const ways: readonly (readonly [what: string, args: readonly string[], answer: Answer])[] = [
  ['the excerpt of a body that is no JSON', page, text(`<html>${hostile}</html>`)],
  ['the excerpt of a whole line', page, text(hostile)],
  ['a key of a body without items', page, body({ [hostile]: 1, more: 2 })],
  ['a key of a body whose items are no array', page, body({ items: { [hostile]: 1 } })],
  ['items that are a text', page, body({ items: hostile })],
  ["the API's own message", page, body({ message: hostile }, 400)],
  ["the API's own message, nested", page, body({ error: { errors: [{ detail: hostile }] } }, 400)],
  ["the API's own message after a page", page, after({ items: [1] }, body({ message: hostile }, 400))],
  ['a check that reads a text', [...page, '--fail-if', 'error'], body({ error: hostile, items: [1] })],
  ['a total that is no number', [...page, '--total', 'total'], body({ items: [1], total: hostile })],
  ['has-more that is no boolean', [...page, '--has-more', 'more'], body({ items: [1], more: hostile })],
  ['a token that is an object', cursor, body({ items: [1], next: { [hostile]: hostile } })],
  ['a token that repeats', [...cursor, '-v'], body({ items: [1, 2], next: hostile })],
  ['the token to resume', [...cursor, '--max-pages', '1'], body({ items: [1], next: hostile })],
  ['the token to resume at a failure', cursor, after({ items: [1], next: hostile }, body({}, 400))],
  ['the token within a page', [...cursor, '--max-items', '1'], body({ items: [hostile, 2], next: hostile })],
  ['a next URL', [...url, '-v'], after({ items: [1], next: `/${hostile}` }, body({}, 404))],
  ['an escaped next URL', [...url, '-v'], after({ items: [1], next: `/${inUrl}` }, body({}, 404))],
  ['a next URL at another origin', url, body({ items: [1], next: `http://${hostile}.example/` })],
  ['a next URL that is none', url, body({ items: [1], next: `ht tp:${hostile}` })],
  ['a Link header', ['--paging', 'link', '-v'], (_seen, response) => {
    response.setHeader('link', `<http://127.0.0.1:1/${inHeader}>; rel="next"`);
    json(response, [1]);
  }],
  ['a total in a header', [...page, '--total', 'header:X-Total'], (_seen, response) => {
    response.setHeader('x-total', inHeader);
    json(response, { items: [1] });
  }],
  ['a redirect', page, (_seen, response) => {
    response.writeHead(302, { location: `http://other.example/${inHeader}` }).end();
  }],
  ['an unknown encoding', page, (_seen, response) => {
    response.setHeader('content-encoding', inHeader);
    json(response, { items: [1] });
  }],
  ['an unknown charset', page, (_seen, response) => {
    response.setHeader('content-type', `application/json; charset="${inHeader}"`);
    response.end('{"items":[1]}');
  }],
  ['skipped pages', [...page, '--skip-failed-pages', '2', '--size', '1', '-v'], (_seen, response, index) =>
    index === 0
      ? json(response, { items: [1] })
      : index < 3 ? response.end(hostile) : json(response, { items: [] })],
  ['a wait', [...page, '-v', '--retries', '1'], (_seen, response, index) =>
    index === 0 ? json(response, { message: hostile }, 503) : json(response, { items: [] })],
  ['what --explain found', ['--explain'], body({ [hostile]: [{ id: 1 }, { id: 2 }], next: hostile, total: 5 })],
  ['what --explain found in a page of one', ['--explain'], body({ [hostile]: [{ [hostile]: 1 }] })],
  ['what detection refused', [], body({ a: [{ [hostile]: 1 }], [hostile]: [{ id: 2 }], [`${hostile}2`]: [{ id: 3 }] })],
  ['detection of a text', [], body(hostile)],
  ['what detection found', [], (seen, response) => {
    const at = Number(seen.url.searchParams.get('page') ?? 1);
    json(response, { [hostile]: at > 2 ? [] : [{ id: at }], page: at, total_pages: 2 });
  }],
  ['a field in no column', ['--format', 'csv', ...page], after({ items: [{ a: 1 }] }, body({ items: [{ [hostile]: 1 }] }))],
  ['a field that is spelt like another', ['--fields', 'Name', ...page], body({ items: [{ [`name${hostile}`]: 1, name: hostile }] })],
]; // prettier-ignore

describe('H5 what a server sends reaches a terminal only as visible text', () => {
  it.each(ways)('H5 %s', async (_what, args, answer) => {
    const server = await serve(answer);
    const run = await pagewise([server.url, '--retries', '0', ...args]);
    const shown = args.includes('--explain') ? run.stdout + run.stderr : run.stderr;
    expect(shown).not.toBe('');
    expect(invisible.exec(shown)).toBeNull();
    expect(shown).not.toMatch(/^\s*(FORGED|--resume-from(?! '))/m);
  });

  it('H5 everything on stderr is written by say, apart from progress, which is made of numbers', () => {
    const files = readdirSync(join(repository, 'lib/cli'), { recursive: true, encoding: 'utf8' });
    const writers = files.filter(
      (file) =>
        file.endsWith('.ts') && readFileSync(join(repository, 'lib/cli', file), 'utf8').includes('stderr.write'),
    );
    expect(writers.sort()).toEqual(['terminal/progress.ts', 'terminal/say.ts']);
  });

  it('H5 a token whose control characters are escaped is the same token', async () => {
    const answer: Answer = (seen, response) =>
      json(response, { items: [1], ...(seen.url.searchParams.has('cursor') ? {} : { next: hostile }) });
    const server = await serve(answer);
    const { token = '' } = await pagewise([server.url, ...cursor, '--max-pages', '1']);
    expect(token).toContain('\\u009b');
    await pagewise([server.url, ...cursor, '--resume-from', token]);
    expect(server.seen.at(-1)?.url.searchParams.get('cursor')).toBe(hostile);
  });

  it.each(['ndjson', 'json', 'csv'])('H5 %s on a terminal: visible text, and no line that it did not have', async (format) => {
    const server = await serve(body({ items: [{ id: 1, [hostile]: hostile }, { id: 2, [hostile]: 'Zoë 👩‍👩‍👧' }] }));
    const args = [server.url, '--paging', 'none', '--items', 'items', '--format', format];
    const shown = await pagewise(args, terminal);
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('Zoë 👩‍👩‍👧') });
    const lines = shown.stdout.split(/\r?\n/);
    for (const line of lines) expect(/(?!\u200d)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.exec(line)).toBeNull();
    expect(lines).toHaveLength({ ndjson: 3, json: 5, csv: 4 }[format] ?? 0);
    const piped = await pagewise(args);
    expect(piped.stdout).toContain('\u009b2J');
    if (format === 'csv') expect(piped.stdout).toContain('\u001b[31m');
    else expect(JSON.parse(shown.stdout.split('\n')[format === 'json' ? 1 : 0]?.replace(/,$/, '') ?? '')).toEqual({ id: 1, [hostile]: hostile });
  }); // prettier-ignore
});
