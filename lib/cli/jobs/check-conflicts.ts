import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, normalize } from 'node:path';
import { parsePath } from '../../reading/path.js';
import { type Arguments, UsageError } from '../flags/arguments.js';
import { appended, toStdout } from '../output/open-output.js';
import { formatName, outputFormat, rowMaker } from '../output/output-format.js';

/** Refuses flags that can't go together, and files and paths that can't work. @throws UsageError, ConfigError */
export function checkConflicts(args: Arguments): void {
  const { checkpoint, resumeFrom, output, quiet, silent, verbose, progress, fields = [] } = args;
  const format = formatName(args);
  if (checkpoint !== undefined && checkpoint !== false) {
    if (resumeFrom !== undefined)
      throw new UsageError(
        `--checkpoint ${checkpoint} goes on where it is by itself; leave --resume-from out, or the checkpoint`,
      );
    if (output !== undefined && normalize(checkpoint) === normalize(output))
      throw new UsageError(`--checkpoint and -o are both ${checkpoint}; name two files`);
    if (format === 'json' && toStdout(args))
      throw new UsageError(
        '--checkpoint with --format json needs -o FILE: what is on stdout can not be gone on with behind the end of an array; or use --format ndjson, or --no-checkpoint for a job of a file',
      );
  }
  if (args.pages && format === 'csv')
    throw new UsageError('--pages with --format csv: a page is no row of cells; use --format ndjson or json');
  if (output !== undefined && !toStdout(args)) checkWritable('-o', output);
  const twice = fields.find((field, i) => fields.indexOf(field) !== i);
  if (twice !== undefined) throw new UsageError(`--fields names ${twice} twice; leave one of them out`);
  if (verbose && (quiet ?? silent)) throw new UsageError('-v says more and -q says less; leave one of them out');
  if (progress && (quiet ?? silent)) throw new UsageError('--progress with -q, which says nothing; leave one out');
  outputFormat(args);
  rowMaker(args);
  if (args.distinct !== undefined) parsePath('--distinct', args.distinct);
  if (resumeFrom !== undefined) appended(args);
}

/** Refuses a file that can't be written to, without touching it. @throws UsageError */
export function checkWritable(flag: string, path: string): void {
  try {
    if (existsSync(path) && statSync(path).isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    accessSync(existsSync(path) ? path : dirname(path), constants.W_OK);
  } catch (error) {
    const { code = '' } = error as { code?: string };
    throw new UsageError(`${flag} ${path}: can't open it for writing (${code})`);
  }
}
