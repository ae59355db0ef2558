import { mkdirSync } from 'node:fs';
import { dirname, normalize } from 'node:path';
import { checkpoint as libraryCheckpoint } from '../../checkpoint.js';
import { CallbackError, ResumeError, WriteError } from '../../errors.js';
import { readText, replaceFile } from '../../node/files.js';
import type { Json, ResumeToken } from '../../page.js';
import { sameJson } from '../../values/compare.js';
import { type Arguments, UsageError } from '../flags/arguments.js';
import { checkWritable } from '../jobs/check-conflicts.js';
import type { WrittenSoFar } from './open-output.js';
import { formatName } from './output-format.js';

/** Where a job stands. */
export interface JobPlace {
  readonly resume: ResumeToken;
  readonly written: WrittenSoFar;
  /** How long the file of the keys of --distinct is. */
  readonly keys?: number | undefined;
}

/** The file of `--checkpoint`. */
export interface JobCheckpoint {
  readonly file: string;
  /** @throws UsageError where it is none, or one of something else */
  load(): Promise<JobPlace | undefined>;
  /** @throws WriteError */
  save(place: JobPlace): Promise<void>;
}

/** What the flags say of what is written: it can't change halfway. */
const writtenAs = (args: Arguments) => ({
  '-o': args.output === undefined || args.output === '-' ? '-' : normalize(args.output),
  '--format': formatName(args),
  '--fields': args.fields?.join(',') ?? '',
  '--distinct': args.distinct ?? '',
  '--pages': args.pages ?? false,
});

/** @throws UsageError where it can't be written to */
export function jobCheckpoint(args: Arguments, file: string): JobCheckpoint {
  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch (error) {
    const { code = '' } = error as { code?: string };
    throw new UsageError(`--checkpoint ${file}: can't make the folder for it (${code})`);
  }
  checkWritable('--checkpoint', file);
  const as = writtenAs(args);
  const kept = libraryCheckpoint(
    {
      get: () => readText(file),
      set: (_key: string, text: string) => replaceFile(file, text, dirname(file)),
    },
    file,
  );
  return {
    file,
    async load() {
      const place = await kept.load().catch((error: unknown) => {
        if (error instanceof ResumeError)
          throw new UsageError(`--checkpoint ${file}: it is no checkpoint, or a damaged one; ${startOver(file)}`);
        if (error instanceof CallbackError) {
          const { code = '' } = error.cause as { code?: string };
          throw new UsageError(`--checkpoint ${file}: can't read it (${code})`);
        }
        throw error;
      });
      if (!place) return undefined;
      const { as: before, bytes, state, keys } = (place.at ?? {}) as Readonly<Record<string, Json>>;
      if (before === undefined || state === undefined || !Number.isSafeInteger(bytes))
        throw new UsageError(`--checkpoint ${file}: it was not made by this command; ${startOver(file)}`);
      for (const [flag, value] of Object.entries(as)) {
        const earlier = (before as Readonly<Record<string, Json | undefined>>)[flag];
        if (!sameJson(earlier, value))
          throw new UsageError(
            `--checkpoint ${file}: it was made with ${shown(flag, earlier)}, and this is ${shown(flag, value)}; go on as it was, or ${startOver(file)}`,
          );
      }
      return { resume: place.resume, written: { bytes: bytes as number, state }, keys: keys as number | undefined };
    },
    save: ({ resume, written, keys }) =>
      kept
        .save({
          resume,
          at: { as, bytes: written.bytes, state: written.state, ...(keys === undefined ? {} : { keys }) },
        })
        .catch((error: unknown) => {
          throw error instanceof CallbackError ? new WriteError(file, error.cause) : error;
        }),
  };
}

/** How to leave a checkpoint. */
export const startOver = (file: string): string => `to start over, delete ${file} or name another file`;

function shown(flag: string, value: Json | undefined): string {
  if (typeof value === 'string' && value !== '') return `${flag} ${value}`;
  return value === true ? flag : `no ${flag}`;
}
