import { AttemptTimeoutError, ConfigError, DetectionError, ResumeError, WriteError } from '../../errors.js';
import { describeError } from '../../values/describe.js';
import { UsageError } from './arguments.js';
import { flagOf } from './paging-flags.js';

const flags: Readonly<Record<string, string>> = {
  ...flagOf,
  resumeFrom: '--resume-from',
  allowOrigins: '--allow-origin',
  skipFailedPages: '--skip-failed-pages',
  concurrency: '--concurrency',
  prefetch: '--prefetch',
};
const kinds = /^(pageNumber|offset|cursor|keyset|linkHeader|nextUrl|relay|singlePage|paginate|detect): /;
/** Names that are words of English only at the start of a message. */
const anywhere = Object.keys(flags).filter((name) => /[A-Z]/.test(name));

/** Whether an error is about the arguments: nothing was sent. */
export const isUsageError = (error: unknown): error is Error =>
  error instanceof UsageError || error instanceof ConfigError || error instanceof ResumeError;

/** An error's message with flags for the options that the library calls by their names in code. */
export function inFlags(error: unknown): string {
  if (!(error instanceof Error)) return describeError(error);
  // Other messages quote servers, whose words are left alone.
  if (error instanceof AttemptTimeoutError) return error.message.replace('(attemptTimeout)', '(--timeout)');
  if (error instanceof DetectionError) return detection(error);
  if (error instanceof WriteError) return error.message.replace(/: Error: /, ': ');
  if (!isUsageError(error) || error instanceof UsageError) return error.message;
  return error.message
    .replace(kinds, '')
    .replace(/^\w+/, (name) => flags[name] ?? name)
    .replace("map it to an object, or give columns ('.'", "give --fields ('.'")
    .replace(/; give columns$/, '; give --fields')
    .replaceAll(new RegExp(`(?<![\\w-])(${anywhere.join('|')})\\b`, 'g'), (name) => flags[name] ?? name);
}

/** What was considered, as flags. */
function detection({ message, candidates }: DetectionError): string {
  const [first = ''] = message.split('. Considered:');
  const reason = first
    .replace(/name one with items$/, 'name one with --items PATH')
    .replace(/Name the strategy, or .* \(--paging none\)/, 'Say it with --paging and its flags, or --paging none')
    .replace(/Name the strategy$/, 'Say it with --paging and its flags')
    .replace('Name it with sizeParam, or leave size out', 'Name it with --size-param, or leave --size out');
  return [reason, ...candidates.slice(0, 6).map(({ flags: text, rejected }) => `  ${text}: ${rejected}`)].join('\n');
}
