import { type CheckpointStore, openKey } from '../../checkpoint.js';
import { CallbackError, LeaseError, ResumeError } from '../../errors.js';
import { fingerprint } from '../../values/compare.js';

/** A key as part of the name of a text or a file: one segment, of at most 200 characters. */
export function partitionName(key: string): string {
  // encodeURIComponent throws at half of a surrogate pair, and leaves what file systems reserve.
  const encoded = encodeURIComponent(key.replaceAll(/[\ud800-\udfff]/gu, '\ufffd'))
    .replaceAll(/[!'()*]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/^\.+$/, (dots) => dots.replaceAll('.', '%2E'));
  if (encoded.length <= 180) return encoded;
  return `${encoded.slice(0, 160).replace(/%[\dA-F]?$/, '')}~${fingerprint(key)}`;
}

/** The keys of all partitions that any run has begun. */
export interface KnownKeys {
  /** The key of the job's lease. */
  readonly lease: string;
  /** Takes the job's lease, until `close`: no other run begins a partition. @throws LeaseError */
  load(): Promise<void>;
  /** Settles when the key is stored. */
  add(key: string): Promise<void>;
  /** The source has it. */
  seen(key: string): void;
  /** Keys that the source did not have, and that still have a position. */
  unseen(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Keys in one text: a run reads one for each 200 partitions, and rewrites the last one for each that is new. */
const keysInText = 200;

/**
 * @internal Keys in texts of a store, `#0`, `#1` and so on: no partition has such a name.
 * @param textOf the key of such a text in the store
 * @param positionOf the key of a partition's position
 */
export function storedKeys(
  store: CheckpointStore,
  textOf: (name: string) => string,
  positionOf: (key: string) => string,
): KnownKeys {
  const lease = textOf('#0');
  const use = openKey(store, lease);
  const known = new Set<string>();
  const gone = new Set<string>();
  /** The keys of the last text, and its number. */
  let last: string[] = [];
  let number = 0;
  const waiting: { readonly key: string; settle(failure?: { readonly error: unknown }): void }[] = [];
  let isWriting = false;

  const get = async (key: string): Promise<unknown> => {
    try {
      return await store.get(key);
    } catch (cause) {
      throw new CallbackError('checkpoint.get', cause);
    }
  };

  /** Keys that come while a text is written wait for the next one, together. */
  async function write(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      if (last.length >= keysInText) [last, number] = [[], number + 1];
      const added = waiting.splice(0, keysInText - last.length);
      last.push(...added.map(({ key }) => key));
      let failure: { readonly error: unknown } | undefined;
      try {
        await (await use.begin())?.check();
        if ((await store.set(textOf(`#${number}`), JSON.stringify({ v: 1, partitions: last }))) === false)
          throw new Error('the key of a partition was not stored: set returned false');
      } catch (cause) {
        failure = { error: cause instanceof LeaseError ? cause : new CallbackError('checkpoint.set', cause) };
      }
      for (const { settle } of added) settle(failure);
    }
    isWriting = false;
  }

  return {
    lease,
    async load() {
      await use.begin();
      for (; ; number++) {
        const text = await get(textOf(`#${number}`));
        if (text === undefined || text === null) break;
        last = keysIn(text, textOf(`#${number}`));
        for (const key of last) {
          known.add(key);
          gone.add(key);
        }
      }
      number = Math.max(0, number - 1);
    },
    async add(key) {
      if (known.has(key)) return;
      known.add(key);
      const stored = new Promise<void>((resolve, reject) =>
        waiting.push({ key, settle: (failure) => (failure ? reject(failure.error) : resolve()) }),
      );
      if (!isWriting) void write();
      await stored;
    },
    seen: (key) => void gone.delete(key),
    async unseen() {
      const found: string[] = [];
      // One that has no position any more was cleaned up.
      for (const key of gone) {
        const text = await get(positionOf(key));
        if (text !== undefined && text !== null) found.push(key);
      }
      return found;
    },
    close: () => use.end(),
  };
}

function keysIn(text: unknown, key: string): string[] {
  try {
    const { v, partitions } = (typeof text === 'string' ? JSON.parse(text) : text) as {
      v?: unknown;
      partitions?: unknown;
    };
    if (v === 1 && Array.isArray(partitions) && partitions.every((each) => typeof each === 'string')) return partitions;
  } catch {
    // The same error.
  }
  throw new ResumeError('unreadable', `${JSON.stringify(key)} does not hold the keys of partitions; delete it, and vanished partitions are no longer reported`, { checkpoint: key }); // prettier-ignore
}
