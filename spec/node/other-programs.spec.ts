// What was written, as programs read it that share nothing with the writer: sqlite3, jq and gzip.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { checkpoint, paginate, parseExactJson, type PaginateOptions, type Strategy, type Transport } from 'pagewise';
import { writeCsv, writeJson, writeNdjson, type Sink } from 'pagewise/node';
import { answer } from '../support/walks.js';

/** A test that needs programs. In CI it always runs, and .ci/run installs them. */
const withPrograms = (...programs: readonly string[]) =>
  process.env['CI'] !== undefined || programs.every((name) => spawnSync(name, ['--version']).status === 0)
    ? it
    : it.skip;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagewise-programs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const run = (program: string, args: readonly string[], input?: string | Buffer) =>
  execFileSync(program, args, { input: input ?? '', maxBuffer: 100_000_000, stdio: ['pipe', 'pipe', 'pipe'] });

/** Numbers that a double holds, and others, whose digits must arrive. */
const plain = ['0', '1', '-7', '0.1', '-2.5e-7', '1e21', '9007199254740991', '5e-324', '1.7976931348623157e308'];
const exact = ['9007199254740993', '-9007199254740993', '12345678901234567890123', '1e400', '-1E-400', '12345678901.1234567891', '0.10000000000000000000001']; // prettier-ignore
const numbers = [...plain, ...exact];

const texts = [
  '', ' ', ' a ', 'a,b', 'a;b', '"', '""', 'a"b', "it's", 'a\nb', 'a\rb', 'a\r\nb', '\n', '\r\n', '\t', '\\', '\\n', '\\u0041', '/', 'null',
  'é', 'e\u0301', '日本語', '😀', '👩‍👩‍👧‍👦', '\u{10ffff}', '\u0001', '\u001f', '\u007f', '\u0085', '\u2028', '\ufeff', '\uffff', '=1+1', '🇨🇭,"\r\n', 'x'.repeat(70_000),
]; // prettier-ignore
/** sqlite3 can't import these from CSV. */
const nul = ['\u0000', 'a\u0000b'];
const half = ['\ud83d', 'a\ude00b', '\ud83d\ud83d\ude00'];

/** Rows of these texts as an API sends them; each has one of the numbers, as `parseExactJson` keeps it. */
const rowsOf = (all: readonly string[]) =>
  all.map(
    (text, index) =>
      parseExactJson(`{"at":${index},"n":${numbers[index % numbers.length]!},"text":${JSON.stringify(text)}}`) as {
        at: number;
      },
  );

const strategy: Strategy<unknown, number> = {
  name: 'rows',
  first: 0,
  place: (request, position) => ({ ...request, body: { page: position } }),
  items: (body) => (body as { rows: unknown[] }).rows,
  next: ({ position, body }) => ((body as { more: boolean }).more ? position + 1 : undefined),
};
const walk = (rows: readonly unknown[], options: Omit<PaginateOptions, 'schema'> = {}) => {
  const transport: Transport = ({ body }) => {
    const start = (body as { page: number }).page * 10;
    return [answer({ rows: rows.slice(start, start + 10), more: start + 10 < rows.length })];
  };
  return paginate({ body: {} }, strategy, { transport, ...options });
};

/** Writes the texts, compressed or not. @returns the path of the text itself, unpacked by gzip */
async function written(
  name: string,
  all: readonly string[],
  sink: (path: string) => Sink<unknown, unknown>,
): Promise<string> {
  await walk(rowsOf(all)).to(sink(at(name)));
  if (!name.endsWith('.gz')) return at(name);
  run('gzip', ['-t', at(name)]);
  writeFileSync(at('unpacked'), run('gzip', ['-dc', at(name)]));
  return at('unpacked');
}

function checkNumber(index: number, text: string): void {
  const sent = numbers[index % numbers.length]!;
  if (exact.includes(sent)) expect(text).toBe(sent);
  else expect(Number(text)).toBe(Number(sent));
}

const fromHex = (hex: string) => Buffer.from(hex, 'hex').toString('utf8');
const inSqlite = (sql: string): string[][] =>
  run('sqlite3', ['-batch', '-init', '/dev/null', ':memory:'], sql)
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('|'));

