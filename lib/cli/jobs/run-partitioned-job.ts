import { join } from 'node:path';
import { PartitionsError } from '../../errors.js';
import { loadCommit } from '../../node/sinks/committed-file.js';
import { type KnownKeys, partitionName, storedKeys } from '../../operators/partitions/known-keys.js';
import { type PartitionEvent, runPartitions } from '../../operators/partitions/run-partitions.js';
import { asksNothing } from '../../page.js';
import type { PartitionsReport } from '../../partition.js';
import { shellQuoted } from '../../detect/write-paging.js';
import { type Arguments, UsageError } from '../flags/arguments.js';
import { fileByName, jobCheckpoint, jobTarget, readCheckpoint, toStdout } from '../output/job-output.js';
import { type SharedOutput, sharedOutput } from '../output/shared-output.js';
import { counted } from '../terminal/words.js';
import { isUsageError, wordError } from '../terminal/word-error.js';
import { labelOf, type NamedFile, type Part, parts, refusals } from './check-partitions.js';
import { exitCodes } from './on-signals.js';
import { valuesOf } from './partition-values.js';
import { fillIn, type Template, templateOf } from './placeholders.js';
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

/** Why a partition has failed, as a line for people. */
class Failed extends Error {
  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
  }
}

/** The run of the command that a job is a part of. */
export interface Surroundings {
  /** The file of jobs. */
  readonly file: string;
  /** The jobs whose items are partitions. */
  readonly sources: ReadonlyMap<string, Job>;
  /** The recorders of earlier jobs. */
  readonly recorders: JobName['recorders'];
  /** Other files that the run reads or writes. */
  readonly files: readonly NamedFile[];
  /** The files of partitions of earlier jobs, which are added to. */
  readonly taken: Map<string, NamedFile>;
}

/**
 * Runs each partition of a job as a job is run, and reports on all of them.
 * @returns the worst exit code
 * @throws UsageError before anything is sent; LeaseError if another run is doing the job
 */
