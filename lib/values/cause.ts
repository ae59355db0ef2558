import { isA, isErrorLike, peek } from './peek.js';
import { cutText, isSecretName, redactUrls } from './redact.js';

type Hide = (text: string) => string;

/** Members of clients' errors that hold requests and answers. */
const exchanged =
  /^(config|request|response|options|re[qs]|headers|body|data|error|metadata|response(Text|Body|Data))$/;

/** Messages may be megabytes. */
const most = 10_000;

const inspected = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom');

/**
 * A cause as errors show it: unchanged if neither logs nor `inspect` would show a URL's query, a request or an answer.
 * Otherwise a copy of the same class without them: requests and answers are still there, but not enumerable. Takes any
 * value and never throws.
 */
export function safeCause(cause: unknown, hide: Hide = redactUrls): unknown {
  try {
    const hideCut = (text: string) => hide(text.length > most ? `${cutText(text, most)}…` : text);
    return copyOf(cause, hideCut, new Map(), 0);
  } catch {
    return cause; // It can't be read, so nothing can show it.
  }
}

function copyOf(cause: unknown, hide: Hide, seen: Map<unknown, unknown>, depth: number): unknown {
  if (typeof cause === 'string') return hide(cause);
  if (typeof cause !== 'object' || cause === null || isOurs(cause)) return cause;
  if (seen.has(cause)) return seen.get(cause);
  if (depth > 10) return undefined;
  // Of a file: its path may look like a URL.
  if (typeof peek(cause, 'path') === 'string' && typeof peek(cause, 'syscall') === 'string') return cause;
  const isError = isA(cause, Error);
  const copy: object = isError ? new Error() : {};
  seen.set(cause, copy);
  const given = Object.getOwnPropertyDescriptors(cause) as Readonly<Record<PropertyKey, PropertyDescriptor>>;
  const own: PropertyDescriptorMap = {};
  // Maps show what is in them, URLs their query; and their prototypes work only with what their constructors make.
  const isBuiltIn = !isError && !/^\[object (Object|Array)\]$/.test(Object.prototype.toString.call(cause));
  let changed =
    isBuiltIn || typeof peek(cause, 'toJSON') === 'function' || typeof peek(cause, inspected) === 'function';
  for (const name of new Set([...Reflect.ownKeys(given), ...inherited])) {
    const value = peek(cause, name);
    const isEnumerable = Object.hasOwn(given, name) && given[name]?.enumerable === true;
    const safe = isEnumerable || shownAnyway.has(name) ? safeMember(name, value, hide, seen, depth + 1) : value;
    const isHidden = safe === unsafe || typeof name === 'symbol';
    changed ||= safe !== value;
    if (Object.hasOwn(given, name) || value !== undefined)
      own[name] = {
        value: safe === unsafe ? value : safe,
        enumerable: isEnumerable && !isHidden,
        writable: true,
        configurable: true,
      };
  }
  if (!changed) {
    seen.set(cause, cause);
    return cause;
  }
  const json = Object.fromEntries(
    ['name', 'message', 'code', 'status'].map((name) => [name, own[name]?.value as unknown]),
  );
  own['stack'] ??= { value: `${String(json['name'])}: ${String(json['message'])}` };
  own['toJSON'] = { value: () => json };
  own[inspected] = { value: undefined };
  Object.defineProperties(copy, own);
  if (isBuiltIn) return copy;
  return Object.setPrototypeOf(copy, Object.getPrototypeOf(cause) as object | null);
}

const isOurs = (value: object): boolean => peek(value, Symbol.for('pagewise.error')) === true;

/** What a class may give by getters: the retry rules read it. */
const inherited = ['name', 'message', 'stack', 'code', 'status', 'headers'];
/** Not enumerable in errors, and shown by `inspect` and by logs. */
const shownAnyway = new Set<PropertyKey>(['message', 'stack', 'cause', 'errors']);

/** Stands for a member that must not be shown. */
const unsafe = /* @__PURE__ */ Symbol('unsafe');

/** A member as it may be shown. */
function safeMember(
  name: PropertyKey,
  value: unknown,
  hide: Hide,
  seen: Map<unknown, unknown>,
  depth: number,
): unknown {
  if (name === 'cause') return copyOf(value, hide, seen, depth);
  if (name === 'errors' && Array.isArray(value)) {
    const errors = value.map((each) => copyOf(each, hide, seen, depth));
    return errors.every((each, i) => each === value[i]) ? value : errors;
  }
  const isShowable = (typeof value !== 'object' || value === null) && typeof value !== 'string';
  if (isShowable) return value;
  if (exchanged.test(String(name)) || (typeof value === 'string' && isSecretName(String(name)))) return unsafe;
  if (typeof value === 'string') return name === 'stack' ? safeStack(value, hide) : hide(value);
  if (isErrorLike(value)) return copyOf(value, hide, seen, depth);
  return showsSecrets(value, hide) ? unsafe : value;
}

/** The message at the start of a stack is hidden like others; its frames are places in code. */
export function safeStack(stack: string, hide: Hide): string {
  const at = stack.search(/^ +at /m);
  return at === -1 ? (/@.*:\d+:\d+$/m.test(stack) ? stack : hide(stack)) : hide(stack.slice(0, at)) + stack.slice(at);
}

function showsSecrets(value: unknown, hide: Hide): boolean {
  try {
    let found = false;
    const text = JSON.stringify(value, (name, member: unknown) => {
      // Of other classes (Headers, URLSearchParams, sockets) JSON shows less than a log.
      found ||= typeof member === 'string' ? isSecretName(name) : !isPlain(member);
      return member;
    });
    return found || text.length > most || hide(text) !== text;
  } catch {
    return true; // Cyclic.
  }
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
