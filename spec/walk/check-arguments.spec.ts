// What paginate refuses of its arguments, and in which words.
import { describe, expect, it } from '@jest/globals';
import { of } from 'rxjs';
import { checkpoint, ConfigError, cursor, newest, offset, pageNumber, type PageRequest, type Strategy } from 'pagewise';
import {
  checkAdaptive,
  checkCheckpoint,
  checkSkip,
  checkStrategy,
  checkSync,
  firstRequest,
  readRequest,
} from '../../lib/walk/check-arguments.js';
import { counting, thrown } from '../support/walks.js'; // prettier-ignore

const refused = (call: () => unknown): string => {
  const error = thrown(call);
  expect(error).toBeInstanceOf(ConfigError);
  return error.message;
};
const anyOf = (strategy: unknown) => strategy as Strategy<unknown, never>;

describe('a request template', () => {
  it('is taken as it is if nothing in it is to be changed', () => {
    const headers = { a: 'b' };
    for (const request of [{}, { url: '/items' }, { url: '/', method: 'POST', body: 1, headers }, { headers: () => headers }])
      expect(readRequest(request)).toBe(request);
  }); // prettier-ignore

  it('gets the text of a URL, and a map of Headers', () => {
    const url = 'https://api.example.com/items?q=1';
    const body = {};
    expect(readRequest({ url: new URL(url), method: 'PUT', body })).toEqual({ url, method: 'PUT', body, headers: undefined });
    expect(readRequest({ url, headers: new Headers({ a: 'b' }) })).toEqual({ url, headers: { a: 'b' } });
  }); // prettier-ignore

  it.each([
    [{ url: 5 }, "paginate: the request's url must be a string or a URL, not 5"],
    [{ url: null }, "paginate: the request's url must be a string or a URL, not null"],
    [{ method: '' }, "paginate: the request's method must be a name like 'GET' or 'POST', not \"\""],
    [{ method: 5 }, "paginate: the request's method must be a name like 'GET' or 'POST', not 5"],
    [{ method: 'GET ' }, "paginate: the request's method must be a name like 'GET' or 'POST', not \"GET \""],
    [{ method: ' GET' }, "paginate: the request's method must be a name like 'GET' or 'POST', not \" GET\""],
    [{ headers: null }, "paginate: the request's headers must be an object, Headers, or a function that returns one of these, not null"],
    [{ headers: 'a: b' }, 'not "a: b"'],
    [{ headers: [['a', 'b']] }, 'not an array of 1'],
    [{ uri: '/' }, 'paginate: the request: unknown option "uri"'],
  ])('is refused: %j', (request, message) => {
    expect(refused(() => readRequest(request))).toContain(message);
  }); // prettier-ignore

  it('may have any method that is a token', () => {
    for (const method of ['GET', 'get', 'M-SEARCH', "!#$%&'*+.^`|~-_9"]) expect(readRequest({ method })).toEqual({ method });
  }); // prettier-ignore

  it.each<[given: unknown, instead: string]>([
    ['/items', '"/items"; write { url: \'…\' }'],
    [new URL('https://a.example/'), 'a URL; write { url }'],
    [{ place: () => 1 }, 'a strategy; the request comes first'],
    [{ clone: () => 1 }, 'a Request; write { url: request.url }'],
    [of(1), 'an Observable; write request$.pipe(switchMap((request) => paginate(request, …)))'],
    [() => 1, 'a function; call the function'],
    [Promise.resolve(), 'a Promise; await the Promise'],
    [null, 'null'],
    [undefined, 'undefined'],
    [[], 'an array of 0'],
    [5, '5'],
  ])('is none: %p', (given, instead) => {
    const expected = `of mine: the request must be an object { url, method, body, headers }, not ${instead}`;
    expect(refused(() => readRequest(given, 'of mine'))).toBe(expected);
  });

  it('may have members of these names that are no functions', () => {
    expect(refused(() => readRequest({ place: 1 }))).toContain('unknown option "place"');
    expect(refused(() => readRequest({ clone: 1 }))).toContain('unknown option "clone"');
  });
});

