import { describe, expect, it } from '@jest/globals';
import { ConfigError, inForm, inHeaders, inPlaces, inTemplate, inText, type PageRequest } from 'pagewise';
import { thrown } from '../support/walks.js';

const request = { url: 'https://api.example.com/query?minor=1' };
const query = (made: PageRequest) => new URL(made.url ?? '').searchParams.get('query');

describe('inText', () => {
  const select = inText('query', 'SELECT * FROM Customer STARTPOSITION {offset} MAXRESULTS {limit}');

  it('writes parameters into a text in the query, as QuickBooks wants', () => {
    const made = select(request, { offset: 101, limit: 100 });
    expect(query(made)).toBe('SELECT * FROM Customer STARTPOSITION 101 MAXRESULTS 100');
    expect(made.url).toContain('minor=1');
    expect(request.url).toBe('https://api.example.com/query?minor=1');
  });

  it('writes it elsewhere with another placement', () => {
    const form = inText('q', 'id > {after}', inForm())({ ...request, method: 'POST' }, { after: 'b-2' });
    expect(String(form.body)).toBe('q=id+%3E+b-2');
    expect(inText('X-Range', '{offset}-', inHeaders())(request, { offset: 5 }).headers).toEqual({ 'X-Range': '5-' });
  });

  it('leaves out a part in double braces if its parameter has no value', () => {
    const rows = inText('query', 'SELECT Id FROM Account{{ WHERE Id > {after}}} ORDER BY Id');
    expect(query(rows(request, {}))).toBe('SELECT Id FROM Account ORDER BY Id');
    expect(query(rows(request, { after: '001xx' }))).toBe('SELECT Id FROM Account WHERE Id > 001xx ORDER BY Id');
  });

  it.each([["'; DROP TABLE x"], ['a b'], ['a"'], ['a)'], [''], ['a,b'], [{}], [null], [true], ['x\n']])('S8 refuses %j, which could change the text', (offset) => {
    const error = thrown(() => select(request, { offset, limit: 1 }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain('parameter offset is');
  }); // prettier-ignore

  it('takes large numbers, whole', () => {
    expect(query(select(request, { offset: 9007199254740993n, limit: 1 }))).toContain(
      'STARTPOSITION 9007199254740993 ',
    );
  });

  it('refuses a parameter that the text does not name, and a name without a parameter', () => {
    expect(thrown(() => select(request, { offset: 1, limit: 1, page: 2 })).message).toContain('inText: nothing names {page}; add it, or write page elsewhere with `inPlaces()`'); // prettier-ignore
    expect(thrown(() => select(request, { limit: 1 })).message).toContain('there is no value for {offset}');
    expect(query(inPlaces({ offset: inText('query', 'FROM {offset}') })(request, { offset: 1, page: 2 }))).toBe(
      'FROM 1',
    );
  });

  it.each([['', 'a {b}'], [5 as never, 'a {b}'], ['query', 'no name'], ['query', 5 as never]])('refuses inText(%j, %j)', (name, text) => {
    expect(thrown(() => inText(name, text))).toBeInstanceOf(ConfigError);
  }); // prettier-ignore
});

describe('inTemplate', () => {
  const place = inTemplate({
    '/structuredQuery/startAt': { values: [{ referenceValue: '{after}' }], before: false },
    '/structuredQuery/limit': '{limit}',
  });
  const body = { structuredQuery: { from: [{ collectionId: 'c' }] } };
  const post = { url: 'https://api.example.com/', method: 'POST', body };

  it('writes a position into a template of a part of the body, as Firestore wants', () => {
    expect(place(post, { after: 'p/b', limit: 10 }).body).toEqual({
      structuredQuery: {
        from: [{ collectionId: 'c' }],
        startAt: { values: [{ referenceValue: 'p/b' }], before: false },
        limit: 10,
      },
    });
    expect(body).toEqual({ structuredQuery: { from: [{ collectionId: 'c' }] } });
  });

  it('leaves out a part whose parameter has no value', () => {
    expect(place(post, { limit: 10 }).body).toEqual({ structuredQuery: { ...body.structuredQuery, limit: 10 } });
    expect(place(post, {})).toBe(post);
  });

  it('keeps the type of a value that is the whole text, and writes others into the text', () => {
    const made = inTemplate({ a: '{x}', b: 'from {x}', c: [null, true, '{y}'] })(post, { x: 5, y: { z: [1] } });
    expect(made.body).toEqual({ ...body, a: 5, b: 'from 5', c: [null, true, { z: [1] }] });
  });

  it('a part without a name is written always', () => {
    expect(inTemplate({ 'page.mode': 'cursor', 'page.after': '{after}' })(post, {}).body).toEqual({ ...body, page: { mode: 'cursor' } }); // prettier-ignore
  });

  it('writes names with dots by a JSON Pointer', () => {
    expect(inTemplate({ '/a.b/c~1d': '{x}' })(post, { x: 1 }).body).toEqual({ ...body, 'a.b': { 'c/d': 1 } });
  });

  it('refuses a parameter that no template names', () => {
    expect(thrown(() => place(post, { after: 'x', limit: 1, page: 2 })).message).toContain(
      'inTemplate: nothing names {page}',
    );
  });

  it.each([
    [{}, 'inTemplate: give templates by path'],
    [['a'] as never, 'inTemplate: give templates by path'],
    [{ '.': '{x}' }, 'inTemplate: "." is the whole body'],
    [{ '__proto__.x': '{x}' }, 'leads to a prototype'],
    [{ 'a[0]': '{x}' }, 'chooses, and values can only be written to one place'],
  ])('S7 refuses %j', (parts, message) => {
    expect(thrown(() => inTemplate(parts)).message).toContain(message);
  });

  it('refuses a body that is not a plain object', () => {
    expect(thrown(() => place({ ...post, body: 'text' }, { limit: 1 }))).toBeInstanceOf(ConfigError);
  });
});
