import { kindNames, kinds } from '../../detect/kinds.js';
import { flagsByCode } from '../flags/paging-flags.js';

/** The flags by the options of the library that they set. */
export const flagNames: Readonly<Record<string, string>> = {
  ...flagsByCode,
  fields: '--fields',
  columns: '--fields',
  distinct: '--distinct',
  allowOrigins: '--allow-origin',
  skipFailedPages: '--skip-failed-pages',
  gaps: '--gaps',
  concurrency: '--concurrency',
  field: '--split',
  from: '--split-from',
  to: '--split-to',
  params: '--split-params',
  bounds: '--split-bounds',
  unit: '--split-unit',
  alphabet: '--split-alphabet',
  ceiling: '--ceiling',
  refusedWith: '--refused-with',
  prefetch: '--prefetch',
  retries: '--retries',
  attemptTimeout: '--timeout',
  totalTimeout: '--total-timeout',
  maxRetryAfter: '--max-retry-after',
  maxResponseBytes: '--max-response-bytes',
  maxRedirects: '--max-redirects',
  resumeFrom: '--resume-from',
  whenDone: '--when-done',
  sync: '--sync',
  lag: '--sync-lag',
  param: '--sync-param',
  order: '--sync-order',
  missing: '--sync-missing',
  compare: '--sync-compare',
  flag: '--has-more-if-absent',
  encoding: '--encoding',
  invalidText: '--invalid-text',
  method: '-X',
  okIf: '--ok-if',
  failIf: '--fail-if',
  retryIf: '--retry-if',
  inPlaces: '--in',
  report: '--report',
  trace: '--trace',
  har: '--har',
  harNumbers: '--har-numbers',
};

/** The kinds of paging and the placements, by the functions that make them. */
const functions: Readonly<Record<string, string>> = Object.fromEntries([
  ['splitRanges', '--split'] as const,
  ['newest', '--sync'] as const,
  ...kindNames.map((kind) => [kinds[kind].typescript, `--paging ${kind}`] as const),
  ...['query', 'body', 'form', 'headers', 'path', 'variables', 'text', 'template'].map(
    (word) => [`in${(word[0] ?? '').toUpperCase()}${word.slice(1)}`, `--in ${word}`] as const,
  ),
]); // prettier-ignore

/** Code that no flag says. */
const others: Readonly<Record<string, string>> = {
  'new URLSearchParams({ … })': '--data-urlencode',
  'fetchTransport()': 'fetchTransport() of the library',
  'flag(…, { absent: false })': '--has-more-if-absent',
  'withCookies(…)': '-c FILE',
  'distinctItems()': '--distinct',
};

const own = (table: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** What takes options in the library, such as `inPath`, as flags. */
export const ownerInFlags = (of: string): string => own(functions, of) ?? of;

/** Code of the library as flags: `missingNext: 'end'`, `inBody()` or `failIf('error', '1')`. */
function codeInFlags(code: string): string {
  const [, name = '', option = '', values = option] = /^(\w+)(?:: (.*)|\((.*)\))?$/.exec(code) ?? [];
  const flag = own(flagNames, name);
  if (flag === undefined) return own(others, code) ?? own(functions, name) ?? code;
  const given = values.match(/'[^']*'|[^\s'[\],]+/g)?.map((value) => value.replaceAll("'", '')) ?? [];
  return [flag, ...(given.length > 0 ? [given.join('=')] : [])].join(' ');
}

/**
 * A message for the command: code in it, which the library marks by backticks, becomes the flags that do the same. Values
 * in quotes stay as they are, and so does `foreign`, the words of an API.
 */
export const inFlags = (text: string, foreign = ''): string =>
  foreign === ''
    ? text.replace(/"(?:[^"\\]|\\.)*"|(?<![^\s(])`([^`]+)`(?![^\s,;.:?)])/g, (all, code?: string) =>
        code === undefined ? all : codeInFlags(code),
      )
    : text
        .split(foreign)
        .map((part) => inFlags(part))
        .join(foreign);
