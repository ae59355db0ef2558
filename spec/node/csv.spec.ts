import { describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CallbackError, checkpoint, ConfigError, pageNumber, paginate, singlePage, type PaginateOptions, type Strategy, type Transport, type WalkEvent } from 'pagewise'; // prettier-ignore
import { both, fileStore, recordRun, writeCsv, writeNdjson } from 'pagewise/node';
import { of } from 'rxjs';

const file = (name: string) => join(mkdtempSync(join(tmpdir(), 'pagewise-')), name);
const once = singlePage();
const pagesOf = (items: readonly unknown[]) =>
  paginate({ body: {} }, once, { transport: () => of({ status: 200, url: '', headers: new Headers(), body: items }) });

/** The rows as Python's csv module reads them, which shares nothing with the writer. In CI it must be there. */
const hasPython = process.env['CI'] !== undefined || spawnSync('python3', ['-c', 'import csv, json']).status === 0;
const inPython = (path: string): string[][] =>
  JSON.parse(
    execFileSync('python3', [
      '-c',
      'import csv, json, sys; csv.field_size_limit(10**9); print(json.dumps(list(csv.reader(open(sys.argv[1], newline="", encoding="utf-8")))))',
      path,
    ]).toString(),
  ) as string[][];

const texts = [
  'a\nb', 'a\rb', 'a\r\nb', '\n', '\r', '\r\n', ' a', 'a ', ' ', '\t', '\u00a0a', 'a"b', '"', '""', "'", 'a,b', ',', ';', '',
  '=1+1', 'x\n=1+1', '\n=1+1', '\r=1+1', '-1', '+1', '@x', 'null', 'NaN', 'é', '😀', '\u2028', '\u0000', '\ufeff', '#', '\\', '\\"',
]; // prettier-ignore

describe('D1 CSV', () => {
  (hasPython ? it : it.skip)(
    'D1 of texts of all kinds is read the same by Python (skipped without python3)',
    async () => {
      const path = file('a.csv');
      await pagesOf(texts.map((text, i) => ({ i, text, 'a "name", with\nall': text }))).to(writeCsv(path));
      expect(inPython(path)).toEqual([
        ['i', 'text', 'a "name", with\nall'],
        ...texts.map((text, i) => [String(i), text, text]),
      ]);
    },
  );

  (hasPython ? it : it.skip)(
    'D1 with escapeFormulas, no row and no text begins with a formula (skipped without python3)',
    async () => {
      const path = file('a.csv');
      await pagesOf(texts.map((text) => ({ text }))).to(writeCsv(path, { escapeFormulas: true }));
      const [, ...rows] = inPython(path);
      expect(rows).toHaveLength(texts.length);
      for (const [i, [text = '']] of rows.entries()) {
        expect(text).not.toMatch(/^[=+\-@\t\r\n]/);
        expect(text.replace(/^'/, '')).toBe((texts[i] ?? '').replace(/^'/, ''));
      }
    },
  );

  it('D1 escapeFormulas leaves numbers as they are', async () => {
    const path = file('a.csv');
    await pagesOf([{ a: -5, b: '-5' }]).to(writeCsv(path, { escapeFormulas: true }));
    expect(readFileSync(path, 'utf8')).toBe("a,b\r\n-5,'-5\r\n");
  });

  it('D1 NaN and infinities are texts of their own, and null is empty', async () => {
    const path = file('a.csv');
    await pagesOf([{ a: NaN, b: Infinity, c: -Infinity, d: null, e: undefined }]).to(writeCsv(path));
    expect(readFileSync(path, 'utf8')).toBe('a,b,c,d,e\r\nNaN,Infinity,-Infinity,,\r\n');
  });

  it.each([
    ['NaN', { a: NaN }],
    ['an infinity, deep inside', { a: [null, { b: -Infinity }] }],
  ])('D1 %s in JSON is an error, and not null', async (_name, item) => {
    await expect(pagesOf([item]).to(writeNdjson(file('a.ndjson')))).rejects.toThrow('NaN or Infinity');
    await expect(pagesOf([{ cell: item }]).to(writeCsv(file('a.csv')))).rejects.toThrow('NaN or Infinity');
  });

  it('D1 null in JSON is null', async () => {
    const path = file('a.ndjson');
    await pagesOf([{ a: null, b: 'null', c: new Date(0), d: [undefined] }]).to(writeNdjson(path));
    expect(readFileSync(path, 'utf8')).toBe('{"a":null,"b":"null","c":"1970-01-01T00:00:00.000Z","d":[null]}\n');
  });

  it('D3 half a surrogate pair is refused in a cell and in a name, and is an escape in NDJSON', async () => {
    for (const item of [{ a: 'x\ud83d' }, { 'x\ude00': 1 }]) {
      await expect(pagesOf([item]).to(writeCsv(file('a.csv')))).rejects.toThrow(ConfigError);
      const path = file('a.ndjson');
      await pagesOf([item]).to(writeNdjson(path));
      expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(item);
    }
  });

  it.each([
    ['an empty name', '', ',x\r\n1,2\r\n'],
    ['__proto__', '__proto__', '__proto__,x\r\n1,2\r\n'],
    ['constructor', 'constructor', 'constructor,x\r\n1,2\r\n'],
    ['dots and slashes', 'a.b/c~d', 'a.b/c~d,x\r\n1,2\r\n'],
  ])('D1 a field may have %s, also in a resumed run', async (_name, field, text) => {
    const path = file('a.csv');
    const item = (n: number) => JSON.parse(`{${JSON.stringify(field)}:${n},"x":2}`) as unknown;
    const store = fileStore(mkdtempSync(join(tmpdir(), 'pagewise-')));
    const run = (until?: () => boolean) =>
      paginate({ url: 'https://api.example.com/' }, pageNumber({ items: '.' }), {
        transport: ({ url = '' }) => {
          const page = Number(new URL(url).searchParams.get('page'));
          return of({ status: 200, url, headers: new Headers(), body: page > 2 ? [] : [item(page)] });
        },
        checkpoint: checkpoint(store, 'job'),
        until,
      }).to(writeCsv(path));
    await run(() => true);
    expect(readFileSync(path, 'utf8')).toBe(text);
    await run();
    expect(readFileSync(path, 'utf8')).toBe(`${text}2,2\r\n`);
  });
});

