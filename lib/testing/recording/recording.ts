import { ConfigError } from '../../errors.js';
import type { Json } from '../../page.js';
import { describe } from '../../values/describe.js';

/** A request as a recording holds it: enough to recognise it. */
export interface RecordedRequest {
  readonly method: string;
  /** Without credentials; cursors under names like `page_token` are replaced by stand-ins. */
  readonly url?: string;
  /** For readers only; not compared. */
  readonly headers: Readonly<Record<string, string>>;
  /** A fingerprint, which reveals nothing of the body. */
  readonly body?: string;
}

/** A request and its outcome. */
export interface Exchange {
  readonly request: RecordedRequest;
  readonly response?: {
    readonly status: number;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    /** The whole body, unless `redact` changed it. */
    readonly body?: Json;
  };
  /** Instead of an answer, if the attempt failed. */
  readonly failure?: { readonly message: string; readonly retryable: boolean };
}

/** Real answers as plain JSON. Store it next to the test and pass it to `replayTransport`. */
export interface Recording {
  readonly v: 1;
  readonly exchanges: readonly Exchange[];
}

/** @throws ConfigError if it is not a recording, or one of another version */
export function readRecording(input: unknown): Recording {
  let value = input;
  if (typeof input === 'string') {
    try {
      value = JSON.parse(input);
    } catch (cause) {
      throw new ConfigError(
        'replayTransport: the recording is not JSON; pass the text that JSON.stringify(transport.recording) gave',
        { cause },
      );
    }
  }
  const { v, exchanges } = (value ?? {}) as { v?: unknown; exchanges?: unknown };
  if (v !== undefined && v !== 1)
    throw new ConfigError(
      `replayTransport: the recording has version ${describe(v)}, but this version of pagewise reads version 1; record again`,
    );
  if (v === undefined || !Array.isArray(exchanges))
    throw new ConfigError(
      `replayTransport: the recording must be the recording property of a recordTransport, or its JSON, not ${describe(value)}`,
    );
  const damaged = exchanges.findIndex(
    (one: Partial<Exchange> | null) => !one?.request || !(one.response ?? one.failure),
  );
  if (damaged !== -1)
    throw new ConfigError(
      `replayTransport: the recording is damaged: exchange ${damaged + 1} has no request, or no answer; record again`,
    );
  return value as Recording;
}

/**
 * The part of a value that JSON would lose, with its path: `.total is 12n`; `undefined` if JSON loses nothing. JSON
 * omits members that are undefined, which means the same.
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
  // By the constructor's name too, for plain objects of another realm.
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
