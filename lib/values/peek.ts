// Anything can be thrown: an object whose getters throw, a Proxy whose traps throw, a revoked Proxy. Code that handles
// errors reads them through these functions, which take any value and never throw.

/** A property of any value; `undefined` if there is none, or if it can't be read. */
export function peek(value: unknown, name: PropertyKey): unknown {
  try {
    return (value as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}

/** `instanceof`, for any value. */
export function isA<T>(value: unknown, type: abstract new (...args: never[]) => T): value is T {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}

/** Whether a value has what makes it useful as an error: a name and a message. Errors of any realm have them. */
export const isErrorLike = (value: unknown): value is { readonly name: string; readonly message: string } =>
  typeof value === 'object' && typeof peek(value, 'name') === 'string' && typeof peek(value, 'message') === 'string';
