// What may happen to an output between two runs, and while it is written.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { checkpoint, ConfigError, paginate, ResumeError, WriteError, type PaginateOptions, type Strategy, type Transport } from 'pagewise'; // prettier-ignore
import { writeCsv, writeJson, writeNdjson } from 'pagewise/node';
import { answer, rejection } from '../support/walks.js';

interface Row {
  readonly id: number;
  readonly text: string;
}
const strategy: Strategy<Row, number> = {
  name: 'rows',
  first: 0,
  place: (request, position) => ({ ...request, body: { page: position } }),
  items: (body) => (body as { rows: Row[] }).rows,
  next: ({ position }) => (position < 4 ? position + 1 : undefined),
};
/** Random enough that 4 KiB of it are more than 4 KiB when compressed. */
const text = (id: number) => Array.from({ length: 90 }, (_, n) => ((id * 7919 + n * 104729) % 99991).toString(36)).join(''); // prettier-ignore
const row = (id: number): Row => ({ id, text: text(id) });
const all = Array.from({ length: 50 }, (_, id) => row(id));
let asked: number[] = [];
let onPage: ((page: number) => void) | undefined;
const transport: Transport = ({ body }) => {
  const { page } = body as { page: number };
  asked.push(page);
  onPage?.(page);
  return [answer({ rows: all.slice(page * 10, page * 10 + 10) })];
};
const walk = (options: Omit<PaginateOptions<Row>, 'schema'> = {}) =>
  paginate({ body: {} }, strategy, { transport, ...options });

let folder = '';
let kept = new Map<string, string>();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagewise-unchanged-'));
  kept = new Map();
  asked = [];
  onPage = undefined;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const job = (options?: Parameters<typeof checkpoint>[2]) => checkpoint(kept, 'job', options);
const placeAt = () => (JSON.parse(kept.get('job') ?? '{}') as { at: { bytes: number; closed?: number } }).at;

const formats = [
  ['rows.ndjson', writeNdjson],
  ['rows.json', writeJson],
  ['rows.csv', writeCsv],
  ['rows.ndjson.gz', writeNdjson],
] as const;

