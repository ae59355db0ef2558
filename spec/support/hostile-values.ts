import { CheckError, ConfigError } from 'pagewise';

const boom = (): never => {
  throw new Error('a trap');
};

/** Each trap of a Proxy, throwing. */
const traps: ProxyHandler<object> = Object.fromEntries(
  ['get', 'set', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor', 'defineProperty', 'isExtensible'].map(
    (name) => [name, boom],
  ),
);

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** 100,000 levels, each made by a function from the level below. */
function deep(wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 'bottom';
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // A stack for each of them would take seconds.
  for (let level = 0; level < 100_000; level++) value = wrap(value);
  Error.stackTraceLimit = stackTraceLimit;
  return value;
}

function getters(names: readonly string[], on: { stack?: unknown } = {}): object {
  void on.stack; // V8 makes it from the name and the message when it is first read.
  return Object.defineProperties(
    on,
    Object.fromEntries(names.map((name) => [name, { get: boom, configurable: true }])),
  );
}

const names = ['name', 'message', 'stack', 'code', 'cause', 'status', 'response', 'headers', 'retryable', 'then'];

function answersAll(): unknown {
  const self: unknown = new Proxy(() => self, { get: () => self, has: () => true, apply: () => self });
  return self;
}

const cyclicError = () => {
  const error = new Error('cyclic');
  return Object.assign(error, { cause: error, response: error, headers: error });
};

const cyclicObject = () => {
  const object: Record<string, unknown> = { message: {} };
  return Object.assign(object, { self: object, list: [object, object], cause: object, message: object });
};

/** Made once: it is slow, and nobody changes it. */
function once(make: () => unknown): () => unknown {
  let made: { readonly value: unknown } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** What can be thrown, and should not be. Most are created each time, since handlers may change errors. */
export const hostileValues: readonly (readonly [name: string, make: () => unknown])[] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['an empty string', () => ''],
  ['a number', () => NaN],
  ['a bigint of 100,000 digits', once(() => 10n ** 100_000n)],
  ['a symbol', () => Symbol('s')],
  ['a function', () => () => undefined],
  ['a megabyte of text', once(() => 'x y'.repeat(400_000))],
  ['an error with a message of megabytes', once(() => new Error('http://user:pw@host/path '.repeat(100_000)))],
  ['an error without a message', () => Object.assign(new Error(), { message: undefined })],
  ['an error whose message is a symbol', () => Object.assign(new Error(), { message: Symbol('m') })],
  ['an error whose message is an object', () => Object.assign(new Error(), { message: Object.create(null) as object })],
  ['an error whose name is no string', () => Object.assign(new Error('x'), { name: Symbol('n'), code: {} })],
  ['an error whose stack is no string', () => Object.assign(new Error('x'), { stack: [1, 2] })],
  ['an error whose getters throw', () => getters(names, new Error('x'))],
  ['an object whose getters throw', () => getters(names)],
  ['an object without a prototype', () => Object.create(null) as object],
  ['a URL', () => new URL('https://user:pw@host/?token=hush')],
  ['a Date of no time', () => new Date(NaN)],
  ['a Proxy', () => new Proxy({}, traps)],
  ['a Proxy of an error', () => new Proxy(new Error('x'), traps)],
  ['a revoked Proxy', revoked],
  ['a Proxy that answers everything with itself', answersAll],
  ['a cycle', cyclicObject],
  ['an error that is its own cause', cyclicError],
  ['causes 100,000 levels deep', once(() => deep((cause) => Object.assign(new Error('x'), { cause })))],
  ['arrays 100,000 levels deep', once(() => deep((inner) => [inner]))],
  ['objects 100,000 levels deep', once(() => deep((inner) => ({ message: 'x', inner })))],
  [
    'an object with 10,000 keys',
    once(() => Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key ${i}`, i]))),
  ],
  ['a frozen error', () => Object.freeze(new Error('frozen'))],
  ['a frozen error of the library', () => Object.freeze(new ConfigError('frozen'))],
  [
    'an error of the library whose getters throw',
    () => getters(['message', 'stack', 'cause', 'code'], new ConfigError('x')),
  ],
  ['an error of the library that wraps a Proxy', () => new ConfigError('x', { cause: new Proxy({}, traps) })],
  [
    'an error of the library of hostile parts',
    () => new CheckError(Symbol('r') as never, new Proxy({}, traps) as never, {}),
  ],
  ['the brand alone', () => ({ [Symbol.for('pagewise.error')]: true })],
  ['headers that throw', () => ({ status: 503, headers: { get: boom }, message: 'x', name: 'y' })],
  [
    'a status of another client, with headers that throw',
    () => ({ response: { status: 401, headers: getters(['a']) } }),
  ],
];
