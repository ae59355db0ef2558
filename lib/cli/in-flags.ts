import { AttemptTimeoutError, ConfigError, ResumeError } from '../errors.js';
import { UsageError } from './usage-error.js';

const flags: Readonly<Record<string, string>> = {
  resumeFrom: '--resume-from',
  pageParam: '--page-param',
  sizeParam: '--size-param',
  totalPages: '--total-pages',
  hasMore: '--has-more',
  'pageNumber: ': '--',
};

/** Whether an error is about the arguments: nothing was sent. */
export const isUsageError = (error: unknown): error is Error =>
  error instanceof UsageError || error instanceof ConfigError || error instanceof ResumeError;

/** An error's message with flags for the options that the library calls by their names in code. */
export function inFlags(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Other messages quote servers, whose words are left alone.
  if (error instanceof AttemptTimeoutError) return error.message.replace('(attemptTimeout)', '(--timeout)');
  if (!isUsageError(error) || error instanceof UsageError) return error.message;
  return error.message
    .replace(/^paginate: |^pageNumber: (?=pageParam|sizeParam|totalPages|hasMore)/, '')
    .replaceAll(
      /\b(resumeFrom|pageParam|sizeParam|totalPages|hasMore)\b|^pageNumber: /g,
      (name) => flags[name] ?? name,
    );
}
