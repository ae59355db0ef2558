import { join } from 'node:path';
import { type Arguments, UsageError } from '../flags/arguments.js';
import { hideValuesOf } from '../flags/environment.js';
import { checkExtension } from '../output/job-output.js';
import { say } from '../terminal/say.js';
import { exitCodes } from './on-signals.js';
import { mergeFlags, readConfig } from './read-config.js';
import { runJob } from './run-job.js';
import { checkSeparate } from './separate-files.js';

/** Exit codes, the worst first. Another run does a busy job (4), and reports what that lacks. */
const severity = [1, 2, 3, 4, 0];

/**
 * Runs jobs of a file, one after the other. A job that fails does not stop the others.
 * @returns the worst of their exit codes
 * @throws UsageError before any job starts, if the file can't be used
 */
export async function runJobs(
  file: string,
  names: readonly string[] | 'all',
  flags: Partial<Arguments>,
): Promise<number> {
  const jobs = readConfig(file, names).map(({ name, flags: own }) => ({
    name,
    args: withCheckpoint(name, complete(file, name, mergeFlags(own, flags))),
  }));
  hideValuesOf(jobs.map(({ args }) => args), [file, ...jobs.map(({ name }) => name)]); // prettier-ignore
  for (const { name, args } of jobs) checkExtension(args, `${file}, job ${JSON.stringify(name)}: `);
  checkSeparate(jobs, file);
  // An interrupt may come when the current job is already done. The jobs after it do not start.
  let interrupted = 0;
  const note = (signal: NodeJS.Signals) => (interrupted = exitCodes[signal as keyof typeof exitCodes]);
  for (const signal of Object.keys(exitCodes)) process.on(signal, note);
  let worst = 0;
  const left = [...jobs];
  for (let job = left.shift(); job; job = left.shift()) {
    const { name, args } = job;
    if (jobs.length > 1 && !args.quiet && !args.silent) say([`${name}:`]);
    const code = await runJob(args, [file, name]);
    if (interrupted > 0) {
      if (left.length > 0) say([`pagewise: not started: ${left.map((other) => other.name).join(', ')}`]);
      return interrupted;
    }
    if (code > 0 && jobs.length > 1) say([`pagewise: job ${JSON.stringify(name)}: exit code ${code}`]);
    if (severity.indexOf(code) < severity.indexOf(worst)) worst = code;
  }
  return worst;
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
