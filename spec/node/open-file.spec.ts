// The file under the sinks: what it is to be opened, what has happened to it since, and what it leaves.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { appendFileSync, closeSync, constants, existsSync, linkSync, mkdtempSync, openSync, readFileSync, readSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFile, openStdout, waitsForReader } from '../../lib/node/sinks/file.js';
import { settle, until } from '../support/server.js';
import { rejection } from '../support/walks.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagewise-open-'));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});
const at = (name: string) => join(folder, name);
const bytes = (text: string) => Buffer.from(text);
function makePipe() {
  execFileSync('mkfifo', [at('pipe')]);
  return at('pipe');
}

describe('a file', () => {
  it('is written at its end, wherever it was cut', async () => {
    writeFileSync(at('a'), 'before');
    const file = await openFile(at('a'));
    expect([file.regular, file.bytes]).toEqual([true, 6]);
    await file.truncate(3);
    await file.write(bytes('ween'));
    expect(file.bytes).toBe(7);
    await file.check();
    await file.sync();
    await file.close();
    expect(readFileSync(at('a'), 'utf8')).toBe('befween');
  });

  it('has the permissions that are asked for', async () => {
    const file = await openFile(at('a'), { mode: 0o600 });
    await file.close();
    expect(statSync(at('a')).mode & 0o777).toBe(0o600);
  });

  const replaced = /it was deleted, moved or replaced while it was being written; start over$/;
  it.each<[what: string, change: () => void, message: RegExp]>([
    ['deleted', () => rmSync(at('a')), replaced],
    ['deleted, and has another name', () => (linkSync(at('a'), at('b')), rmSync(at('a'))), replaced],
    ['moved', () => renameSync(at('a'), at('b')), replaced],
    ['replaced', () => (writeFileSync(at('b'), 'text'), renameSync(at('b'), at('a'))), replaced],
    ['replaced, and has another name', () => (linkSync(at('a'), at('c')), writeFileSync(at('b'), 'text'), renameSync(at('b'), at('a'))), replaced],
    ['cut', () => truncateSync(at('a'), 3), /it has 3 bytes instead of 4: it was cut, or something else has written to it; start over$/],
    ['longer', () => appendFileSync(at('a'), 'x'), /it has 5 bytes instead of 4: /],
  ])('D5 that was %s does not pass the check', async (_what, change, message) => {
    const file = await openFile(at('a'));
    await file.write(bytes('text'));
    await file.check();
    change();
    expect((await rejection(file.check())).message).toMatch(message);
    await file.close();
  }); // prettier-ignore

  it('D8 that was created in vain is removed, and no other', async () => {
    writeFileSync(at('there'), '');
    symlinkSync('real', at('link'));
    const ended = async (name: string, unused: boolean | undefined, before?: (file: Awaited<ReturnType<typeof openFile>>) => unknown) => {
      const file = await openFile(at(name));
      await before?.(file);
      await file.close(unused);
      return existsSync(at(name));
    };
    expect(await ended('new', true)).toBe(false);
    expect(await ended('new', false)).toBe(true);
    expect(await ended('newer', undefined)).toBe(true);
    expect(await ended('there', true)).toBe(true);
    expect(await ended('written', true, (file) => file.write(bytes('x')))).toBe(true);
    expect(await ended('replaced', true, () => (writeFileSync(at('b'), ''), renameSync(at('b'), at('replaced'))))).toBe(true);
    expect(await ended('gone', true, () => rmSync(at('gone')))).toBe(false);
    expect(await ended('link', true)).toBe(false);
    expect([existsSync(at('real')), readFileSync(at('written'), 'utf8')]).toEqual([false, 'x']);
  }); // prettier-ignore

  it('D8 that was created in vain stays if somebody else has written to it', async () => {
    const file = await openFile(at('a'));
    writeFileSync(at('a'), 'x');
    await file.close(true);
    expect(readFileSync(at('a'), 'utf8')).toBe('x');
  });

  it('can be opened by many at the same time, of whom one creates it', async () => {
    for (let round = 0; round < 5; round++) {
      const files = await Promise.all(Array.from({ length: 20 }, () => openFile(at(`a${round}`))));
      await files[0]?.write(bytes('x'));
      for (const file of files) await file.close(true);
      expect(readFileSync(at(`a${round}`), 'utf8')).toBe('x');
    }
  });

  it('in a folder that is missing, and a socket, are errors of their own', async () => {
    expect(await rejection(openFile(at('no/a')))).toMatchObject({ code: 'ENOENT' });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(at('socket'), resolve));
    expect(await rejection(openFile(at('socket')))).toMatchObject({ code: 'ENXIO' });
    server.close();
  });
});

