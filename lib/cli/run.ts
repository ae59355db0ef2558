import { type Invocation, parseArguments } from './flags/parse-arguments.js';
import { runJob, sayError } from './jobs/run-job.js';
import { runJobs } from './jobs/run-jobs.js';
import { completion } from './terminal/completion.js';
import { help } from './terminal/help.js';

/** Runs the command. @returns its exit code */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    const invocation = parseArguments(argv);
    return invocation ? await carryOut(invocation) : 0;
  } catch (error) {
    return sayError(error);
  }
}

async function carryOut(invocation: Invocation): Promise<number> {
  switch (invocation.kind) {
    case 'job':
      return runJob(invocation.args);
    case 'jobs':
      return runJobs(invocation.config ?? 'pagewise.config.json', invocation.names, invocation.flags);
    case 'help':
      process.stdout.write(help(invocation.topic));
      return 0;
    case 'completion':
      process.stdout.write(completion(invocation.shell));
      return 0;
  }
}
