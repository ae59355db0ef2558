import { describe, expect, it } from '@jest/globals';
import { ConfigError, inVariables, type Params } from 'pagewise';
import { thrown } from '../support/walks.js';

const query = 'query ($after: String, $first: Int) { list(after: $after, first: $first) { nodes } }';
const placed = (body: unknown, params: Params) => inVariables()({ body }, params).body;

describe('inVariables', () => {
  it.each<[unknown, Params, unknown]>([
    [{ query }, { after: 'a' }, { query, variables: { after: 'a' } }],
    [{ query, variables: { id: 1, after: 'x' } }, { after: 'a' }, { query, variables: { id: 1, after: 'a' } }],
    [{ query, variables: { after: 'x' } }, { after: undefined }, { query, variables: {} }],
    [{ query, operationName: 'q' }, { first: 5 }, { query, operationName: 'q', variables: { first: 5 } }],
    [{ id: 'persisted' }, { after: 'a' }, { id: 'persisted', variables: { after: 'a' } }],
    [undefined, { after: 'a' }, { variables: { after: 'a' } }],
    [{ query: '$a_1(x)' }, { a_1: 'a' }, { query: '$a_1(x)', variables: { a_1: 'a' } }],
    [{ query: 5 }, { after: 'a' }, { query: 5, variables: { after: 'a' } }],
    [{ query: '{ list }' }, {}, { query: '{ list }' }],
  ])('%j with %p is %j', (body, params, expected) => {
    expect(placed(Object.freeze(body), params)).toEqual(expected);
  });

  it.each([
    [{ query: '{ list { nodes } }' }, { after: 'a' }, 'the query does not use the variable $after'],
    [{ query: 'query ($afterwards: Int) { x }' }, { after: 'a' }, 'the query does not use the variable $after'],
    [{ query }, { last: 5 }, 'the query does not use the variable $last'],
    [{ query: '{ list(after: "$") }' }, { after: 'a' }, 'the query does not use the variable $after'],
    ...Array.from('.*+?^${}()|[]\\').map((one): [unknown, Params, string] => [
      { query: '$ab $axb $b' },
      { [`a${one}b`]: 'a' },
      `the query does not use the variable $a${one}b`,
    ]),
    [null, { after: 'a' }, 'the body is null'],
    ['{"query":""}', { after: 'a' }, 'the body is a string'],
    [[{ query }], { after: 'a' }, 'the body is an array of 1'],
    [{ query, variables: '{}' }, { after: 'a' }, 'the body\'s "variables" is a string'],
    [{ query, variables: [] }, { after: 'a' }, 'the body\'s "variables" is an array of 0'],
  ] as [unknown, Params, string][])('refuses %j with %j', (body, params, message) => {
    const error = thrown(() => placed(body, params));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(message);
  });
});