describe.each(formats)('D5 between runs, %s', (name, sink) => {
  const run = (options: Omit<PaginateOptions<Row>, 'schema'> = {}) =>
    walk({ checkpoint: job(), ...options }).to(sink(at(name)));
  /** Two pages, and then a failure; or a cut, which is an end in order. */
  const failed = () => rejection(run({ check: (_, page) => (page === 2 ? { fail: 'no' } : undefined) }));
  const stopped = () => run({ until: ({ index }) => index === 1 });
  const refused = async (message: string) => {
    const before = existsSync(at(name)) ? readFileSync(at(name)) : undefined;
    asked = [];
    const error = await rejection(run());
    expect(error).toBeInstanceOf(ResumeError);
    expect(error.message).toContain(message);
    expect(asked).toEqual([]);
    expect(existsSync(at(name)) ? readFileSync(at(name)) : undefined).toEqual(before);
  };
  const undisturbed = async () => {
    await walk({ checkpoint: checkpoint(new Map(), 'other') }).to(sink(at(`other-${name}`)));
    return readFileSync(at(`other-${name}`));
  };

  it('an output that was replaced or edited is refused, also if it has the same length', async () => {
    for (const first of [failed, stopped]) {
      kept.clear();
      await first();
      const bytes = readFileSync(at(name));
      writeFileSync(at(name), Buffer.alloc(bytes.length, 'x'));
      await refused('is not what the last run wrote, so the file was replaced or edited; to start over, delete the checkpoint');
      bytes[placeAt().bytes - 1]! ^= 1;
      writeFileSync(at(name), bytes);
      await refused('is not what the last run wrote');
    }
  }); // prettier-ignore

  it('an output that has grown is cut after a failure or a kill, and refused after an end in order', async () => {
    await failed();
    appendFileSync(at(name), 'what a killed run has left');
    await stopped();
    expect(placeAt().closed).toBe(statSync(at(name)).size);
    appendFileSync(at(name), 'of somebody else');
    await refused('so something else has written to it; remove what was added; to start over, delete the checkpoint');
    truncateSync(at(name), placeAt().closed);
    await run();
    expect(readFileSync(at(name)).equals(await undisturbed())).toBe(true);
    appendFileSync(at(name), 'of somebody else');
    await refused('so something else has written to it');
  });

  it('an end in order is forgotten before anything is written: a kill then leaves a rest that is cut', async () => {
    await stopped();
    const dying = { get: (key: string) => kept.get(key), set: (key: string, value: string) => void (value.includes('"closed"') || value.includes('"index":3') ? 0 : kept.set(key, value)) }; // prettier-ignore
    await rejection(
      walk({ checkpoint: checkpoint(dying, 'job'), check: (_, page) => (page === 3 ? { fail: 'no' } : undefined) }).to(
        sink(at(name)),
      ),
    );
    appendFileSync(at(name), 'half a ro');
    await run();
    expect(readFileSync(at(name)).equals(await undisturbed())).toBe(true);
  });

  it('a finished job whose output is gone, cut or edited is not done', async () => {
    await run();
    const bytes = readFileSync(at(name));
    const over = "delete the checkpoint or set `whenDone: 'restart'`";
    rmSync(at(name));
    await refused(over);
    writeFileSync(at(name), bytes.subarray(0, -1));
    await refused(over);
    writeFileSync(at(name), '');
    await refused(over);
    await walk({ checkpoint: job({ whenDone: 'restart' }) }).to(sink(at(name)));
    expect(readFileSync(at(name)).equals(bytes)).toBe(true);
    asked = [];
    await run();
    expect(asked).toEqual([]);
    expect(readFileSync(at(name)).equals(bytes)).toBe(true);
  });

  it('a checkpoint without a fingerprint, of an earlier version, is continued', async () => {
    await failed();
    const place = JSON.parse(kept.get('job')!) as { at: Record<string, unknown> };
    delete place.at['fingerprint'];
    kept.set('job', JSON.stringify(place));
    await run();
    expect(readFileSync(at(name)).equals(await undisturbed())).toBe(true);
  });

  it.each(['deleted', 'moved', 'replaced', 'cut', 'longer'])('while it is written, %s: an error, and no commit', async (what) => {
    onPage = (page) => {
      if (page !== 2) return;
      if (what === 'deleted') rmSync(at(name));
      if (what === 'moved') renameSync(at(name), at('moved'));
      if (what === 'replaced') writeFileSync(at('new'), 'x');
      if (what === 'replaced') renameSync(at('new'), at(name));
      if (what === 'cut') truncateSync(at(name), 5);
      if (what === 'longer') appendFileSync(at(name), 'x'.repeat(20_000));
    };
    for (const options of [{ checkpoint: job() }, {}]) {
      rmSync(at(name), { force: true });
      kept.clear();
      const error = await rejection(walk(options).to(sink(at(name))));
      expect(error).toBeInstanceOf(WriteError);
      expect(error.message).toMatch(/it was deleted, moved or replaced while it was being written; start over$|it has \d+ bytes instead of \d+: it was cut, or something else has written to it; start over$/);
      expect(error['resume']).toBeUndefined();
      if ('checkpoint' in options) expect(kept.get('job')).toContain('"index":2');
    }
    onPage = undefined;
  }); // prettier-ignore
});

describe('D4 two sinks of one process', () => {
  it('never write one file at the same time', async () => {
    // Which of the two opens the file first is not defined.
    const both = [at('rows.ndjson'), `${folder}/./rows.ndjson`].map((path) => walk().to(writeNdjson(path)));
    const failed = (await Promise.allSettled(both)).filter((end) => end.status === 'rejected');
    expect(failed.map((end) => end.reason as unknown)).toEqual([expect.any(ConfigError)]);
    expect(String(failed[0]?.reason)).toContain('another sink is writing');
    await walk().to(writeNdjson(at('rows.ndjson')));
  });
});

