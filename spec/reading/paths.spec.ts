import { describe, expect, it } from '@jest/globals';
import { ConfigError, ExtractError, flag, not, singlePage, type PageResponse, type Read } from 'pagewise';
import { parsePath, parsePlainPath, readPath } from '../../lib/reading/path.js';
import { reader, readFlag } from '../../lib/reading/read.js';
import { answer, thrown } from '../support/walks.js';

const read = (path: string, value: unknown) => readPath(value, parsePath('f', 'next', path));
const itemsOf = (options: Parameters<typeof singlePage>[0], body: unknown) => singlePage(options).items(body, answer(body)); // prettier-ignore

const links = [
  { rel: 'self', href: '/1' },
  { rel: 'next', href: '/2', results: true },
  { rel: ['last', 'item'], href: '/9' },
  { rel: null, href: '/null' },
  { rel: 7, href: '/7' },
];

describe('paths', () => {
  it.each<[path: string, value: unknown, found: unknown]>([
    // Plain paths, as ever.
    ['a.b', { a: { b: 1 } }, 1],
    ['rows.0.id', { rows: [{ id: 5 }] }, 5],
    ['/a.b/c~1d', { 'a.b': { 'c/d': 2 } }, 2],
    ['.', 7, 7],
    ['', 7, 7],
    ['toString', {}, undefined],
    ['a.b.c', { a: 1 }, undefined],
    ['odata.next', { 'odata.next': 1, odata: { next: 2 } }, 1],
    // A name at the top that is written like the path wins.
    ['page[next]', { 'page[next]': 'x' }, 'x'],
    ['meta.page[next]', { meta: { 'page[next]': 'x' } }, 'x'],
    ['a[0]', { 'a[0]': 'name', a: ['element'] }, 'name'],
    ['a[k=v]', { 'a[k=v]': 'name', a: [{ k: 'v' }] }, 'name'],
    ['*', { '*': 'star', a: 1 }, 'star'],
    // Elements.
    ['a[0]', { a: ['x', 'y'] }, 'x'],
    ['a[-1].id', { a: [{ id: 1 }, { id: 2 }] }, 2],
    ['a[5]', { a: [1] }, undefined],
    ['a[-5]', { a: [1] }, undefined],
    ['[-1]', [1, 2, 3], 3],
    ['[0].id', [{ id: 4 }], 4],
    ['a[0]', { a: { 0: 'x' } }, undefined],
    ['a[*].id', { a: [{ x: 1 }, { id: 2 }] }, 2],
    ['a.*.id', { a: { x: { id: 3 }, y: { id: 4 } } }, 3],
    ['a.*', { a: [1] }, undefined],
    // Filters.
    ['links[rel=next].href', { links }, '/2'],
    ['links[rel="next"].href', { links }, '/2'],
    ["links[rel='next'].href", { links }, '/2'],
    ['links[rel=item].href', { links }, '/9'],
    ['links[rel=null].href', { links }, '/null'],
    ['links[rel=7].href', { links }, '/7'],
    ['links[rel=next][results=true].href', { links }, '/2'],
    ['links[rel=next][results=false].href', { links }, undefined],
    ['links[rel=prev].href', { links }, undefined],
    ['rows[*][1]', { rows: [['a', 'b']] }, 'b'],
    ['links[toString=x]', { links }, undefined],
    ['[rel=next].href', links, '/2'],
    ['link[@rel=next].@href', { link: [{ '@rel': 'next', '@href': '/x' }] }, '/x'],
    ['a[k="x]y"].v', { a: [{ k: 'x]y', v: 1 }] }, 1],
    ['a[k=].v', { a: [{ k: '', v: 1 }] }, 1],
    ['a[k=b=c].v', { a: [{ k: 'b=c', v: 1 }] }, 1],
    ['a[k=urn:x.y].v', { a: [{ k: 'urn:x.y', v: 1 }] }, 1],
    // Alternatives.
    ['a || b', { b: 2 }, 2],
    ['a || b', { a: '', b: 2 }, 2],
    ['a || b', { a: null, b: 2 }, 2],
    ['a || b', { a: [], b: 2 }, 2],
    ['a || b', { a: 0, b: 2 }, 0],
    ['a || b', { a: 1, b: 2 }, 1],
    ['a || b', { a: false, b: false }, false],
    ['a || b', { a: [] }, []],
    ['a || b', { a: '', b: null }, ''],
    ['a || b', { b: null }, null],
    ['a[*].x || b', { a: [{ y: 1 }], b: [] }, []],
    ['Next || Contents[-1].Key', { Contents: [{ Key: 'k' }] }, 'k'],
    ['/a.b || c', { 'a.b': 1 }, 1],
    ['a||b', { 'a||b': 1 }, 1],
  ])('%s of %j is %j', (path, value, found) => {
    expect(read(path, value)).toEqual(found);
  });

  it.each([
    ['links[rel=next', '"links[rel=next" can\'t be read at character 6: this "[" has no closing "]"'],
    ['a[]', "can't be read at character 2: write [*] for every element"],
    ["a[?rel=='next']", "can't be read at character 2: write [*]"],
    ['a[=x]', "can't be read at character 2: write [name=value]"],
    ['a[k="x].v', "can't be read at character 2"],
    ['a[0]b', "can't be read at character 5: expected a dot"],
    ['a..b', 'has an empty segment at character 3'],
    ['a.', 'has an empty segment at character 3'],
    ['.a', 'has an empty segment at character 1'],
    ['a.[0]', 'has an empty segment at character 3'],
    ['a || b..c', 'has an empty segment at character 8'],
    ['a || b[', "can't be read at character 7"],
    ['a[0].__proto__.b', 'leads to a prototype'],
    ['a || constructor.prototype', 'leads to a prototype'],
  ])('%s is refused, with the position', (path, message) => {
    const error = thrown(() => parsePath('f', 'next', path));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(message);
  });

  it('a path that chooses is no place to write to', () => {
    expect(thrown(() => parsePlainPath('inBody', 'path', 'a[0]')).message).toContain('inBody: path "a[0]" chooses, and values can only be written to one place'); // prettier-ignore
    expect(parsePlainPath('inBody', 'path', 'page[next]').segments).toEqual(['page[next]']);
  });

  it('reads 100,000 brackets and a long filter in linear time', () => {
    const long = 'x'.repeat(100_000);
    expect(thrown(() => parsePath('f', 'next', '['.repeat(100_000)))).toBeInstanceOf(ConfigError);
    expect(read(`a[k=${long}].v`, { a: [{ k: long, v: 1 }] })).toBe(1);
  });
});

