import { normalize } from 'node:path';
import { fileId, isSameFile } from '../../node/same-file.js';
import { type Arguments, UsageError } from '../flags/arguments.js';

/** A job and its flags; without a name, it is the only one. */
export interface NamedJob {
  readonly name?: string;
  readonly args: Arguments;
}

/** A file that a job writes. */
interface Output {
  readonly job: string | undefined;
  readonly flag: string;
  readonly path: string;
  /** A path or a descriptor. */
  readonly file: string | number;
}

/**
 * Refuses outputs that share a file, however they are spelt: they would overwrite each other.
 * @param config the file of jobs, if there is one
 * @throws UsageError that names both
 */
export function checkSeparate(jobs: readonly NamedJob[], config?: string): void {
  const outputs = jobs.flatMap(outputsOf).map((output) => ({ ...output, id: fileId(output.file) }));
  for (const [index, second] of outputs.entries())
    for (const first of outputs.slice(0, index)) {
      // The shell has sent stdout and stderr to one file, or several jobs write to stdout in turn.
      if (typeof first.file === 'number' && typeof second.file === 'number') continue;
      if (isSameFile(first.id, second.id)) throw new UsageError(`${config === undefined ? '' : `${config}${first.job === second.job ? `, job ${JSON.stringify(first.job)}` : ''}: `}${shared(first, second)}`); // prettier-ignore
    }
}

/** Descriptors come last in a job, since a path that was given says more. */
function outputsOf({ name: job, args }: NamedJob): readonly Output[] {
  if (args.explain) return [];
  const { checkpoint, output = '-', report, trace, har, distinct } = args;
  const keeps = typeof checkpoint === 'string';
  const files: readonly (readonly [flag: string, path: string | undefined])[] = [
    ['--checkpoint', keeps ? checkpoint : undefined],
    ['-o', output === '-' ? undefined : output],
    ['--report', report],
    ['--trace', trace],
    ['--har', har],
    ['the keys of --distinct', keeps && distinct !== undefined ? `${checkpoint}.keys` : undefined],
  ];
  return [
    ...files.flatMap(([flag, path]) => (path === undefined ? [] : [{ job, flag, path, file: path }])),
    ...(output === '-' ? [{ job, flag: 'stdout', path: '', file: 1 }] : []),
    { job, flag: 'stderr', path: '', file: 2 },
  ];
}

const shown = ({ flag, path }: Output): string => (path === '' ? flag : `${flag} ${path}`);

function shared(first: Output, second: Output): string {
  if (first.job === second.job) {
    if (first.path === second.path) return `${first.flag} and ${second.flag} both name ${first.path}; name two files`;
    return `${shown(first)} and ${shown(second)} are the same file; name two files`;
  }
  if (first.flag === second.flag) {
    const what = first.flag === '-o' ? 'output' : first.flag.replace('--', '');
    return `the jobs ${first.job} and ${second.job} have the same ${what}, ${second.path}${normalize(first.path) === normalize(second.path) ? '' : ` (${first.path})`}; give each job its own${['report', 'trace', 'har'].includes(what) ? ` "${what}" in the file, or run one job at a time` : ''}`;
  }
  return `the jobs ${first.job} and ${second.job} write to the same file, ${first.job} as ${shown(first)} and ${second.job} as ${shown(second)}; give each job its own`;
}