describe('a strategy', () => {
  const shape = "{ name, first, place, items, next }, such as pageNumber({ items: 'items' })";
  it('is one of any make', () => {
    for (const strategy of [counting(1), { ...counting(1), first: null }, { ...counting(1), first: 0, name: '' }])
      expect(checkStrategy(strategy)).toBeUndefined();
  });

  it.each<[given: unknown, instead: string]>([
    [{ strategy: counting(1) }, 'an object with strategy; pass the member strategy'],
    [{ items: 'items' }, 'an object with items; pass these options to a function such as pageNumber'],
    [{ items: 5 }, 'an object with items; pass these options to a function such as pageNumber'],
    [{ size: 5 }, 'an object with size; pass these options to a function such as pageNumber'],
    [pageNumber, 'a function; call the function'],
    [Promise.resolve(), 'a Promise; await the Promise'],
    [null, 'null'],
    ['pageNumber', '"pageNumber"'],
    [[], 'an array of 0'],
  ])('is none: %p', (given, instead) => {
    expect(refused(() => checkStrategy(given))).toBe(`paginate: the strategy must be an object ${shape}, not ${instead}`);
  }); // prettier-ignore

  it.each(['place', 'items', 'next'])('without %s, or with another kind of it, is none', (name) => {
    for (const [value, words] of [[undefined, 'undefined'], [true, 'true']] as const)
      expect(refused(() => checkStrategy({ ...counting(1), [name]: value }, 'of mine'))).toBe(
        `of mine: the strategy's ${name} must be a function, not ${words}; a strategy is ${shape}`,
      );
  }); // prettier-ignore

  it('needs a name and a first position', () => {
    expect(refused(() => checkStrategy({ ...counting(1), name: () => 'x' }))).toBe(
      `paginate: the strategy's name must be a string, not a function; a strategy is ${shape}`,
    );
    expect(refused(() => checkStrategy({ ...counting(1), first: undefined }))).toBe(
      `paginate: the strategy's first position is missing; a strategy is ${shape}`,
    );
  });

  it('places its first position before anything is sent', () => {
    const placing = (place: () => unknown) => firstRequest({ url: '/' }, anyOf({ ...counting(1), place }));
    const placed = { url: '/1' };
    expect(placing(() => placed)).toBe(placed);
    expect(firstRequest({ url: '/' }, counting(1))).toEqual({ url: '/', body: { page: 1 } });
    expect(refused(() => placing(() => undefined))).toBe(
      "paginate: the strategy's place must return a request, not undefined",
    );
    expect(refused(() => placing(() => null))).toContain('not null');
    expect(refused(() => placing(() => () => 1))).toBe(
      "paginate: the strategy's place must return a request, not a function; is a placement missing its parentheses, as in `inHeaders()`?",
    );
    const failing = thrown(() => placing(() => { throw new Error('mine'); })); // prettier-ignore
    expect(failing).toMatchObject({ callback: 'strategy.place' });
  });
});

describe('skipFailedPages', () => {
  it('needs a guess', () => {
    expect(checkSkip({ max: 1 }, anyOf(pageNumber({ items: 'items' })))).toBeUndefined();
    for (const strategy of [counting(1), { ...counting(1), guess: () => undefined }])
      expect(refused(() => checkSkip({ max: 1 }, anyOf(strategy)))).toBe(
        'paginate: skipFailedPages needs a strategy that can guess the next position without an answer: `pageNumber`, or `offset` with a size; "counting" can\'t (it has no guess, or none without a size)',
      );
    const failing = { ...counting(1), guess: () => { throw new Error('mine'); } }; // prettier-ignore
    expect(thrown(() => checkSkip({ max: 1 }, anyOf(failing)))).toMatchObject({ callback: 'strategy.guess' });
    expect(thrown(() => checkSkip({ max: 1 }, counting(1)))).toMatchObject({ of: 'paginate', options: ['skipFailedPages'] });
  }); // prettier-ignore

  it('is a count', () => {
    const strategy = anyOf(pageNumber({ items: 'items' }));
    expect(refused(() => checkSkip(3, strategy))).toContain('paginate: skipFailedPages: options must be an object, not 3; name the option, as in { max: … }');
    expect(refused(() => checkSkip({ max: 0 }, strategy))).toBe('paginate: skipFailedPages.max must be a whole number of at least 1, not 0');
  }); // prettier-ignore
});

