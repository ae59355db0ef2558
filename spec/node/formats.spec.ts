// How items become the text of a file: its rows, its state for the next run, and what can't be written.
import { describe, expect, it } from '@jest/globals';
import { ConfigError, type Json } from 'pagewise';
import { type Columns, csvFormat } from '../../lib/node/sinks/csv-format.js';
import { jsonFormat, jsonText, ndjsonFormat } from '../../lib/node/sinks/format.js';
import { rejection, thrown } from '../support/walks.js';

interface How {
  readonly escape?: boolean;
  readonly state?: Json;
}

const csv = async (items: readonly unknown[], columns?: Columns, { escape = false, state }: How = {}) => {
  const writer = await csvFormat('writeCsv', columns, escape).open(state);
  return { text: [...writer.rows(items)].join(''), state: writer.state(), tail: writer.tail() };
};
const refused = async (...args: Parameters<typeof csv>) => {
  const error = await rejection(csv(...args));
  expect(error).toBeInstanceOf(ConfigError);
  return error;
};

describe('D1 a CSV file', () => {
  it('has each row once, however many there are', async () => {
    const items = Array.from({ length: 250 }, (_, id) => ({ id }));
    expect((await csv(items)).text).toBe(`id\r\n${items.map(({ id }) => `${id}\r\n`).join('')}`);
    const full = await csvFormat('writeCsv', ['id'], false).open(undefined);
    expect([...full.rows(items.slice(0, 100))]).toHaveLength(2); // The header and one piece.
  });

  it('quotes cells with spaces at an end, and an empty cell if it is the only one', async () => {
    expect((await csv([{ a: 'x y' }, { a: ' x' }, { a: 'x ' }, { a: '' }])).text).toBe('a\r\nx y\r\n" x"\r\n"x "\r\n""\r\n'); // prettier-ignore
    expect((await csv([{ a: '', b: '' }])).text).toBe('a,b\r\n,\r\n');
  });

  it('has dates, big integers and objects as text', async () => {
    const at = new Date(0);
    expect((await csv([{ a: at, b: 2n ** 64n, c: { d: 1 }, e: null, f: true }])).text).toBe('a,b,c,e,f\r\n1970-01-01T00:00:00.000Z,18446744073709551616,"{""d"":1}",,true\r\n'); // prettier-ignore
  });

  it('escapes formulas at the beginning of a text alone', async () => {
    expect((await csv([{ a: '=1', b: 'a-1', c: -1 }], undefined, { escape: true })).text).toBe(
      "a,b,c\r\n'=1,a-1,-1\r\n",
    );
  });

  it('has a state of its columns, by which the next run goes on without a header', async () => {
    const first = await csv([{ 'a/b~c': 1, '': 2 }]);
    expect(first).toMatchObject({ state: [['a/b~c', '/a~1b~0c'], ['', '/']], tail: '' }); // prettier-ignore
    expect((await csv([{ 'a/b~c': 3, '': 4 }], undefined, { state: first.state })).text).toBe('3,4\r\n');
    expect((await csv([])).state).toBeNull();
    expect(await csv([], { A: 'a' })).toMatchObject({ text: 'A\r\n', state: [['A', 'a']] });
    const unused = await csvFormat('writeCsv', ['a'], false).open(undefined);
    expect(unused.state()).toBeNull();
  });

  it('refuses other columns than those it was started with', async () => {
    const { state } = await csv([], ['a', 'b']);
    expect(await refused([], ['a', 'c'], { state })).toMatchObject({
      options: ['columns'],
      message: 'writeCsv: columns are a, c, but the file was started with a, b; use the same columns, or start over with another file and key', // prettier-ignore
    });
    expect((await csv([{ a: 1, b: 2 }], ['a', 'b'], { state })).text).toBe('1,2\r\n');
  });

  it.each([[[]], [{}], [5], ['id']])('refuses the columns %j', (columns) => {
    const error = thrown(() => csvFormat('writeCsv', columns as never, false));
    expect(error).toMatchObject({ name: 'ConfigError', options: ['columns'], value: columns });
    expect(error.message).toMatch(/^writeCsv: columns must be paths/);
  });

  it('names the option for columns that are no paths, and that no item has', async () => {
    expect(thrown(() => csvFormat('writeCsv', ['a..b'], false)).message).toContain('writeCsv: columns');
    expect((await refused([{ a: 1 }], ['A'])).message).toContain('columns');
  });

  it('needs columns to append, and for items without fields', async () => {
    expect(thrown(() => csvFormat('writeCsv', undefined, false).append())).toMatchObject({ options: ['columns'] });
    expect(csvFormat('writeCsv', ['a'], false).append()).toEqual([['a', 'a']]);
    for (const item of [5, null, [1], 'x']) expect(await refused([item])).toMatchObject({ options: ['columns'] });
    expect(await refused([{ a: 1 }], undefined, { state: [['b', '/b']] })).toMatchObject({ options: ['columns'] });
  });

  it('refuses an item that can not be read, with the cause, and passes on why one can not be JSON', async () => {
    const cause = new Error('mine');
    const item = { get a() { throw cause; } }; // prettier-ignore
    expect(await refused([item], ['a'])).toMatchObject({ cause });
    expect((await refused([{ a: { b: NaN } }])).message).toMatch(/^a row holds NaN or Infinity/);
    expect((await refused([{ a: new Date(NaN) }])).message).toMatch(/^a row can't be written as CSV: RangeError/);
  });
});

describe('D1 a JSON file', () => {
  it('of one value per line can be appended to', () => {
    const writer = ndjsonFormat.open(undefined) as Awaited<ReturnType<typeof ndjsonFormat.open>>;
    expect([ndjsonFormat.append(), [...writer.rows([1, { a: 2 }])], writer.tail(), writer.state()]).toEqual([null, ['1\n', '{"a":2}\n'], '', null]); // prettier-ignore
  });

  it('of one array goes on by its number of rows', async () => {
    const open = async (state?: unknown) => jsonFormat.open(state as never);
    const writer = await open();
    expect([[...writer.rows([1, 2])].join(''), writer.tail(), writer.state()]).toEqual(['[\n1,\n2', '\n]\n', 2]);
    const next = await open(2);
    expect([[...next.rows([3])].join(''), next.state()]).toEqual([',\n3', 3]);
    const empty = await open(0);
    expect([...empty.rows([1])].join('')).toBe('\n1');
    expect(thrown(() => jsonFormat.append())).toBeInstanceOf(ConfigError);
  });

  it('refuses what JSON can not hold', () => {
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    expect(thrown(() => jsonText(cyclic))).toMatchObject({ name: 'ConfigError', cause: expect.any(TypeError) });
    for (const row of [NaN, { a: [Infinity] }]) expect(thrown(() => jsonText(row)).message).toMatch(/^a row holds NaN/);
    for (const row of [undefined, () => 1])
      expect(thrown(() => jsonText(row)).message).toMatch(/^a row must be something/);
    expect([jsonText(null), jsonText('null'), jsonText({ a: null })]).toEqual(['null', '"null"', '{"a":null}']);
    expect(jsonText({ a: null, b: { c: NaN, toJSON: () => 1 } })).toBe('{"a":null,"b":1}');
  });
});