describe('H3 a pipe', () => {
  it('is opened when it has a reader, which is asked for once', async () => {
    const pipe = makePipe();
    let asked = 0;
    const opening = openFile(pipe, { onWait: () => asked++ });
    const other = openFile(pipe);
    await settle(180); // Some looks at the pipe.
    expect(asked).toBe(1);
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const file = await opening;
    await (await other).close();
    expect([file.regular, file.bytes]).toEqual([false, 0]);
    await file.write(bytes('text'));
    await file.truncate(1);
    await file.check();
    await file.sync();
    expect(file.bytes).toBe(1);
    await file.close(true);
    const read = Buffer.alloc(10);
    expect(read.toString('utf8', 0, readSync(reader, read))).toBe('text');
    expect(existsSync(pipe)).toBe(true);
    closeSync(reader);
  });

  it('that is full is written as it is read', async () => {
    const pipe = makePipe();
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const file = await openFile(pipe);
    const all = 'x'.repeat(300_000);
    let written = false;
    const writing = file.write(bytes(all)).then(() => (written = true));
    const piece = Buffer.alloc(65_536);
    let read = 0;
    await until('all is read', () => {
      try {
        read += readSync(reader, piece);
      } catch {
        // Nothing yet.
      }
      return written && read >= all.length;
    });
    await writing;
    expect([read, file.bytes]).toEqual([300_000, 300_000]);
    await file.close();
    closeSync(reader);
  });

  it('that nobody reads any more, and a device that is full, are errors', async () => {
    const reader = openSync(makePipe(), constants.O_RDONLY | constants.O_NONBLOCK);
    const file = await openFile(at('pipe'));
    closeSync(reader);
    expect(await rejection(file.write(bytes('x')))).toMatchObject({ code: 'EPIPE' });
    await file.close();
    if (!existsSync('/dev/full')) return;
    const full = await openFile('/dev/full');
    expect(await rejection(full.write(bytes('x')))).toMatchObject({ code: 'ENOSPC' });
    await full.close();
  });

  it('is named to those who have to read it', () => {
    expect(waitsForReader('a')).toBe('a is a pipe that nothing reads; waiting for its reader.');
  });

  it.each(['opened', 'written'])('is not waited for after an abort, while it is %s', async (when) => {
    const pipe = makePipe();
    const stop = new AbortController();
    const reason = new Error('enough');
    if (when === 'opened') {
      const opening = rejection(openFile(pipe, { signal: stop.signal, onWait: () => stop.abort(reason) }));
      expect(await opening).toBe(reason);
      return;
    }
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const file = await openFile(pipe, { signal: stop.signal });
    const writing = rejection(file.write(bytes('x'.repeat(300_000))));
    setImmediate(() => stop.abort(reason));
    expect(await writing).toBe(reason);
    await file.close();
    closeSync(reader);
  });
});

describe('stdout', () => {
  it('is written like a file that can not be cut', async () => {
    const file = await openStdout();
    const failures: Error[] = [];
    const said: string[] = [];
    jest.spyOn(process.stdout, 'write').mockImplementation(((data: Uint8Array, done: (error?: Error) => void) => {
      said.push(Buffer.from(data).toString());
      done(failures[0]);
      return true;
    }) as never); // prettier-ignore
    expect([file.regular, file.bytes]).toEqual([false, 0]);
    await file.write(bytes('one'));
    await file.write(bytes('more'));
    expect([file.bytes, said]).toEqual([7, ['one', 'more']]);
    await file.truncate(2).then(() => expect(file.bytes).toBe(2));
    failures.push(new Error('gone'));
    expect(await rejection(file.write(bytes('x')))).toBe(failures[0]);
    expect(file.bytes).toBe(2);
    for (const settled of [file.check(), file.sync(), file.close()]) expect(await settled.then(() => 'settled')).toBe('settled'); // prettier-ignore
  });
});
