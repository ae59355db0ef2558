import { join } from 'node:path';
import { type Arguments, UsageError } from '../flags/arguments.js';
import { hideValuesOf } from '../flags/environment.js';
import { checkExtension, toStdout } from '../output/job-output.js';
import { say } from '../terminal/say.js';
import { exitCodes } from './on-signals.js';
import { type Job, mergeFlags, type Partitions, readConfig } from './read-config.js';
import type { JobName } from './record.js';
import { reportError, runOne } from './run-job.js';
import { runPartitionedJob, type Surroundings } from './run-partitioned-job.js';
import { checkSeparate, filesOf } from './separate-files.js';
import { alone, type Together } from './together.js';
import { worse } from './worst-code.js';

/** A job that is to run. */
interface Chosen {
  readonly name: string;
  readonly args: Arguments;
  readonly partitions: Partitions | undefined;
  /** The chosen jobs whose outputs it reads. */
  readonly after: readonly string[];
}

/**
 * Runs jobs of a file, `parallel` at a time. A job whose partitions another one lists begins when that has ended. A job
 * that fails does not stop the others.
 * @returns the worst of their exit codes
 * @throws UsageError before any job starts, if the file can't be used
 */
export async function runJobs(
  file: string,
  names: readonly string[] | 'all',
  flags: Partial<Arguments>,
  parallel = 1,
): Promise<number> {
  const { jobs: read, sources } = readConfig(file, names);
  const jobs = read.map((job) => chosen(file, job, flags, read));
  hideValuesOf(jobs.map(({ args }) => args), [file, ...jobs.map(({ name }) => name)]); // prettier-ignore
  for (const { name, args } of jobs) checkExtension(args, `${file}, job ${JSON.stringify(name)}: `);
  checkSeparate(jobs, file, parallel > 1);
  checkOrder(file, jobs);
  const talkers = jobs.filter(({ args }) => toStdout(args));
  if (parallel > 1 && talkers.length > 1)
    throw new UsageError(
      `--parallel ${parallel}: ${talkers.map(({ name }) => name).join(' and ')} would write to stdout at the same time; give each an "output"`,
    );
  if (parallel > 1 || jobs.some(({ partitions }) => (partitions?.concurrency ?? 1) > 1)) process.setMaxListeners(0); // Each run listens to signals.
  // An interrupt may come when the current job is already done. The jobs after it do not start.
  let interrupted = 0;
  const note = (signal: NodeJS.Signals) => (interrupted = exitCodes[signal as keyof typeof exitCodes]);
  for (const signal of Object.keys(exitCodes)) process.on(signal, note);
  let worst = 0;
  const recorders: JobName['recorders'] = new Map();
  // Those of partitions have placeholders in their names.
  const plain = jobs.map(({ name, args, partitions }) => {
    const own = partitions ? ['output', 'checkpoint'] : [];
    return { name, args: Object.fromEntries(Object.entries(args).filter(([option]) => !own.includes(option))) as unknown as Arguments }; // prettier-ignore
  });
  const files = [{ path: file, what: 'the file of jobs' }, ...filesOf(plain)];
  const taken: Surroundings['taken'] = new Map();
  const left = [...jobs];
  const codes = new Map<string, number>();
  const running = new Set<Promise<void>>();

  async function run({ name, args, partitions }: Chosen): Promise<number> {
    const prefixed: Together['say'] = (lines, then) => say(lines.map((line) => (line.startsWith('pagewise: ') ? line.replace(': ', `: ${name}: `) : `${name}: ${line}`)), then); // prettier-ignore
    const own = parallel > 1 ? prefixed : say;
    if (parallel === 1) hideValuesOf([args], [file, name]);
    if (jobs.length > 1 && parallel === 1 && !args.quiet && !args.silent) say([`${name}:`]);
    try {
      if (partitions)
        return await runPartitionedJob({ name, args, partitions }, { file, sources, recorders, files, taken }, parallel > 1 ? say : own); // prettier-ignore
      return (
        await runOne(parallel > 1 ? { ...args, progress: false } : args, {
          ...alone(),
          say: own,
          job: { file, name, recorders },
        })
      ).code;
    } catch (error) {
      return reportError(error, args, own);
    }
  }

  const finish = (name: string, code: number) => {
    codes.set(name, code);
    if (code > 0 && jobs.length > 1 && interrupted === 0)
      say([`pagewise: job ${JSON.stringify(name)}: exit code ${code}`]);
    worst = worse(worst, code);
  };

  while (left.length > 0 && interrupted === 0) {
    const at = left.findIndex(({ after }) => after.every((each) => codes.has(each)));
    const [job] = at < 0 || running.size >= parallel ? [] : left.splice(at, 1);
    if (!job) {
      await Promise.race(running);
      continue;
    }
    const failed = job.after.find((each) => [1, 2].includes(codes.get(each) ?? 0));
    if (failed !== undefined) {
      say([`pagewise: job ${JSON.stringify(job.name)}: not started, since ${JSON.stringify(failed)}, which lists its partitions, has failed`]); // prettier-ignore
      finish(job.name, 1);
      continue;
    }
    const work: Promise<void> = run(job)
      .then((code) => {
        finish(job.name, code);
      })
      .finally(() => running.delete(work));
    running.add(work);
    if (parallel === 1) await work;
  }
  await Promise.all(running);
  for (const recorder of recorders.values()) recorder.flush();
  if (interrupted > 0) {
    if (left.length > 0) say([`pagewise: not started: ${left.map((other) => other.name).join(', ')}`]);
    return interrupted;
  }
  return worst;
}

function chosen(
  file: string,
  { name, flags: own, partitions }: Job,
  flags: Partial<Arguments>,
  all: readonly Job[],
): Chosen {
  // prettier-ignore
  const args = complete(file, name, mergeFlags(own, flags));
  const after = [...(partitions?.values.values() ?? [])].flatMap((values) => ('job' in values ? [values.job] : []));
  return {
    name,
    args: partitions ? args : withCheckpoint(name, args),
    partitions,
    after: after.filter((each) => all.some((job) => job.name === each)),
  };
}

/** @throws UsageError for jobs that wait for each other */
function checkOrder(file: string, jobs: readonly Chosen[]): void {
  const ended = new Set<string>();
  let left = jobs;
  while (left.length > 0) {
    const rest = left.filter(({ name, after }) => !after.every((each) => ended.has(each)) || !ended.add(name));
    if (rest.length === left.length)
      throw new UsageError(`${file}: ${rest.map(({ name }) => name).join(' and ')} wait for each other's items`);
    left = rest;
  }
}

function complete(file: string, name: string, flags: Partial<Arguments>): Arguments {
  const { url } = flags;
  if (url === undefined)
    throw new UsageError(`${file}, job ${JSON.stringify(name)}: "url" is missing; add the URL of the API`);
  return { ...flags, url };
}

const withCheckpoint = (name: string, args: Arguments): Arguments =>
  args.checkpoint === undefined && args.resumeFrom === undefined
    ? { ...args, checkpoint: join('.pagewise', `${encodeURIComponent(name)}.json`) }
    : args;
