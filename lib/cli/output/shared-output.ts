import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checkpoint, OpenCheckpoint } from '../../checkpoint.js';
import { readText, replaceFile } from '../../node/files.js';
import type { FileCheckpoint } from '../../node/sinks/committed-file.js';
import type { Json } from '../../page.js';
import { UsageError } from '../flags/arguments.js';

/** One file that several partitions append to, one after the other. */
export interface SharedOutput {
  /**
   * Stores the end of the file by itself, so that no checkpoint of a partition is needed to find it.
   * @returns the end, in the form of a commit; `undefined` if nothing has been written
   * @throws UsageError if it is unknown
   */
  settle(): Promise<Json | undefined>;
  /** The checkpoint of a partition that continues at the end of the file, wherever its own rows ended. */
  checkpointOf(own: OpenCheckpoint): FileCheckpoint;
}

/** The partition that writes at present, and the end of the file when it began. */
interface Writer {
  readonly key: string;
  readonly at: Json;
}

/**
 * The end of a shared file is that of the last commit. The last partition that has begun to write made it, or if that
 * has committed nothing, the one before. So a text names the last writer and the end before it. It is written when
 * another partition begins, and the end within a partition stays one commit with its position.
 * @param folder of the checkpoints
 * @param placeOf the stored checkpoint of a partition, by the name of its file
 */
export function sharedOutput(folder: string, placeOf: (key: string) => Checkpoint): SharedOutput {
  const file = join(folder, '#output.json');

  async function writer(): Promise<Writer | undefined> {
    const text = await readText(file);
    if (text === undefined) return undefined;
    try {
      const { v, key, at } = JSON.parse(text) as Partial<Writer> & { v?: unknown };
      if (v === 1 && typeof key === 'string' && at !== undefined) return { key, at };
    } catch {
      // The same error.
    }
    throw new UsageError(`${file} does not hold the end of the output; to start over, delete the folder ${folder}`);
  }
  const store = ({ key, at }: Writer) => replaceFile(file, JSON.stringify({ v: 1, key, at }));

  /** The end of the file at the last commit. */
  async function end(): Promise<Json | undefined> {
    const last = await writer();
    if (!last) return undefined;
    const own = (await placeOf(last.key).load())?.at;
    return own !== undefined && bytesOf(own) >= bytesOf(last.at) ? own : (last.at ?? undefined);
  }

  return {
    async settle() {
      const last = await writer();
      if (!last) {
        const files = await readdir(folder).catch((): string[] => []);
        if (files.some((name) => name.endsWith('.json') && !name.startsWith('#')))
          throw new UsageError(
            `${file}, which says where the output ends, is gone; to start over, delete the folder ${folder}`,
          );
        return undefined;
      }
      const at = (await end()) ?? null;
      if (JSON.stringify(at) !== JSON.stringify(last.at)) await store({ key: last.key, at });
      return at ?? undefined;
    },
    checkpointOf: (own) => ({
      key: folder,
      check: own.check,
      async load() {
        const place = await own.load();
        const at = await end();
        await store({ key: own.key, at: at ?? null });
        return place || at !== undefined ? { resume: place?.resume, at } : undefined;
      },
      // Without a position: the partition is about to write its first page.
      save: ({ resume, at }) => (resume ? own.save({ resume, at }) : store({ key: own.key, at: at ?? null })),
    }),
  };
}

const bytesOf = (at: Json): number => Number((at as { readonly bytes?: unknown } | null)?.bytes ?? 0);
