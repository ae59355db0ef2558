import {
  AttemptTimeoutError,
  CallbackError,
  ConfigError,
  DetectionError,
  isPagewiseError,
  type PagewiseError,
  ParseError,
  PositionExpiredError,
  ResumeError,
  type ResumeReason,
  says,
  WriteError,
} from '../../errors.js';
import { describeError } from '../../values/describe.js';
import { redactText } from '../../values/redact.js';
import { type Arguments, UsageError } from '../flags/arguments.js';
import { hideValues } from '../flags/environment.js';
import { startOver } from '../output/job-output.js';
import { flagNames, inFlags, ownerInFlags } from './in-flags.js';
import { shortened } from './say.js';

/** Whether an error is about the arguments, so that nothing was sent. */
export const isUsageError = (error: unknown): error is Error =>
  error instanceof UsageError || error instanceof ConfigError || error instanceof ResumeError;

/**
 * The lines that stderr shows for an error: its message with its name, which `pagewise help` explains, what detection
 * considered, and the API's own words.
 */
export function errorLines(error: unknown, args?: Partial<Arguments>): readonly string[] {
  const [, words] = parted(error);
  const name = isPagewiseError(error) ? ` [${error.name}]` : '';
  return [
    `pagewise: ${shortened(hideValues(inWords(error, args)))}${isUsageError(error) ? '' : name}`,
    ...(error instanceof DetectionError ? considered(error) : []),
    ...(words === undefined ? [] : [`The API says: ${hideValues(words)}`]),
  ];
}

/** An error's message on one line, with flags in place of the library's option names. */
export function wordError(error: unknown, args?: Partial<Arguments>): string {
  const [, words] = parted(error);
  return shortened(hideValues(`${inWords(error, args)}${words === undefined ? '' : `${says}${words}`}`));
}

/** An error's message, and the API's own words at its end. */
function parted(error: unknown): readonly [message: string, words?: string] {
  const message = error instanceof Error ? error.message : describeError(error);
  const end = `${says}${(isPagewiseError(error) ? error.detail : undefined) ?? ''}`;
  return message.endsWith(end) && end !== says ? [message.slice(0, -end.length), end.slice(says.length)] : [message];
}

function inWords(error: unknown, args: Partial<Arguments> = {}): string {
  if (error instanceof ConfigError) {
    const names = error.options.map((option) => flagNames[option]);
    return error.pageIndex === undefined && names.length > 0 && !names.includes(undefined)
      ? inFlags(`${names.join(' and ')} ${error.problem}`)
      : configError(error);
  }
  if (error instanceof ResumeError) return resumeError(error, args);
  if (error instanceof DetectionError)
    return `can't detect how this API pages: ${inFlags(error.reason)}${error.advice ? `. ${error.advice.flags}` : ''}`;
  if (error instanceof AttemptTimeoutError)
    return located(`no complete answer within ${error.timeoutMs} ms (--timeout)`, error);
  // The end of the report says how to start over.
  if (error instanceof PositionExpiredError) return located(`the position has expired: ${error.reason}`, error);
  if (error instanceof WriteError && error.cause instanceof Error)
    return `can't write to ${error.target}: ${error.cause.message}`;
  // Of --report, --trace or --har, which are written by a listener.
  if (error instanceof CallbackError && error.cause instanceof WriteError) return inWords(error.cause);
  return inFlags(parted(error)[0], foreignIn(error));
}

/** What an error repeats of an answer: it may have backticks of its own. */
function foreignIn(error: unknown): string {
  if (error instanceof ParseError) return error.excerpt;
  return isPagewiseError(error) ? (error.detail ?? '').replace(/…$/, '') : '';
}

function configError({ message, of }: ConfigError): string {
  const text = of === undefined ? message : message.replace(`${of}: `, () => `${ownerInFlags(of)}: `);
  return inFlags(text);
}

const others: Readonly<Partial<Record<ResumeReason, string>>> = {
  method: 'another method',
  url: 'another URL',
  body: 'another request body',
  strategy: 'another strategy or other paging options',
  sync: 'other flags of --sync, or without them',
};

function resumeError({ reason }: ResumeError, { checkpoint }: Partial<Arguments>): string {
  const other = others[reason];
  const [where, what, again] = checkpoint
    ? [`--checkpoint ${checkpoint}`, 'checkpoint', startOver(checkpoint)]
    : ['--resume-from', 'token', 'start over without --resume-from'];
  if (other !== undefined)
    return `${where}: the ${what} was made with ${other}; run the command that made it, or ${again}`;
  if (reason === 'version')
    return `${where}: the ${what} was made by another version of pagewise; use that version, or ${again}`;
  if (reason === 'file')
    return `${where}: the output is shorter than the ${what} says, so the output was replaced or cut; ${again}`;
  if (reason === 'sink') return `${where}: the ${what} was not made by this command; ${again}`;
  if (reason === 'last page')
    return `${where}: the checkpoint is complete but does not record the last page that had items, so --when-done continue can't request it; use --when-done restart`;
  return checkpoint
    ? `${where}: the file is not a checkpoint, or is damaged; ${again}`
    : `${where}: this is not a resume token, or it is damaged; give a token exactly as a run printed it, or @FILE`;
}

/** The candidates of a failed detection, as flags. */
const considered = ({ candidates }: DetectionError): readonly string[] =>
  candidates.slice(0, 6).map(({ flags, rejected }) => shortened(hideValues(`  ${flags}: ${rejected}`)));

/** An outcome with the page, the attempts and the request of its error. */
function located(outcome: string, { pageIndex, attempts = 1, request }: PagewiseError): string {
  if (pageIndex === undefined) return outcome;
  const tries = attempts > 1 ? ` after ${attempts} attempts` : '';
  return `Page ${pageIndex + 1} failed: ${outcome}${tries}${request?.url === undefined ? '' : `, ${request.method} ${request.url}`}`;
}

/** An unexpected error, as lines. Its message may hold a secret, so it is redacted; its stack frames hold none. */
export function unforeseen(error: unknown): readonly string[] {
  const { name = 'Error', message = describeError(error), stack = '' } = error instanceof Error ? error : {};
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return [`pagewise: ${name}: ${redactText(hideValues(message))}`, ...frames];
}