describe('items', () => {
  const entry = [{ resource: { id: 1 } }, { resource: { id: 2 } }];

  it.each<[items: string, body: unknown, found: readonly unknown[]]>([
    ['entry[*].resource', { entry }, [{ id: 1 }, { id: 2 }]],
    ['edges[*].node.id', { edges: [{ node: { id: 5 } }] }, [5]],
    ['bars.*', { bars: { A: [1, 2], B: [], C: [3] } }, [1, 2, 3]],
    ['users.*', { users: { a: { id: 1 }, b: { id: 2 } } }, [{ id: 1 }, { id: 2 }]],
    ['query.pages.*.links', { query: { pages: { 1: { links: ['a'] }, 2: { links: ['b'] } } } }, ['a', 'b']],
    ['rows[*]', { rows: [[1, 2], [3]] }, [[1, 2], [3]]],
    ['rows[*]', { rows: [null, 1] }, [null, 1]],
    ['a[*].b[*]', { a: [{ b: [[1]] }, { b: [[2]] }] }, [[1], [2]]],
    [
      'groups[kind=people].members',
      {
        groups: [
          { kind: 'x', members: [9] },
          { kind: 'people', members: [1] },
        ],
      },
      [1],
    ],
    [
      'entry[search.mode=match].n',
      {
        entry: [
          { search: { mode: 'match' }, n: 1 },
          { search: { mode: 'include' }, n: 2 },
        ],
      },
      [1],
    ],
    ['entry[mode=match]', { entry: [{ mode: 'match', n: 1 }, { mode: 'x' }] }, [{ mode: 'match', n: 1 }]],
    ['results[0].rows', { results: [{ rows: [1] }, { rows: [2] }] }, [1]],
    ['results[-1].rows', { results: [{ rows: [1] }, { rows: [2] }] }, [2]],
    ['Items || Results', { Results: [1] }, [1]],
    ['Items || Results', { Items: [], Results: [] }, []],
    ['Items || Results', { Items: [] }, []],
    ['hits[*].x || Results', { hits: [] }, []],
    ['entry[*].resource', { entry: [] }, []],
    ['bars.*', { bars: {} }, []],
    ['groups[kind=people].members', { groups: [] }, []],
  ])('%s of %j', (items, body, found) => {
    expect(itemsOf({ items }, body)).toEqual(found);
  });

  it.each<[items: string, body: unknown, message: string]>([
    [
      'entry[*].resource',
      { entry: [...entry, { x: 1 }] },
      'expected an item or a list at entry[2].resource, found nothing',
    ],
    ['entry[*].resource', { entry: [{ resource: null }] }, 'at entry[0].resource, found null'],
    ['entry[*].resource', {}, 'expected an item or a list at entry[*].resource, found nothing'],
    ['entry[*].resource', { entry: {} }, 'found nothing'],
    ['bars.*', { bars: { A: [1], B: null } }, 'at bars.B, found null'],
    ['bars.*', { bars: { A: [1], note: 'x' } }, 'found a list at bars.A, and "x" at bars.note'],
    ['bars.*', { bars: [] }, 'found nothing'],
    [
      'groups[kind=people].members',
      { groups: [{ kind: 'x', members: [] }] },
      'none of the 1 elements has [kind=people]',
    ],
    ['results[0].rows', { results: [{}] }, 'expected an array, found nothing'],
    ['results[0].rows', { results: [{ rows: {} }] }, 'expected an array, found an empty object'],
  ])('P5 %s of %j is an error, never the end', (items, body, message) => {
    const error = thrown(() => itemsOf({ items }, body));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain(message);
  });

  it.each<[items: string, body: unknown, found: readonly unknown[]]>([
    ['entry[*].resource', { entry: [...entry, { x: 1 }] }, [{ id: 1 }, { id: 2 }]],
    ['entry[*].resource', {}, []],
    ['bars.*', { bars: null }, []],
    ['bars.*', { bars: { A: [1], B: null } }, [1]],
    ['groups[kind=people].members', { groups: [{ kind: 'x', members: [] }] }, []],
  ])("with missingItems: 'empty', %s of %j has what is there", (items, body, found) => {
    expect(itemsOf({ items, missingItems: 'empty' }, body)).toEqual(found);
  });

  it('a 204 has no items, whatever the path', () => {
    for (const items of ['entry[*].resource', 'data', ['a', 'b'], { a: 'a' }])
      expect(singlePage({ items }).items(undefined, answer(undefined, 204))).toEqual([]);
  });

  it('several lists are read one after the other, or marked with their names', () => {
    const body = { added: [1, 2], removed: [{ id: 3 }] };
    expect(itemsOf({ items: ['added', 'removed'] }, body)).toEqual([1, 2, { id: 3 }]);
    expect(itemsOf({ items: { new: 'added', gone: 'removed[*].id' } }, body)).toEqual([
      { list: 'new', item: 1 },
      { list: 'new', item: 2 },
      { list: 'gone', item: 3 },
    ]);
    expect(thrown(() => itemsOf({ items: { a: 'added', b: 'changed' } }, body)).message).toContain('items at changed: expected an array, found nothing'); // prettier-ignore
    expect(itemsOf({ items: ['added', 'changed'], missingItems: 'empty' }, body)).toEqual([1, 2]);
  });

  it.each([[{}], [[]]])('refuses %j, which names no list', (items) => {
    expect(thrown(() => singlePage({ items })).message).toContain('singlePage: items must name at least one list');
  });

  it.each<[body: unknown, found: readonly unknown[] | undefined]>([
    [{ item: { id: 1 } }, [{ id: 1 }]],
    [{ item: [{ id: 1 }] }, [{ id: 1 }]],
    [{ item: 'text' }, ['text']],
    [{ item: '' }, undefined],
    [{ item: true }, undefined],
    [{ item: null }, undefined],
    [{}, undefined],
  ])("singleItem: 'allow' takes one item for a list of one: %j", (body, found) => {
    const read = () => itemsOf({ items: 'item', singleItem: 'allow' }, body);
    if (found === undefined) expect(thrown(read)).toBeInstanceOf(ExtractError);
    else expect(read()).toEqual(found);
  });

  it('one object in the place of a list is an error that offers singleItem', () => {
    expect(thrown(() => itemsOf({ items: 'item' }, { item: { id: 1 } })).message).toContain("if that is the only item, set `singleItem: 'allow'`"); // prettier-ignore
  });
});

