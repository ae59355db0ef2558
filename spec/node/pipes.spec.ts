import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, mkdirSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpoint, ConfigError, paginate, type Page, type PaginateOptions } from 'pagewise';
import { both, fileStore, recordRun, writeCsv, writeJson, writeNdjson } from 'pagewise/node';
import { until } from '../support/server.js';
import { answer, counting, rejection, thrown } from '../support/walks.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagewise-pipes-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
function makePipe(name = 'pipe') {
  execFileSync('mkfifo', [at(name)]);
  return at(name);
}

function walk(options: Omit<PaginateOptions<number>, 'schema'> = {}) {
  let sent = 0;
  const notices: string[] = [];
  const pages = paginate({ body: {} }, counting(3), {
    transport: ({ body }) => {
      sent++;
      return [answer(body)];
    },
    events: { next: (event) => event.type === 'notice' && notices.push(event.message) },
    ...options,
  });
  return { pages, sent: () => sent, notices };
}

const read = (reader: number): string => {
  const bytes = Buffer.alloc(100_000);
  try {
    return bytes.toString('utf8', 0, readSync(reader, bytes));
  } catch {
    return '';
  }
};

describe('H3 a sink that writes into a pipe', () => {
  it.each([
    ['writeNdjson', writeNdjson],
    ['writeJson', writeJson],
    ['writeCsv', writeCsv],
  ] as const)('%s waits for its reader until the walk is aborted, and sends nothing', async (name, make) => {
    const stop = new AbortController();
    const { pages, sent, notices } = walk({ signal: stop.signal });
    const error = rejection(pages.to(make(makePipe())));
    await until('it waits', () => notices.length > 0);
    expect(notices).toEqual([`${name}: ${at('pipe')} is a pipe that nothing reads; waiting for its reader.`]);
    const reason = new Error('enough');
    stop.abort(reason);
    expect(await error).toBe(reason);
    expect({ sent: sent(), notices: notices.length }).toEqual({ sent: 0, notices: 1 });
  });

  it('is aborted while it waits for a reader that has stopped', async () => {
    const pipe = makePipe();
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const stop = new AbortController();
    const { pages } = walk({ signal: stop.signal });
    const error = rejection(pages.to(writeNdjson(pipe, { rows: () => ['x'.repeat(200_000)] })));
    await until('it writes', () => read(reader) !== '');
    const reason = new Error('enough');
    stop.abort(reason);
    expect(await error).toBe(reason);
    closeSync(reader);
  });

  it('is aborted before it begins', async () => {
    const { pages, sent } = walk({ signal: AbortSignal.abort('before') });
    await expect(pages.to(writeNdjson(makePipe()))).rejects.toBe('before');
    expect(sent()).toBe(0);
  });

  it('fails with the error of a listener that throws when it hears of the wait', async () => {
    const { pages } = walk({ events: { next: () => { throw new Error('no'); } } }); // prettier-ignore
    expect((await rejection(pages.to(writeNdjson(makePipe())))).name).toBe('CallbackError');
  });

  it('fails if its reader leaves, and writes everything to one that comes later', async () => {
    const pipe = makePipe();
    const first = walk();
    const written = first.pages.to(writeNdjson(pipe));
    await until('it waits', () => first.notices.length > 0);
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const { bytes } = await written;
    expect(read(reader)).toHaveLength(bytes);
    const second = walk();
    const rows = ({ index }: Page) => ['x'.repeat(index === 0 ? 1 : 200_000)];
    const error = rejection(second.pages.to(writeNdjson(pipe, { rows })));
    await until('it writes its second page', () => read(reader).length > 1000);
    closeSync(reader);
    expect(await error).toMatchObject({ name: 'WriteError', cause: { code: 'EPIPE' }, resume: { index: 1 } });
  });

  it('in both: waits for two readers; ends if the other sink fails, or the walk is aborted', async () => {
    const stop = new AbortController();
    const aborted = walk({ signal: stop.signal });
    const two = rejection(aborted.pages.to(both(writeNdjson(makePipe('a')), writeNdjson(makePipe('b')))));
    await until('both wait', () => aborted.notices.length === 2);
    const reason = new Error('enough');
    stop.abort(reason);
    expect(await two).toBe(reason);

    const { pages, sent } = walk();
    const error = await rejection(pages.to(both(writeNdjson(at('a')), writeNdjson(at('missing/b')))));
    expect(error).toMatchObject({ name: 'WriteError', cause: { code: 'ENOENT' } });
    expect(sent()).toBe(0);
  });
});

describe('H3 what a pipe can not be', () => {
  it('a checkpoint of fileStore', async () => {
    mkdirSync(at('jobs'));
    makePipe('jobs/orders.json');
    const { pages } = walk({ checkpoint: checkpoint(fileStore(at('jobs')), 'orders') });
    const error = await rejection(pages.to(writeNdjson(at('out'))));
    expect(error).toMatchObject({ name: 'CallbackError' });
    expect(error.message).toContain("is a pipe or a device, which can't be read again; name a file");
  });

  it('a file of recordRun, which is written synchronously', () => {
    const pipe = makePipe();
    for (const name of ['report', 'trace', 'har']) {
      const error = thrown(() => recordRun({ [name]: pipe }));
      expect(error).toBeInstanceOf(ConfigError);
      expect(error.message).toContain(
        `can't be written to ${pipe}: it is a pipe, whose reader a synchronous write would wait for`,
      );
    }
  });
});

describe('D8 a sink that writes nothing', () => {
  it('leaves no empty file behind if the first page fails, and one that was there as it was', async () => {
    const failing = () => walk({ transport: () => { throw new Error('no'); } }); // prettier-ignore
    writeFileSync(at('there'), 'before');
    writeFileSync(at('empty'), '');
    for (const name of ['new.ndjson', 'new.json.gz', 'there', 'empty']) await rejection(failing().pages.to(writeNdjson(at(name)))); // prettier-ignore
    await rejection(failing().pages.to(both(writeNdjson(at('new.ndjson')), writeCsv(at('new.csv')))));
    const exist = ['new.ndjson', 'new.json.gz', 'new.csv', 'there', 'empty'].map((name) => existsSync(at(name)));
    expect(exist).toEqual([false, false, false, true, true]);
  });

  it('leaves none behind if the first row can not be written, or a column is misspelt', async () => {
    const unwritable = { rows: () => [1n, undefined] };
    await rejection(walk().pages.to(writeNdjson(at('a'), unwritable)));
    await rejection(walk().pages.to(writeJson(at('b'), unwritable)));
    const misspelt = { rows: () => [{ customer: 1 }], columns: ['custmer'] };
    await rejection(walk().pages.to(writeCsv(at('c'), misspelt)));
    await rejection(walk().pages.to(writeCsv(at('d.gz'), misspelt)));
    expect(['a', 'b', 'c', 'd.gz'].map((name) => existsSync(at(name)))).toEqual([false, false, false, false]);
  });

  it('makes the file of a walk without items', async () => {
    const { pages } = walk();
    await pages.to(writeNdjson(at('none'), { rows: () => [] }));
    expect(existsSync(at('none'))).toBe(true);
  });
});
