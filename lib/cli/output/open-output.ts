import { ConfigError, ResumeError, WriteError } from '../../errors.js';
import { FileWriter } from '../../node/sinks/file-writer.js';
import type { WritableFile } from '../../node/sinks/file.js';
import type { Json } from '../../page.js';
import { type Arguments, UsageError } from '../flags/arguments.js';
import { formatName, outputFormat } from './output-format.js';

/** Where an earlier run has come to in what is written. */
export interface WrittenSoFar {
  readonly bytes: number;
  readonly state: Json;
}

/** Whether it goes to stdout. */
export const toStdout = ({ output = '-' }: Pick<Arguments, 'output'>): boolean => output === '-';

/**
 * stdout, or a file.
 * @param from what a checkpoint says; `append`: behind what is there
 * @throws UsageError where it can't be opened, or can't be gone on with
 */
export async function openOutput(args: Arguments, from: WrittenSoFar | 'append' | undefined): Promise<FileWriter> {
  const format = outputFormat(args);
  const { output = '-', checkpoint } = args;
  const state = from === 'append' ? appended(args) : from?.state;
  const at = from === 'append' ? 'end' : (from?.bytes ?? 0);
  const writer = await format.open(state);
  try {
    return toStdout(args)
      ? await FileWriter.open('stdout', writer, at, '-o', () => Promise.resolve(stdoutFile()))
      : await FileWriter.open(output, writer, at, '-o');
  } catch (error) {
    if (error instanceof WriteError) {
      const { code = '' } = error.cause as { code?: string };
      throw new UsageError(`-o ${output}: can't open it for writing (${code})`);
    }
    if (error instanceof ResumeError)
      throw new UsageError(
        `-o ${output}: it is shorter than --checkpoint ${String(checkpoint)} says: it was replaced or cut; to start over, delete ${String(checkpoint)} or name another file`,
      );
    throw error;
  }
}

/** What going on behind what is there needs. @throws UsageError where nothing can come behind it */
export function appended(args: Arguments): Json | undefined {
  try {
    return outputFormat(args).append();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(
      formatName(args) === 'csv'
        ? '--resume-from with --format csv needs --fields, the columns of what is gone on with; or use --checkpoint'
        : '--resume-from with --format json: nothing can come behind the end of an array; use --checkpoint with -o FILE, or --format ndjson',
    );
  }
}

/** stdout as a file. A write settles when the text has left this process, so that waiting for it is backpressure. */
function stdoutFile(): WritableFile {
  let bytes = 0;
  return {
    regular: false,
    get bytes() {
      return bytes;
    },
    write: (data) =>
      new Promise((resolve, reject) => {
        process.stdout.write(data, (error) => {
          if (error) reject(error);
          else {
            bytes += data.length;
            resolve();
          }
        });
      }),
    truncate(to) {
      bytes = to;
      return Promise.resolve();
    },
    sync: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
