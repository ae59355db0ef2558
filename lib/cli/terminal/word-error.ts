import {
  AttemptTimeoutError,
  ConfigError,
  DetectionError,
  ResumeError,
  type ResumeReason,
  WriteError,
} from '../../errors.js';
import { describeError } from '../../values/describe.js';
import { redactText } from '../../values/redact.js';
import { type Arguments, UsageError } from '../flags/arguments.js';
import { hideValues } from '../flags/environment.js';
import { flagsByCode } from '../flags/paging-flags.js';
import { startOver } from '../output/job-output.js';
import { inFlags } from './in-flags.js';

const flags: Readonly<Record<string, string>> = {
  ...flagsByCode,
  fields: '--fields',
  columns: '--fields',
  distinct: '--distinct',
  allowOrigins: '--allow-origin',
  skipFailedPages: '--skip-failed-pages',
  concurrency: '--concurrency',
  prefetch: '--prefetch',
  retries: '--retries',
  report: '--report',
  trace: '--trace',
  har: '--har',
};

/** Whether an error is about the arguments: nothing was sent. */
export const isUsageError = (error: unknown): error is Error =>
  error instanceof UsageError || error instanceof ConfigError || error instanceof ResumeError;

/** An error's message, with flags for what the library calls by names in code. */
export function wordError(error: unknown, args: Partial<Arguments> = {}): string {
  if (error instanceof ConfigError && error.pageIndex === undefined) {
    const names = error.options.map((option) => flags[option]);
    return names.length > 0 && !names.includes(undefined) ? `${names.join(' and ')} ${error.problem}` : error.message;
  }
  if (error instanceof ResumeError) return resumeError(error, args);
  if (error instanceof DetectionError) return detectionError(error);
  if (error instanceof AttemptTimeoutError) return timeoutError(error);
  if (error instanceof WriteError && error.cause instanceof Error)
    return `can't write to ${error.target}: ${error.cause.message}`;
  return error instanceof Error ? inFlags(error.message) : describeError(error);
}

const others: Readonly<Partial<Record<ResumeReason, string>>> = {
  method: 'another method',
  url: 'another URL',
  body: 'another request body',
  strategy: 'another strategy, or one with other options',
};

function resumeError({ reason }: ResumeError, { checkpoint }: Partial<Arguments>): string {
  const other = others[reason];
  const [where, again] = checkpoint
    ? [`--checkpoint ${checkpoint}`, startOver(checkpoint)]
    : ['--resume-from', 'start over without --resume-from'];
  if (other !== undefined) return `${where}: it was made with ${other}; run the command that made it, or ${again}`;
  if (reason === 'version') return `${where}: another version of pagewise has made it; use that one, or ${again}`;
  if (reason === 'file') return `${where}: the output is shorter than it says, so it was replaced or cut; ${again}`;
  if (reason === 'sink') return `${where}: it was not made by this command; ${again}`;
  return checkpoint
    ? `${where}: it is no checkpoint, or a damaged one; ${again}`
    : `${where}: it is no token, or a damaged one; give one as a run has printed it, or @FILE`;
}

/** What was considered, as flags. */
const detectionError = ({ reason, advice, candidates }: DetectionError): string =>
  [
    `can't tell how this API pages: ${reason}${advice ? `. ${advice.flags}` : ''}`,
    ...candidates.slice(0, 6).map((candidate) => `  ${candidate.flags}: ${candidate.rejected}`),
  ].join('\n');

function timeoutError({ timeoutMs, pageIndex, attempts = 1, request }: AttemptTimeoutError): string {
  const outcome = `no complete answer within ${timeoutMs} ms (--timeout)`;
  if (pageIndex === undefined) return outcome;
  const tries = attempts > 1 ? ` after ${attempts} attempts` : '';
  return `Page ${pageIndex + 1} failed: ${outcome}${tries}${request?.url === undefined ? '' : `, ${request.method} ${request.url}`}`;
}

/** An error that nobody has thought of, in whole lines: what it says may hold a secret, and where it happened does not. */
export function unforeseen(error: unknown): string {
  const { name = 'Error', message = describeError(error), stack = '' } = error instanceof Error ? error : {};
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return `${[`pagewise: ${name}: ${redactText(hideValues(message))}`, ...frames].join('\n')}\n`;
}
