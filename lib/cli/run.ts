import { type Invocation, parseArguments } from './flags/parse-arguments.js';
import { chooseColour } from './terminal/colour.js';

/** Runs the command, and loads only what it needs. @returns its exit code */
export async function run(argv: readonly string[]): Promise<number> {
  chooseColour(argv);
  try {
    const invocation = parseArguments(argv);
    return invocation ? await carryOut(invocation) : 0;
  } catch (error) {
    return (await import('./jobs/run-job.js')).reportError(error);
  }
}

async function carryOut(invocation: Invocation): Promise<number> {
  switch (invocation.kind) {
    case 'job':
      return (await import('./jobs/run-job.js')).runJob(invocation.args);
    case 'jobs':
      return (await import('./jobs/run-jobs.js')).runJobs(
        invocation.config ?? 'pagewise.config.json',
        invocation.names,
        invocation.flags,
        invocation.parallel,
      );
    case 'help':
      process.stdout.write((await import('./terminal/help.js')).help(invocation.topic));
      return 0;
    case 'checkpoints':
      return (await import('./jobs/checkpoints.js')).checkpoints(invocation.action, invocation.paths);
    case 'report':
      return (await import('./jobs/compare-reports.js')).compareReports(invocation.compare);
    case 'profiles':
      process.stdout.write((await import('./terminal/list-profiles.js')).listProfiles());
      return 0;
    case 'completion':
      process.stdout.write((await import('./terminal/completion.js')).completion(invocation.shell));
      return 0;
  }
}