export async function runPartitionedJob(
  { name, args, partitions }: PartitionedJob,
  { file, sources, recorders, files, taken }: Surroundings,
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
  const folder = args.checkpoint === false ? undefined : (args.checkpoint ?? join('.pagewise', partitionName(name)));
  const fileOf = (key: string) => join(folder ?? '', `${key}.json`);
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
    const refused = refusals(template, lists, {
      location,
      isForeign: [...given.values()].some((values) => 'job' in values),
      checkpointOf: folder === undefined ? undefined : fileOf,
      files: [
        ...files,
        ...[...given].flatMap(([each, values]) => ('file' in values ? [{ path: values.file, what: `the list of ${each}` }] : [])),
        ...[...sources].map(([each, { flags }]) => ({ path: flags.output ?? '', what: `the output of the job ${each}` })),
        ...(folder === undefined ? [] : ['#0', '#output'].map((key) => ({ path: fileOf(key), what: 'what the job keeps of its partitions' }))),
      ],
      taken,
    }); // prettier-ignore
    const shared = folder !== undefined && !template.ownOutput && !toStdout(args);
    const output = shared ? sharedOutput(folder, (path) => readCheckpoint(path, undefined)) : undefined;
    const all = () => parts(lists);
    if (args.explain ?? args.dryRun) {
      const next = await firstToRun(args.explain ? [...all()].slice(0, 1) : all());
      if (next) {
        say([`pagewise: ${name}, ${labelOf(next.values)}:`]);
        return (await runOne(ownArgs(template, next), { ...alone(), output, say })).code;
      }
      say([`pagewise: ${name}: nothing to do: there is no partition that is not done`]);
      return 0;
    }
    return await run(template, all, refused, output);
  } finally {
    for (const signal of Object.keys(exitCodes)) process.off(signal, onSignal);
  }

  function ownArgs(template: Template, { key, values }: Part): Arguments {
    return { ...fillIn(template, values), checkpoint: folder !== undefined && fileOf(key) };
  }

  /** The partition that a run would begin with. */
  async function firstToRun(all: Iterable<Part>): Promise<Part | undefined> {
    for (const part of all) {
      if (folder === undefined || args.explain || args.whenDone !== undefined) return part;
      const place = await readCheckpoint(fileOf(part.key), undefined).load();
      if (!place || !asksNothing(place.resume)) return part;
    }
    return undefined;
  }

  async function run(
    template: Template,
    all: () => Iterable<Part>,
    refused: ReadonlyMap<string, UsageError>,
    output: SharedOutput | undefined,
  ): Promise<number> {
    const { verbose = false } = args;
    const quiet = args.quiet ?? args.silent ?? false;
    let left = false;
    const together: Together = {
      ...alone(),
      output,
      readerLeft() {
        left = true;
        stop.abort();
      },
    };
    if (folder !== undefined) jobCheckpoint(fileOf('#0'), undefined); // Refuses a folder that can't be written.
    const notes: string[] = [];
    let code = 0;
    let pages = 0;
    let items = 0;
    let report: PartitionsReport = { done: 0, failed: 0, unfinished: 0, vanished: undefined, partitions: [] };

    async function walk(part: Part): Promise<unknown> {
      const label = labelOf(part.values);
      const refusal = refused.get(part.key);
      if (refusal) throw refusal;
      const lines: string[] = [];
      const ended = await runOne(
        {
          ...ownArgs(template, part),
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
      if (ended.code >= 128 || left) throw Object.assign(new Error('interrupted'), { name: 'AbortError' });
      if (ended.code === 1 || ended.code === 2) {
        const [why = `exit code ${ended.code}`, words] = lines;
        const said = words?.startsWith('The API says: ') ? `; the API says: ${words.slice(14)}` : '';
        throw new Failed(`${why.replace(/^pagewise: /, '')}${said}`, ended.code);
      }
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
          known: knownKeys(template, output),
          async placeOf(key, { values }) {
            if (refused.has(key)) return undefined;
            const own = readCheckpoint(fileOf(key), undefined);
            // A finished job whose output has changed is an error, as it is without partitions.
            const isPlain = output !== undefined || toStdout(args) || args.whenDone === 'restart';
            const place = await (isPlain ? own.load() : loadCommit(jobTarget(fillIn(template, values)), own));
            return place?.resume && { resume: place.resume };
          },
        }),
      });
    } catch (error) {
      if (!(error instanceof PartitionsError) && interrupted === 0 && !left) throw error;
    }
    /** The partitions that failed, by why. */
    const failures = new Map<string, string[]>();
    for (const { key, state, error } of report.partitions) {
      if (state !== 'failed') continue;
      code = worse(code, error instanceof Failed ? error.code : isUsageError(error) ? 2 : 1);
      const why = error instanceof Failed ? error.message : wordError(error, args);
      failures.set(why, [...(failures.get(why) ?? []), decoded(key)]);
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
      ...(interrupted > 0 ? [`pagewise: ${name}: interrupted`] : []),
      ...[...failures].map(([why, keys]) => `pagewise: ${name}, ${someOf(keys)}: ${why}`),
      ...notes,
      ...(vanished.length > 0 ? [vanishedLine(name, vanished, folder ?? '')] : []),
      ...(quiet && failed === 0 && interrupted === 0 ? [] : [all_]),
      ...(code === 1 || interrupted > 0
        ? ['To continue, run the same command again: what is done is not requested again.']
        : []),
    ]);
    return interrupted > 0 ? interrupted : code;
  }

  /** The keys of all partitions. With the job's lease, the end of the common output is found, and checked. */
  function knownKeys(template: Template, output: SharedOutput | undefined): KnownKeys {
    const keys = storedKeys(fileByName, fileOf, fileOf);
    return {
      ...keys,
      async load() {
        await keys.load();
        const at = await output?.settle();
        if (at !== undefined)
          await loadCommit(jobTarget(template.args), { key: folder ?? '', load: () => Promise.resolve({ resume: undefined, at }) }); // prettier-ignore
      },
      async close() {
        await output?.settle().catch(() => undefined); // The next run does it, too.
        await keys.close();
      },
    };
  }
}

/** The first ones, and how many there are besides. */
const someOf = (keys: readonly string[]): string =>
  `${keys.slice(0, 10).join(' and ')}${keys.length > 10 ? ` and ${keys.length - 10} more` : ''}`;

function vanishedLine(name: string, vanished: readonly string[], folder: string): string {
  const files = vanished.slice(0, 10).map((key) => shellQuoted(join(folder, `${key}.json`))).join(' '); // prettier-ignore
  return `pagewise: ${name}: of earlier runs, no longer in the list: ${someOf(vanished.map(decoded))}; their outputs stay, and their checkpoints; to remove these: pagewise checkpoints delete ${files}`;
}

/** The values in the name of a checkpoint. */
function decoded(key: string): string {
  try {
    return key.split(',').map(decodeURIComponent).join(', ');
  } catch {
    return key;
  }
}