describe('flags', () => {
  const value = (hasMore: Read<unknown>, body: unknown, response: PageResponse = answer(body)) =>
    readFlag('hasMore', reader('f', 'hasMore', hasMore), body, response);

  it.each([[true, true], ['true', true], ['True', true], ['TRUE', true], [1, true], ['1', true], [false, false], ['False', false], ['FALSE', false], [0, false], ['0', false]])('P4 %j is %j', (found, meant) => {
    expect(value('more', { more: found })).toBe(meant);
    expect(value(not('more'), { more: found })).toBe(!meant);
  }); // prettier-ignore

  it.each([[2], ['yes'], [null], [undefined], [[]], ['']])('P4 %j is an error, also of the opposite', (found) => {
    for (const more of ['more', not('more')]) {
      const error = thrown(() => value(more, { more: found }));
      expect(error).toBeInstanceOf(ExtractError);
      expect(error.message).toContain('hasMore at more: expected true or false');
    }
  });

  it('flag() says what an answer without the flag means', () => {
    expect(value(flag('more', { absent: false }), {})).toBe(false);
    expect(value(flag('more', { absent: true }), { more: null })).toBe(true);
    expect(value(flag('more', { absent: false }), { more: 1 })).toBe(true);
    expect(value(not(flag('last', { absent: false })), {})).toBe(true);
    expect(thrown(() => value(flag('more', { absent: false }), { more: 'x' })).message).toContain('found "x"');
  });

  it('flag() does not take a hidden header for an absent one', () => {
    const hidden = { ...answer({}), headers: { get: () => null, hidden: true } };
    const read = flag((_body, { headers }) => headers.get('x-more'), { absent: false });
    expect(value(read, {}, hidden)).toBe(false); // A function is taken at its word.
  });

  it.each([[() => not(5 as never), 'not: read must be a path'], [() => flag('a', {} as never), 'flag: absent must be true or false'], [() => flag('a..b', { absent: true }), 'has an empty segment']])('refuses %s', (make, message) => {
    expect(thrown(make).message).toContain(message);
  }); // prettier-ignore
});
