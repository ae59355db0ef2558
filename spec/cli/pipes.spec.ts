import { describe, expect, it, jest } from '@jest/globals';
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { json, numbered, rows, serve, settle, until } from '../support/server.js';
import { pagewise, type Running, start, startPagewise, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

const paged = ['--paging', 'page', '--items', 'items', '--size', '10'];
const signals = [
  ['SIGTERM', 143],
  ['SIGINT', 130],
  ['SIGHUP', 129],
] as const;

/** A named pipe in a folder of its own. */
function makePipe(name = 'pipe') {
  const path = join(temporaryFolder(), name);
  execFileSync('mkfifo', [path]);
  return path;
}

/** Opens the reading end of a pipe, for a reader that reads the first byte and nothing after that. */
function startReader(path: string) {
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const begun = () => {
    try {
      return readSync(reader, Buffer.alloc(1)) === 1;
    } catch {
      return false;
    }
  };
  return { isWritten: () => until('the first byte arrives', begun), close: () => closeSync(reader) };
}

const waits = ({ stderr }: Running) =>
  until('it waits for a reader', () => stderr().includes('waiting for its reader'));

describe('H3 an output that is a pipe', () => {
  describe.each(signals)('%s', (signal, code) => {
    it.each(['-o', '--report'])(`ends a run that waits for a reader of %s with ${code}`, async (flag) => {
      const server = await serve(numbered(20));
      const pipe = makePipe();
      const running = startPagewise([server.url, ...paged, flag, pipe]);
      await waits(running);
      running.child.kill(signal);
      const { code: ended, stderr } = await running.ended;
      expect(ended).toBe(code);
      expect(stderr.split('waiting for its reader')).toHaveLength(2);
      expect(stderr).toContain(`${pipe} is a pipe that nothing reads; waiting for its reader.\n`);
      expect(stderr).toContain('pagewise: interrupted');
      // Nothing is requested for an output that nobody reads.
      expect(server.seen).toHaveLength(flag === '-o' ? 0 : 3);
    }); // prettier-ignore

    it(`ends a run whose reader has stopped reading with ${code}`, async () => {
      const server = await serve(({ url }, response) =>
        json(response, { items: url.searchParams.get('page') === '1' ? ['x'.repeat(200_000)] : [] }),
      );
      const pipe = makePipe();
      const reader = startReader(pipe);
      const running = startPagewise([server.url, ...paged, '-o', pipe]);
      await reader.isWritten();
      running.child.kill(signal);
      await until('it notices', () => running.stderr().includes('interrupt again'));
      running.child.kill(signal);
      const { code: ended, stderr } = await running.ended;
      expect(ended).toBe(code);
      expect(stderr).toContain('Page 1 was being written');
      reader.close();
    });

    it(`ends a run whose reader of --har has stopped reading with ${code}, after all pages`, async () => {
      const server = await serve(numbered(2000));
      const pipe = makePipe();
      const reader = startReader(pipe);
      const output = `${pipe}.ndjson`;
      const running = startPagewise([server.url, ...paged, '--har', pipe, '-o', output]);
      await reader.isWritten();
      expect(readFileSync(output, 'utf8')).toBe(rows(2000).map((row) => `${row}
`).join('')); // prettier-ignore
      running.child.kill(signal);
      expect((await running.ended).code).toBe(code);
      reader.close();
    });
  });

  it('receives everything, however slow its reader is, and whenever it comes', async () => {
    const server = await serve(numbered(30_000));
    const [output, har] = [makePipe(), makePipe()];
    const slowly = `let text = ''; for await (const part of process.stdin) { text += part; await new Promise((then) => setTimeout(then, 1)); } process.stdout.write(text);`;
    const running = startPagewise([server.url, '--paging', 'page', '--items', 'items', '--size', '1000', '-o', output, '--har', har]); // prettier-ignore
    await waits(running);
    const read = (path: string) => start('/bin/sh', ['-c', `exec "$0" --input-type=module -e "$1" < "$2"`, process.execPath, slowly, path]).ended; // prettier-ignore
    const { items } = await read(output);
    expect(items).toEqual(rows(30_000));
    const { stdout } = await read(har);
    expect((JSON.parse(stdout) as { log: { entries: unknown[] } }).log.entries).toHaveLength(31);
    expect((await running.ended).code).toBe(0);
  });

  it.each(['-o', '--har'])('whose reader leaves ends the run in order: %s', async (flag) => {
    const server = await serve(numbered(2000));
    const pipe = makePipe();
    const reader = spawn('head', ['-c', '10', pipe], { stdio: 'ignore' });
    const { code, stderr } = await pagewise([server.url, ...paged, flag, pipe]);
    expect({ code, error: stderr.includes('pagewise:') }).toEqual({ code: 0, error: false });
    reader.kill();
  });

  it('that is removed while it has no reader is an error, and no file in its place', async () => {
    const server = await serve(numbered(20));
    const pipe = makePipe();
    const running = startPagewise([server.url, ...paged, '-o', pipe]);
    await waits(running);
    execFileSync('rm', [pipe]);
    const { code, stderr } = await running.ended;
    expect({ code, exists: existsSync(pipe) }).toEqual({ code: 2, exists: false });
    expect(stderr).toContain(`pagewise: -o ${pipe}: can't open the file for writing (ENOENT)`);
  });

  it('counts as stdout if it is named so', async () => {
    const server = await serve(numbered(20));
    const run = start('/bin/sh', ['-c', '"$@" | cat', 'sh', process.execPath, join(process.cwd(), 'dist/node/cli/main.js'), server.url, ...paged, '-o', '/dev/stdout']); // prettier-ignore
    expect((await run.ended).items).toEqual(rows(20));
  });
});

describe('H3 an input that is a pipe', () => {
  const inputs = (path: string): readonly (readonly string[])[] => [
    ['-d', `@${path}`],
    ['--data-binary', `@${path}`],
    ['--data-urlencode', `name@${path}`],
    ['--json', `@${path}`],
    ['-H', `@${path}`],
    ['--resume-from', `@${path}`],
    ['--cacert', path],
  ];

  // The signal comes when the command has opened the pipe, which lets a writer open it too.
  it.each(inputs('').map(([flag = ''], index) => [flag, index] as const))('that nobody writes does not keep %s from a signal', async (_flag, index) => {
    const pipe = makePipe();
    const running = startPagewise(['http://127.0.0.1:1/', ...paged, ...(inputs(pipe)[index] ?? [])]);
    let writer = -1;
    await until('the command opens the pipe', () => {
      try {
        writer = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
      } catch {
        return false;
      }
      return true;
    });
    running.child.kill('SIGTERM');
    const { code, stderr } = await running.ended;
    expect({ code, stderr }).toEqual({ code: 143, stderr: 'pagewise: interrupted\n' });
    closeSync(writer);
  }); // prettier-ignore

  it('is read to its end, a header once for all its uses', async () => {
    const server = await serve(({ url, headers, body }, response) => {
      const page = Number(url.searchParams.get('page') ?? 1);
      json(response, { items: page < 4 ? [headers['x-one'], body].map((text) => `${String(text)} ${page}`) : [] });
    });
    const [body, header] = [makePipe(), makePipe()];
    const running = startPagewise([server.url, ...paged, '-d', `@${body}`, '-H', `@${header}`]);
    for (const [path, text] of [
      [body, '\ufeffa=1\n'],
      [header, '\ufeffX-One: two\n'],
    ] as const)
      // prettier-ignore
      await start('/bin/sh', ['-c', 'sleep 0.2; printf %s "$0" > "$1"', text, path]).ended;
    const { code, items } = await running.ended;
    expect({ code, items }).toEqual({ code: 0, items: [1, 2, 3].flatMap((page) => [`two ${page}`, `a=1 ${page}`]) });
  });

  it('may be empty, and so may the pipe of a shell', async () => {
    const server = await serve(numbered(5));
    const pipe = makePipe();
    const running = startPagewise([server.url, ...paged, '-d', `@${pipe}`]);
    await start('/bin/sh', ['-c', ': > "$0"', pipe]).ended;
    expect((await running.ended).code).toBe(0);
    const command = join(process.cwd(), 'dist/node/cli/main.js');
    const shell = start('/bin/bash', ['-c', '"$@" -d @<(true)', 'bash', process.execPath, command, server.url, ...paged]); // prettier-ignore
    expect((await shell.ended).code).toBe(0);
  });

  it('stdin that stays open does not keep the command from a signal, and is read once', async () => {
    const command = join(process.cwd(), 'dist/node/cli/main.js');
    const child = spawn(process.execPath, [command, 'http://127.0.0.1:1/', ...paged, '-d', '@-'], { stdio: ['pipe', 'ignore', 'pipe'] }); // prettier-ignore
    child.stdin.write('a=1');
    // Linux says which signals a process catches, in hexadecimal. Node catches SIGHUP for a listener only.
    const caught = () => /SigCgt:\s*(\w+)/.exec(readFileSync(`/proc/${String(child.pid)}/status`, 'utf8'))?.[1] ?? '0';
    await until('it catches SIGHUP', () => parseInt(caught().slice(-1), 16) % 2 === 1);
    await settle();
    child.kill('SIGHUP');
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect(code).toBe(129);
    const server = await serve(({ body, headers }, response) =>
      json(response, { items: [body, headers['x-a'] ?? ''] }),
    );
    const { items } = await pagewise([server.url, '--paging', 'none', '--items', 'items', '-d', '@-', '-H', '@-'], { input: 'X-A: 1' }); // prettier-ignore
    expect(items).toEqual(['X-A: 1', '']);
  });
});

describe('H3 files that can not be what a flag needs', () => {
  it('are refused before anything is sent: folders, sockets, pipes for what is read again', async () => {
    const server = await serve(numbered(20));
    const folder = temporaryFolder();
    const socket = join(folder, 'socket');
    const listening = await new Promise<Server>((resolve) => {
      const one: Server = createServer().listen(socket, () => resolve(one));
    });
    const pipe = makePipe();
    execFileSync('mkfifo', [join(folder, 'place.keys')]);
    for (const flags of [
      ['-o', folder],
      ['-o', socket],
      ['--report', folder],
      ['--report', socket],
      ['--trace', join(folder, 'missing/trace.json')],
      ['--checkpoint', pipe],
      ['--checkpoint', socket],
      ['--checkpoint', join(folder, 'place'), '--distinct', '.'],
      ['-d', `@${socket}`],
      ['-d', `@${folder}`],
    ]) {
      const { code, stderr } = await pagewise([server.url, ...paged, ...flags]);
      expect({ flags, code, lines: stderr.split('\n').length }).toEqual({ flags, code: 2, lines: 2 });
    }
    expect(server.seen).toEqual([]);
    listening.close();
  });

  it('a report that fails at the end names its file', async () => {
    const server = await serve(numbered(20));
    const output = join(temporaryFolder(), 'a.ndjson');
    const { code, stderr } = await pagewise([server.url, ...paged, '--har', '/dev/full', '-o', output]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^pagewise: can't write to \/dev\/full: ENOSPC/);
  });
});
