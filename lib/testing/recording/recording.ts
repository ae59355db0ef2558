import { ConfigError } from '../../errors.js';
import type { Json } from '../../page.js';
import { describe } from '../../values/describe.js';

/** A request as a recording holds it: enough to know it again. */
export interface RecordedRequest {
  readonly method: string;
  /** Without credentials; stand-ins for cursors whose name is a secret's. */
  readonly url?: string;
  /** For the reader; not compared. */
  readonly headers: Readonly<Record<string, string>>;
  /** A fingerprint: nothing of the body can be read from it. */
  readonly body?: string;
}

/** A request and what came of it. */
export interface Exchange {
  readonly request: RecordedRequest;
  readonly response?: {
    readonly status: number;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    /** Whole, unless `redact` has changed it. */
    readonly body?: Json;
  };
  /** In the place of an answer: the attempt failed. */
  readonly failure?: { readonly message: string; readonly retryable: boolean };
}

/** Real answers, as plain JSON: to be kept beside the test, and given to `replayTransport`. */
export interface Recording {
  readonly v: 1;
  readonly exchanges: readonly Exchange[];
}

/** @throws ConfigError where it is no recording, or one of another version */
export function readRecording(input: unknown): Recording {
  let value = input;
  if (typeof input === 'string') {
    try {
      value = JSON.parse(input);
    } catch (cause) {
      throw new ConfigError('replayTransport: the recording is not JSON', { cause });
    }
  }
  const { v, exchanges } = (value ?? {}) as { v?: unknown; exchanges?: unknown };
  if (v !== undefined && v !== 1)
    throw new ConfigError(`replayTransport: the recording is of version ${describe(v)}, and this pagewise reads 1`);
  if (v === undefined || !Array.isArray(exchanges))
    throw new ConfigError(
      `replayTransport: the recording must be what recordTransport gives as recording, or its JSON, not ${describe(value)}`,
    );
  const damaged = exchanges.findIndex(
    (one: Partial<Exchange> | null) => !one?.request || !(one.response ?? one.failure),
  );
  if (damaged !== -1)
    throw new ConfigError(
      `replayTransport: the recording is damaged: exchange ${damaged + 1} has no request, or no answer`,
    );
  return value as Recording;
}

/**
 * What JSON would lose of a value, and where: `.total is 12n`; `undefined` where it holds everything. Members that are
 * undefined are left out by JSON, and mean the same.
 */
export function nonJson(value: unknown, path = '', above: readonly unknown[] = []): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} is ${value}`.trim();
  if (typeof value !== 'object') return `${path} is ${describe(value)}`.trim();
  if (above.includes(value)) return `${path} holds itself`.trim();
  const within = [...above, value];
  if (Array.isArray(value))
    return firstOf(
      value.map((member, i) => [`${path}[${i}]`, member]),
      within,
    );
  const prototype: unknown = Object.getPrototypeOf(value);
  // By its constructor's name too: plain objects of another realm are plain.
  const { name = 'no plain object' } = (prototype as { constructor?: { name?: string } } | null)?.constructor ?? {};
  if (prototype !== null && name !== 'Object') return `${path} is a ${name}`.trim();
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return firstOf(
    members.map(([key, member]) => [`${path}.${key}`, member]),
    within,
  );
}

function firstOf(members: [path: string, value: unknown][], above: readonly unknown[]): string | undefined {
  for (const [path, value] of members) {
    const found = nonJson(value, path, above);
    if (found !== undefined) return found;
  }
  return undefined;
}
