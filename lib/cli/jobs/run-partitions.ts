import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PartitionsError } from '../../errors.js';
import { fileId, isSameFile } from '../../node/same-file.js';
import { loadCommit } from '../../node/sinks/committed-file.js';
import { storedKeys } from '../../operators/partitions/known-keys.js';
import { type PartitionEvent, runPartitions } from '../../operators/partitions/run-partitions.js';
import type { PartitionsReport } from '../../partition.js';
import { shellQuoted } from '../../detect/write-paging.js';
import { type Arguments, UsageError } from '../flags/arguments.js';
import { fileByName, jobCheckpoint, jobTarget, toStdout } from '../output/job-output.js';
import { sharedOutput } from '../output/shared-output.js';
import { counted } from '../terminal/words.js';
import { isUsageError, wordError } from '../terminal/word-error.js';
import { exitCodes } from './on-signals.js';
import { valuesOf } from './partition-values.js';
import { fillIn, keyOf, type Template, templateOf, type Values } from './placeholders.js';
import type { Job, Partitions } from './read-config.js';
import type { JobName } from './record.js';
import { runOne } from './run-job.js';
import { alone, type Together } from './together.js';
import { worse } from './worst-code.js';

/** A job that is divided into partitions. */
export interface PartitionedJob {
  readonly name: string;
  readonly args: Arguments;
  readonly partitions: Partitions;
}

/** One partition of a job. */
interface Part {
  readonly key: string;
  readonly values: Values;
}

/** Why a partition has failed, as a line for people. */
class Failed extends Error {
  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
  }
}

/**
 * Runs each partition of a job as a job is run, and reports on all of them.
 * @param file the file of jobs
 * @param sources the jobs whose items are partitions
 * @param recorders the recorders of earlier jobs
 * @returns the worst exit code
 * @throws UsageError before anything is sent
 */
export async function runPartitionedJob(
  { name, args, partitions }: PartitionedJob,
  file: string,
  sources: ReadonlyMap<string, Job>,
  recorders: JobName['recorders'],
  say: Together['say'],
): Promise<number> {
  const started = performance.now();
  const location = `${file}, job ${JSON.stringify(name)}`;
  const { concurrency, onError, values: given } = partitions;
  const stop = new AbortController();
  let interrupted = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    interrupted = exitCodes[signal as keyof typeof exitCodes];
    stop.abort();
  };
  for (const signal of Object.keys(exitCodes)) process.on(signal, onSignal);
  try {
    const names = [...given.keys()];
    const template = await templateOf(names, args, location, stop.signal);
    if (concurrency > 1 && !template.ownOutput)
      throw new UsageError(
        `${location}: with "partitionConcurrency": ${concurrency}, several partitions would write one output at once; put ${names.map((each) => `{${each}}`).join(' and ')} into "output", or remove "partitionConcurrency"`,
      );
    const lists = new Map<string, readonly string[]>();
    for (const [each, values] of given)
      lists.set(each, await valuesOf(values, `${location}, partitions, ${each}`, sources));
    const isForeign = [...given.values()].some((values) => 'job' in values);
    const refused = refusals(template, lists, location, isForeign);
    const [first] = parts(lists);
    if ((args.explain ?? args.dryRun) && first)
      return (await runOne(fillIn(template, first.values), { ...alone(), say })).code;
    return await run(template, () => parts(lists), refused);
  } finally {
    for (const signal of Object.keys(exitCodes)) process.off(signal, onSignal);
  }

  async function run(
    template: Template,
    all: () => Iterable<Part>,
    refused: ReadonlyMap<string, UsageError>,
  ): Promise<number> {
    const { verbose = false } = args;
    const quiet = args.quiet ?? args.silent ?? false;
    const folder =
      args.checkpoint === false ? undefined : (args.checkpoint ?? join('.pagewise', encodeURIComponent(name)));
    const fileOf = (key: string) => join(folder ?? '', `${key}.json`);
    const shared = folder !== undefined && !template.ownOutput && !toStdout(args);
    const together: Together = {
      ...alone(),
      output: shared ? sharedOutput(folder, (path) => jobCheckpoint(path, undefined)) : undefined,
    };
    if (folder !== undefined) jobCheckpoint(fileOf('#0'), undefined); // Refuses a folder that can't be written.
    const notes: string[] = [];
    let code = 0;
    let pages = 0;
    let items = 0;
    let report: PartitionsReport = { done: 0, failed: 0, unfinished: 0, vanished: undefined, partitions: [] };

    async function walk({ key, values }: Part): Promise<unknown> {
      const label = labelOf(values);
      const refusal = refused.get(key);
      if (refusal) throw refusal;
      const own = fillIn(template, values);
      if (template.ownOutput) mkdirSync(dirname(own.output ?? ''), { recursive: true });
      const lines: string[] = [];
      const ended = await runOne(
        {
          ...own,
          checkpoint: folder !== undefined && fileOf(key),
          ...(!verbose && { quiet: true as const, progress: false }),
        },
        {
          ...together,
          job: { file, name: `${name}, ${label}`, recorders },
          say(said, then) {
            if (verbose)
              say(
                said.map((line) => `${label}: ${line}`),
                then,
              );
            else {
              lines.push(...said);
              then?.();
            }
          },
        },
      );
      pages += ended.pages;
      items += ended.items;
      if (ended.code >= 128) throw Object.assign(new Error('interrupted'), { name: 'AbortError' });
      if (ended.code === 1 || ended.code === 2)
        throw new Failed((lines[0] ?? `exit code ${ended.code}`).replace(/^pagewise: /, ''), ended.code);
      code = worse(code, ended.code);
      for (const line of lines) notes.push(`pagewise: ${name}, ${label}: ${line.replace(/^pagewise: /, '')}`);
      return ended;
    }

    function next(event: PartitionEvent): void {
      if (event.type === 'end') report = event;
      else if (args.progress && event.state !== 'earlier')
        say([
          `${decoded(event.key)}: ${event.state}, ${counted(event.pages ?? 0, 'page')}, ${counted(event.items ?? 0, 'item')}`,
        ]);
    }

    try {
      await runPartitions(all(), walk, {
        concurrency,
        onError,
        key: ({ key }) => key,
        whenDone: args.whenDone,
        signal: stop.signal,
        events: { next },
        ...(folder !== undefined && {
          known: storedKeys(fileByName, fileOf, fileOf),
          async placeOf(key, { values }) {
            if (refused.has(key)) return undefined;
            const own = jobCheckpoint(fileOf(key), undefined);
            // A finished job whose output has changed is an error, as it is without partitions.
            const isPlain = shared || toStdout(args) || args.whenDone === 'restart';
            const place = await (isPlain ? own.load() : loadCommit(jobTarget(fillIn(template, values)), own));
            return place?.resume && { resume: place.resume };
          },
        }),
      });
    } catch (error) {
      if (!(error instanceof PartitionsError) && interrupted === 0) throw error;
    }
    const failures: string[] = [];
    for (const { key, state, error } of report.partitions) {
      if (state !== 'failed') continue;
      code = worse(code, error instanceof Failed ? error.code : isUsageError(error) ? 2 : 1);
      failures.push(
        `pagewise: ${name}, ${decoded(key)}: ${error instanceof Failed ? error.message : wordError(error, args)}`,
      );
    }
    const { done, failed, unfinished, vanished = [] } = report;
    const states = [
      `${done.toLocaleString('en-US')} done`,
      ...(failed > 0 ? [`${failed.toLocaleString('en-US')} failed`] : []),
      ...(unfinished > 0 ? [`${unfinished.toLocaleString('en-US')} unfinished`] : []),
      ...(vanished.length > 0 ? [`${vanished.length.toLocaleString('en-US')} vanished`] : []),
    ].join(', ');
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const all_ = `${name}: ${counted(report.partitions.length, 'partition')}: ${states}; ${counted(pages, 'page')}, ${counted(items, 'item')}, ${seconds} s`;
    say([
      ...(interrupted > 0 ? ['pagewise: interrupted'] : []),
      ...failures,
      ...notes,
      ...(vanished.length > 0 ? [vanishedLine(name, vanished, folder ?? '')] : []),
      ...(quiet && failed === 0 && interrupted === 0 ? [] : [all_]),
      ...(failed > 0 || interrupted > 0
        ? ['To continue, run the same command again: what is done is not requested again.']
        : []),
    ]);
    return interrupted > 0 ? interrupted : code;
  }
}

