import { describe, expect, it } from '@jest/globals';
import {
  ConfigError,
  cursor,
  inBody,
  inForm,
  inPlaces,
  inVariables,
  keyset,
  offset,
  pageNumber,
  paginate,
  type Placement,
  type Strategy,
} from 'pagewise';
import { thrown } from '../support/walks.js';

const placements: [string, Placement][] = [
  ['inBody', inBody()],
  ['inBody with a path', inBody('page')],
  ['inForm', inForm()],
  ['inVariables', inVariables()],
  ['inPlaces', inPlaces({ limit: inBody() })],
];
const strategies = (place: Placement): Strategy[] => [
  pageNumber({ place, size: 5, sizeParam: 'limit' }),
  offset({ place, size: 5 }),
  cursor({ place, size: 5, next: 'next' }),
  keyset({ place, size: 5, key: 'id' }),
];

describe('S11 a GET with a placement in the body', () => {
  it.each(placements)('is refused when the stream is built: %s', (_name, place) => {
    for (const strategy of strategies(place))
      for (const method of [undefined, 'GET', 'get', 'HEAD']) {
        const error = thrown(() => paginate({ url: 'http://127.0.0.1:1/', method }, strategy));
        expect(error).toBeInstanceOf(ConfigError);
        expect(error.message).toContain(
          "request can't carry a body; set `method: 'POST'`, or write the parameters with",
        );
      }
  });

  it.each(placements)('a POST is not: %s', (_name, place) => {
    for (const strategy of strategies(place))
      expect(() => paginate({ url: 'http://127.0.0.1:1/', method: 'POST' }, strategy)).not.toThrow();
  });
});