describe('D7 columns of writeCsv', () => {
  const pages = [[], [{ id: 1 }, { id: 2, note: 'x' }], [{ id: 3, late: null }]];
  const strategy: Strategy<unknown, number> = {
    name: 'pages',
    first: 0,
    place: (request, position) => ({ ...request, body: { page: position } }),
    items: (body) => body as unknown[],
    next: ({ position }) => (position < 2 ? position + 1 : undefined),
  };
  const walk = (options: Omit<PaginateOptions, 'schema'> = {}) => {
    const events: WalkEvent[] = [];
    const transport: Transport = ({ body }) =>
      of({ status: 200, url: '', headers: new Headers(), body: pages[(body as { page: number }).page] });
    const made = paginate({ body: {} }, strategy, {
      transport,
      events: { next: (event) => void events.push(event) },
      ...options,
    });
    return { made, notices: () => events.flatMap((event) => (event.type === 'notice' ? [event.message] : [])) };
  };

  it('D7 that no item has are reported by a notice at the end, also beside another sink', async () => {
    const columns = { id: 'id', mail: 'customer.mail', note: 'note', late: 'late', whole: '.', tax: 'tax' };
    for (const beside of [false, true]) {
      const path = file('a.csv');
      const { made, notices } = walk();
      const csv = writeCsv(path, { columns });
      await (beside ? made.to(both(csv, writeNdjson(file('b')))) : made.to(csv));
      expect(notices()).toEqual([
        `writeCsv: no item has "customer.mail", "tax" (columns), so these cells of ${path} are all empty; check the paths.`,
      ]);
    }
  });

  it('D7 that an item or a row has, and those of a list without rows, are not', async () => {
    for (const options of [
      { columns: ['id', 'note', 'late'] },
      { columns: ['sum'], rows: () => [{ sum: 1 }] },
      { columns: ['tax'], rows: () => [] },
      { rows: () => [{ sum: 1 }] },
    ]) {
      const { made, notices } = walk();
      await made.to(writeCsv(file('a.csv'), options));
      expect(notices()).toEqual([]);
    }
  });

  it('D7 are not judged by a run that resumes: earlier pages may have had them', async () => {
    const kept = new Map<string, string>();
    const sink = writeCsv(file('a.csv'), { columns: ['id', 'note', 'late'] });
    await walk({ checkpoint: checkpoint(kept, 'job'), until: ({ index }) => index === 1 }).made.to(sink);
    const { made, notices } = walk({ checkpoint: checkpoint(kept, 'job') });
    await made.to(sink);
    expect(notices()).toEqual([]);
  });

  it('D7 are in the report of the run; a listener that throws at the notice fails the sink, whose file is complete', async () => {
    const report = file('run.html');
    await walk({ events: recordRun({ report }) }).made.to(writeCsv(file('a.csv'), { columns: ['id', 'tax'] }));
    expect(readFileSync(report, 'utf8')).toContain('no item has');
    const path = file('a.csv');
    const events = {
      next({ type }: WalkEvent) {
        if (type === 'notice') throw new Error('no');
      },
    };
    const failed = walk({ events }).made.to(writeCsv(path, { columns: ['id', 'tax'] }));
    await expect(failed).rejects.toThrow(CallbackError);
    expect(readFileSync(path, 'utf8')).toBe('id,tax\r\n1,\r\n2,\r\n3,\r\n');
  });
});