function vanishedLine(name: string, vanished: readonly string[], folder: string): string {
  const shown = vanished.slice(0, 10);
  const more = vanished.length > 10 ? ` and ${vanished.length - 10} more` : '';
  const files = shown.map((key) => shellQuoted(join(folder, `${key}.json`))).join(' ');
  return `pagewise: ${name}: of earlier runs, no longer in the list: ${shown.map(decoded).join(', ')}${more}; their outputs stay, and their checkpoints; to remove these: pagewise checkpoints delete ${files}`;
}

const labelOf = (values: Values): string => Object.values(values).join(', ');

/** The values in the name of a checkpoint. */
function decoded(key: string): string {
  try {
    return key.split(',').map(decodeURIComponent).join(', ');
  } catch {
    return key;
  }
}

/** Every combination of the values, the last name changing fastest. */
function* parts(lists: ReadonlyMap<string, readonly string[]>): Generator<Part> {
  const names = [...lists.keys()];
  function* combine(index: number, before: Values): Generator<Values> {
    const name = names[index];
    if (name === undefined) yield before;
    else for (const value of lists.get(name) ?? []) yield* combine(index + 1, { ...before, [name]: value });
  }
  for (const values of combine(0, {})) yield { key: keyOf(names, values), values };
}

/**
 * Fills in every partition before anything is sent: values that can't stand where their placeholders are, and files that
 * two partitions would share.
 * @param isForeign whether the values are an API's: then such a partition fails, and the others run
 * @returns the errors by key
 */
function refusals(
  template: Template,
  lists: ReadonlyMap<string, readonly string[]>,
  location: string,
  isForeign: boolean,
): ReadonlyMap<string, UsageError> {
  const refused = new Map<string, UsageError>();
  const taken = new Map<string, { readonly path: string; readonly label: string }>();
  const folded = (path: string) => path.normalize('NFC').toUpperCase().toLowerCase();
  for (const { key, values } of parts(lists)) {
    const label = labelOf(values);
    try {
      const { output } = fillIn(template, values);
      // On some systems, names that differ only in case are one file.
      for (const path of [...(template.ownOutput && output !== undefined ? [resolve(output)] : []), `${key}.json`]) {
        const other = taken.get(folded(path));
        if (other && (other.path === path || isSameFile(fileId(path), fileId(other.path))))
          throw new UsageError(
            `the partitions ${other.label} and ${label} would write to one file, ${path}; run them in two jobs with files of their own`,
          );
        if (!other) taken.set(folded(path), { path, label });
      }
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const located = new UsageError(`${location}: ${error.message}`);
      if (!isForeign) throw located;
      refused.set(key, located);
    }
  }
  return refused;
}