describe.each(['a.ndjson', 'a.ndjson.gz', 'a.json', 'a.json.gz'])('D1 D2 %s', (name) => {
  const sink = name.includes('ndjson') ? writeNdjson : writeJson;
  const listOf = (path: string) =>
    name.includes('ndjson')
      ? `'[' || replace(rtrim(CAST(readfile('${path}') AS TEXT), char(10)), char(10), ',') || ']'`
      : `CAST(readfile('${path}') AS TEXT)`;

  withPrograms('sqlite3', 'gzip')(
    'is read by sqlite3 with each text and all digits (skipped without sqlite3 and gzip)',
    async () => {
      const all = [...texts, ...nul, ...half];
      const path = await written(name, all, sink);
      // A text as JSON, since SQL functions end texts at NUL; and decoded, where sqlite3 can.
      const found = inSqlite(
        `SELECT value ->> '$.at', value -> '$.n', hex(value -> '$.text'), hex(CAST(value ->> '$.text' AS BLOB)) FROM json_each(${listOf(path)});`,
      );
      expect(found).toHaveLength(all.length);
      for (const [index, [at, number = '', json = '', decoded = '']] of found.entries()) {
        expect(at).toBe(String(index));
        checkNumber(index, number);
        expect(JSON.parse(fromHex(json))).toBe(all[index]);
        if (index < texts.length) expect(fromHex(decoded)).toBe(all[index]);
      }
    },
  );

  withPrograms('jq', 'gzip')(
    'is read by jq with each text, and each number as a double (skipped without jq and gzip)',
    async () => {
      const all = [...texts, ...nul];
      const path = await written(name, all, sink);
      const filter = `${name.includes('ndjson') ? '' : '.[] | '}[.at, (.text | explode), (.n | tostring)]`;
      const found = run('jq', ['-c', filter, path]).toString().split('\n').slice(0, -1);
      expect(found).toHaveLength(all.length);
      // jq 1.6 has no infinity: it reads 1e400 as the largest double.
      const double = (digits: string) =>
        Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, Number(digits.replaceAll('"', ''))));
      for (const [index, line] of found.entries()) {
        const [at, codes, number] = JSON.parse(line) as [number, number[], string];
        expect(at).toBe(index);
        expect(codes.map((code) => String.fromCodePoint(code)).join('')).toBe(all[index]);
        const sent = double(numbers[index % numbers.length]!);
        expect(Math.abs(double(number) - sent)).toBeLessThanOrEqual(Math.abs(sent) * Number.EPSILON);
      }
    },
  );
});

describe('D1 D2 D3 half a surrogate pair', () => {
  withPrograms('jq')(
    'in NDJSON is an escape, which jq refuses or replaces: no other text comes out (skipped without jq)',
    async () => {
      for (const text of half) {
        const path = await written('a.ndjson', [text], writeNdjson);
        const { status, stdout, stderr } = spawnSync('jq', ['-c', '.text', path]);
        if (status !== 0) expect(stderr.toString()).toContain('surrogate');
        else expect(JSON.parse(stdout.toString())).toBe(Buffer.from(text).toString());
      }
    },
  );
});

describe('D1 D2 a.csv', () => {
  for (const name of ['a.csv', 'a.csv.gz'])
    withPrograms('sqlite3', 'gzip')(
      `${name} is read by sqlite3 with each text and all digits (skipped without sqlite3 and gzip)`,
      async () => {
        const path = await written(name, texts, (file) => writeCsv(file, { columns: ['at', 'n', 'text'] }));
        const found = inSqlite(
          `CREATE TABLE rows (at TEXT, n TEXT, text TEXT);\n.import --csv --skip 1 ${path} rows\nSELECT at, n, hex(text) FROM rows ORDER BY rowid;`,
        );
        expect(found).toHaveLength(texts.length);
        for (const [index, [at, number = '', text = '']] of found.entries()) {
          expect(at).toBe(String(index));
          checkNumber(index, number);
          expect(fromHex(text)).toBe(texts[index]);
        }
      },
    );
});

describe.each(['a.ndjson.gz', 'a.json.gz', 'a.csv.gz'])('D5 %s', (name) => {
  withPrograms('gzip')(
    'that a kill has cut within a member is whole after the next run, and gzip reads each line once (skipped without gzip)',
    async () => {
      const rows = rowsOf(texts);
      const sink = (path: string) =>
        name.includes('csv') ? writeCsv(path) : name.includes('ndjson') ? writeNdjson(path) : writeJson(path);
      await walk(rows).to(sink(at(`whole-${name}`)));
      const whole = run('gzip', ['-dc', at(`whole-${name}`)]).toString();
      const member = gzipSync('{"at":20,"n":1,"text":"half a row');
      for (const cut of [1, 9, 10, 20, member.length - 8, member.length - 1, member.length]) {
        const kept = new Map<string, string>();
        // The run fails after two pages, and a kill leaves a part of the third one.
        const failing = walk(rows, {
          checkpoint: checkpoint(kept, 'job'),
          check: (_, page) => (page === 2 ? { fail: 'killed' } : undefined),
        });
        await expect(failing.to(sink(at(name)))).rejects.toThrow('killed');
        appendFileSync(at(name), member.subarray(0, cut));
        const damaged = spawnSync('gzip', ['-t', at(name)]);
        if (cut > 1 && cut < member.length) expect(damaged.status).not.toBe(0);
        await walk(rows, { checkpoint: checkpoint(kept, 'job') }).to(sink(at(name)));
        run('gzip', ['-t', at(name)]);
        expect(run('gzip', ['-dc', at(name)]).toString()).toBe(whole);
        rmSync(at(name));
      }
      expect(readFileSync(at(`whole-${name}`)).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
    },
  );
});
