import { normalize } from 'node:path';
import { isPipe } from '../../node/files.js';
import { fileId, isSameFile } from '../../node/same-file.js';
import { type Arguments, UsageError } from '../flags/arguments.js';
import { isCookieFile } from '../flags/draft-request.js';
import { recordingKey } from './record.js';

/** A job and its flags; without a name, it is the only one. */
export interface NamedJob {
  readonly name?: string;
  readonly args: Arguments;
}

/** A file that a job writes or reads. */
interface JobFile {
  readonly job: string | undefined;
  /** Index of the job, from 0; -1 for a file that is read before all jobs. */
  readonly at: number;
  readonly flag: string;
  readonly path: string;
  /** A path or a descriptor. */
  readonly file: string | number;
  /** What jobs have in common that record all their runs in the same files. */
  readonly recording?: string;
}

/**
 * Refuses outputs that share a file, however they are spelt: they would overwrite each other. Also refuses outputs that
 * the same job or an earlier one reads; a later job may read what an earlier one has written.
 * @param config the file of jobs, if there is one
 * @param parallel whether jobs run at the same time, so that none can read what another writes
 * @throws UsageError that names both
 */
export function checkSeparate(jobs: readonly NamedJob[], config?: string, parallel = false): void {
  const withId = (file: JobFile) => ({ ...file, id: fileId(file.file) });
  const outputs = jobs.flatMap(outputsOf).map(withId);
  for (const [index, second] of outputs.entries())
    for (const first of outputs.slice(0, index)) {
      // Allowed: a shell may send stdout and stderr to one file, and several jobs may write to stdout in turn.
      if (typeof first.file === 'number' && typeof second.file === 'number') continue;
      if (first.recording !== undefined && first.recording === second.recording && first.path === second.path) continue;
      if (isSameFile(first.id, second.id)) throw new UsageError(`${config === undefined ? '' : `${config}${first.job === second.job ? `, job ${JSON.stringify(first.job)}` : ''}: `}${shared(first, second)}`); // prettier-ignore
    }
  const file = { job: undefined, at: -1, flag: `--config ${config ?? ''}`, path: '', file: config ?? '' };
  const inputs = [...(config === undefined ? [] : [file]), ...jobs.flatMap(inputsOf)].map(withId);
  for (const input of inputs)
    for (const output of outputs) {
      if ((output.at < input.at && !parallel) || !isSameFile(input.id, output.id)) continue;
      const location = config === undefined ? '' : `${config}, job ${JSON.stringify(output.job)}: `;
      const reader = input.job === output.job || input.job === undefined ? '' : ` of the job ${input.job}`;
      throw new UsageError(
        `${location}${shown(output)} and ${shown(input)}${reader} are the same file, which would be overwritten; write to another file`,
      );
    }
}

/** The files that jobs read or write, other than by their placeholders, with what names them. */
export const filesOf = (jobs: readonly NamedJob[]): readonly { readonly path: string; readonly what: string }[] =>
  [...jobs.flatMap(inputsOf), ...jobs.flatMap(outputsOf)].flatMap((file) =>
    typeof file.file === 'number' ? [] : [{ path: file.file, what: `${shown(file)} of the job ${file.job ?? ''}` }],
  );

/** The files that flags read, and stdin if a flag reads it. */
function inputsOf({ name: job, args }: NamedJob, at: number): readonly JobFile[] {
  const { header = [], data = [], json = [], cookie = [], cookieJar, cacert, schema, resumeFrom } = args;
  // A file of cookies may be read and written, as in curl.
  const cookies = cookie.filter((text) => isCookieFile(text) && text !== cookieJar);
  const given: readonly (readonly [flag: string, text: string | undefined])[] = [
    ...header.map((text) => ['-H', text] as const),
    ...data.map(({ kind, text }) => [dataFlags[kind], kind === 'urlencode' ? text.replace(/^[^=@]*/, '') : text] as const),
    ...json.map((text) => ['--json', text] as const),
    ['--resume-from', resumeFrom],
  ]; // prettier-ignore
  return [
    ...given.flatMap(([flag = '', text]) =>
      flag === '' || !text?.startsWith('@')
        ? []
        : [{ job, at, flag: `${flag} ${text}`, path: '', file: text === '@-' ? 0 : text.slice(1) }],
    ),
    ...[
      ...cookies.map((file) => ['-b', file] as const),
      ['--cacert', cacert] as const,
      ['--schema', schema] as const,
    ].flatMap(([flag, path]) => (path === undefined ? [] : [{ job, at, flag, path, file: path }])),
  ];
}

/** In the text of --data-raw, @ has no meaning. */
const dataFlags = { data: '-d', binary: '--data-binary', urlencode: '--data-urlencode', raw: '' };

/** Descriptors come last in a job, since a given path makes a clearer message. */
function outputsOf({ name: job, args }: NamedJob, at: number): readonly JobFile[] {
  if (args.explain) return [];
  const { checkpoint, output = '-', cookieJar, report, trace, har, distinct } = args;
  const keeps = typeof checkpoint === 'string';
  const files: readonly (readonly [flag: string, path: string | undefined])[] = [
    ['--checkpoint', keeps ? checkpoint : undefined],
    ['-o', output === '-' ? undefined : output],
    ['-c', cookieJar],
    ['--report', report],
    ['--trace', trace],
    ['--har', har],
    ['the lock of --checkpoint', keeps ? `${checkpoint}.lock` : undefined],
    ['the keys of --distinct', keeps && distinct !== undefined ? `${checkpoint}.keys` : undefined],
  ];
  return [
    ...files.flatMap(([flag, path]) =>
      path === undefined
        ? []
        : [
            {
              job,
              at,
              flag,
              path,
              file: path,
              ...(isShared(flag, path) && { recording: `${flag} ${recordingKey(args)}` }),
            },
          ],
    ),
    ...(output === '-' ? [{ job, at, flag: 'stdout', path: '', file: 1 }] : []),
    { job, at, flag: 'stderr', path: '', file: 2 },
  ];
}

/** Several jobs may be in one report, but not in a pipe, whose text can't be written anew. */
const isShared = (flag: string, path: string): boolean =>
  ['--report', '--trace', '--har'].includes(flag) && !isPipe(path);

const shown = ({ flag, path }: JobFile): string => (path === '' ? flag : `${flag} ${path}`);

function shared(first: JobFile, second: JobFile): string {
  if (first.job === second.job) {
    if (first.path === second.path) return `${first.flag} and ${second.flag} both name ${first.path}; name two files`;
    return `${shown(first)} and ${shown(second)} are the same file; name two files`;
  }
  if (first.flag === second.flag) {
    const what = first.flag === '-o' ? 'output' : first.flag.replace('--', '');
    return `the jobs ${first.job} and ${second.job} have the same ${what}, ${second.path}${normalize(first.path) === normalize(second.path) ? '' : ` (${first.path})`}; ${['report', 'trace', 'har'].includes(what) ? 'give both the same report, trace and har, to have them in one, or each its own' : 'give each job its own'}`;
  }
  return `the jobs ${first.job} and ${second.job} write to the same file, ${first.job} as ${shown(first)} and ${second.job} as ${shown(second)}; give each job its own`;
}