describe('D6 append: true', () => {
  const columns = ['id', 'text'] as const;
  const append = (name: string) =>
    walk().to(name.includes('.csv') ? writeCsv(at(name), { append: true, columns }) : writeNdjson(at(name), { append: true })); // prettier-ignore
  const put = (name: string, content: string | Buffer) =>
    writeFileSync(at(name), name.endsWith('.gz') && typeof content === 'string' ? gzipSync(content) : content);
  const member = gzipSync('{"id":1,"text":"a"}\n');

  it.each<[name: string, content: string | Buffer, message: string]>([
    ['a.ndjson', '{"id":1}\n{"id":', 'does not end with a line break'],
    ['a.ndjson.gz', '{"id":1}\n{"id":', 'does not end with a line break'],
    ['a.ndjson.gz', member.subarray(0, -5), 'is not a whole gzip file (unexpected end of file)'],
    ['a.ndjson.gz', member.subarray(0, 7), 'is not a whole gzip file'],
    ['a.ndjson.gz', Buffer.concat([member, member.subarray(0, 20)]), 'is not a whole gzip file (unexpected end of file)'],
    ['a.ndjson.gz', Buffer.concat([member, Buffer.alloc(100)]), 'is not a whole gzip file (100 other bytes at its end)'],
    ['a.ndjson.gz', Buffer.from('{"id":1}\n'), 'is not a whole gzip file (incorrect header check)'],
    ['a.csv', 'id,text\r\n1,a', 'does not end with a line break'],
    ['a.csv', 'id,text\r\n1,a\r', 'does not end with a line break'],
    ['a.csv', 'id,text\r\n1,"a\r\n', 'ends within a quoted cell'],
    ['a.csv.gz', 'id,text\r\n1,"a\r\n', 'ends within a quoted cell'],
    ['a.csv', '1,a\r\n2,b\r\n', 'columns are id, text, but the first row of'],
    ['a.csv', 'text,id\r\na,1\r\n', 'is text, id; use the columns of the file'],
    ['a.csv', 'id,text,more\r\n1,a,b\r\n', 'columns are id, text'],
    ['a.csv', 'id,te\uFEFFxt\r\n', 'columns are id, text'],
    ['a.csv', 'xid",ytext"\r\n', 'columns are id, text'],
    ['a.csv.gz', 'id\r\n1\r\n', 'columns are id, text'],
  ])('%s refuses %j', async (name, content, message) => {
    put(name, content);
    const before = readFileSync(at(name));
    const error = await rejection(append(name));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(message);
    expect(readFileSync(at(name)).equals(before)).toBe(true);
    expect(asked).toEqual([]);
  }); // prettier-ignore

  const ndjson = all.map((item) => `${JSON.stringify(item)}\n`).join('');
  const csv = all.map(({ id, text }) => `${id},${text}\r\n`).join('');
  it.each<[name: string, content: string, result: string]>([
    ['a.ndjson', '{"id":1}\n', `{"id":1}\n${ndjson}`],
    ['a.ndjson.gz', '{"id":1}\n', `{"id":1}\n${ndjson}`],
    ['a.ndjson.gz', '', ndjson],
    ['a.ndjson.gz', '{"a":"\\""}\n', `{"a":"\\""}\n${ndjson}`],
    ['a.csv', '', `id,text\r\n${csv}`],
    ['a.csv.gz', '', `id,text\r\n${csv}`],
    ['a.csv', 'id,text\r\n', `id,text\r\n${csv}`],
    ['a.csv', 'id,text\n1,a\n', `id,text\n1,a\n${csv}`],
    ['a.csv', '\uFEFF"id","text"\n1,"a\n""b"""\n', `\uFEFF"id","text"\n1,"a\n""b"""\n${csv}`],
    ['a.csv.gz', 'id,text\r\n1,a\r\n', `id,text\r\n1,a\r\n${csv}`],
  ])('%s continues %j', async (name, content, result) => {
    put(name, content);
    await append(name);
    const bytes = readFileSync(at(name));
    expect((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()).toBe(result);
  });

  it('writes a header that itself needs quotes once', async () => {
    const sink = () => writeCsv(at('a.csv'), { append: true, columns: { 'a "b", c': 'id', 'd\r\ne': 'id' } });
    for (let run = 0; run < 2; run++) await walk({ until: () => true }).to(sink());
    expect(readFileSync(at('a.csv'), 'utf8').split('""b""')).toHaveLength(2);
  });

  it('compares a header that is longer than one read', async () => {
    const sink = (name: string) => writeCsv(at('a.csv'), { append: true, columns: { [name.repeat(100_000)]: 'id' } });
    for (let run = 0; run < 2; run++) await walk({ until: () => true }).to(sink('x'));
    expect(readFileSync(at('a.csv'), 'utf8').split('\r\n')).toHaveLength(22);
    expect((await rejection(walk().to(sink('y')))).name).toBe('ConfigError');
  });
});