describe('adaptiveSize', () => {
  it('needs a size, and a strategy that can change it', () => {
    const check = (adaptive: unknown, strategy: unknown) => () => checkAdaptive(adaptive, anyOf(strategy));
    expect(check(true, offset({ items: 'items', size: 5 }))()).toBeUndefined();
    for (const off of [false, undefined]) expect(check(off, counting(1))()).toBeUndefined();
    expect(refused(check('yes', offset({ items: 'items', size: 5 })))).toBe('paginate: adaptiveSize must be true or false, not "yes"');
    expect(refused(check(true, offset({ items: 'items' })))).toBe(
      'paginate: adaptiveSize needs a size to change; give pageNumber, offset, cursor, keyset or relay a size. "offset" has no size',
    );
    expect(refused(check(true, { ...offset({ items: 'items', size: 5 }), resize: undefined }))).toContain(
      "\"offset\" can't ask for the same items in another size",
    );
  }); // prettier-ignore
});

describe('checkpoint and resumeFrom', () => {
  const store = checkpoint(new Map<string, string>(), 'job');
  const check = (checkpoint: unknown, resumeFrom: unknown, stateful?: unknown, body: unknown = {}) =>
    () => checkCheckpoint(checkpoint, resumeFrom, stateful, body); // prettier-ignore

  it('are fine alone, and so is neither', () => {
    for (const given of [check(undefined, undefined), check(store, undefined), check(undefined, '{}')])
      expect(given()).toBeUndefined();
    expect(check(undefined, undefined, 'once', new Blob(['x']))()).toBeUndefined();
  });

  it.each<[name: string, given: ReturnType<typeof check>, message: string]>([
    ['both', check(store, '{}'), 'paginate: checkpoint and resumeFrom both say where to continue; remove one of them'],
    ['a body that can not be compared', check(store, undefined, undefined, new Blob(['x'])), "paginate: checkpoint can't continue this walk: the request's body is a Blob"],
    ['a body that can not be compared', check(undefined, '{}', undefined, new Blob(['x'])), "paginate: resumeFrom can't continue this walk: the request's body is a Blob"],
    ['a position that the server keeps', check(store, undefined, 'once'), "paginate: checkpoint can't continue this walk: the server keeps the position (a scroll, `onSameToken: 'continue'`); start over without checkpoint"],
    ['a position that the server keeps', check(undefined, '{}', 'once'), "paginate: resumeFrom can't continue this walk: the server keeps the position (a scroll, `onSameToken: 'continue'`); start over without resumeFrom"],
    ['null', check(null, undefined), 'paginate: checkpoint must be the result of checkpoint(store, key), not null'],
    ['a store', check(new Map(), undefined), 'paginate: checkpoint must be the result of checkpoint(store, key), not an object of class Map'],
    ['one that only loads', check({ load: () => 1 }, undefined), 'paginate: checkpoint must be'],
    ['one that only saves', check({ save: () => 1 }, undefined), 'paginate: checkpoint must be'],
  ])('are refused: %s', (_name, given, message) => {
    expect(refused(given)).toContain(message);
  }); // prettier-ignore
});

describe('sync', () => {
  const sync = newest('at', { param: 'since' });

  it('is fine without what would lose items', () => {
    expect(checkSync(undefined, undefined, { max: 1 })).toBeUndefined();
    expect(checkSync(sync, undefined, undefined)).toBeUndefined();
    expect(checkSync(sync, checkpoint(new Map<string, string>(), 'job'), undefined)).toBeUndefined();
  });

  it.each(['begin', 'place', 'take'])('without %s is none', (method) => {
    expect(refused(() => checkSync({ ...sync, [method]: 1 }, undefined, undefined))).toMatch(
      /^paginate: sync must be the result of newest\(field, \{ … \}\), not an object/,
    );
  });

  it('is refused with what would lose items, or deliver all of them again', () => {
    expect(refused(() => checkSync(null as never, undefined, undefined))).toContain('paginate: sync must be');
    expect(refused(() => checkSync(sync, undefined, { max: 1 }))).toMatch(/^paginate: sync and skipFailedPages: /);
    const again = checkpoint(new Map<string, string>(), 'job', { whenDone: 'restart' });
    expect(refused(() => checkSync(sync, again, undefined))).toContain('paginate');
  });
});

it('a request that is read is the one that is placed', () => {
  const request: PageRequest = readRequest({ url: 'https://api.example.com/' });
  expect(firstRequest(request, cursor({ items: 'items', next: 'next', cursorParam: 'c' }) as never)).toEqual(request);
});
