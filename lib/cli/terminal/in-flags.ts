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
  prefetch: '--prefetch',
  retries: '--retries',
  attemptTimeout: '--timeout',
  totalTimeout: '--total-timeout',
  maxRetryAfter: '--max-retry-after',
  maxResponseBytes: '--max-response-bytes',
  maxRedirects: '--max-redirects',
  resumeFrom: '--resume-from',
  whenDone: '--when-done',
  encoding: '--encoding',
  invalidText: '--invalid-text',
  method: '-X',
  report: '--report',
  trace: '--trace',
  har: '--har',
};

const flagOf = (name: string): string | undefined => (Object.hasOwn(flagNames, name) ? flagNames[name] : undefined);

/** The kinds of paging and the placements, by the functions that make them. */
const words = new Map<string, string>([
  ...kindNames.map((kind) => [kinds[kind].typescript, `--paging ${kind}`] as const),
  ...['query', 'body', 'form', 'headers', 'path', 'variables'].map(
    (word) => [`in${(word[0] ?? '').toUpperCase()}${word.slice(1)}`, `--in ${word}`] as const,
  ),
]); // prettier-ignore

/** Advice of the library that is code, and the same advice with flags. */
const code: readonly (readonly [found: RegExp, advice: string])[] = [
  [/elsewhere with inPlaces/g, 'elsewhere with --in'],
  [/\. Start over without resumeFrom, or set the strategy's onExpired: 'restart'/g, ''], // report.ts says how.
  [/; fetchTransport\(\) does/g, '; fetchTransport() of the library does'],
  [/use whenDone of the checkpoint/g, 'add --when-done continue'],
  [/; set total or hasMore, or, if the API ends this way, stopOnShortPage or endStatuses/g, '; add --total or --has-more, or, if the API ends this way, --end-statuses'],
  [/: pageNumber, or offset with a size;/g, ': --paging page, or --paging offset with --size;'],
  [/ \(maxSize\)/g, ''],
  [/ \(a scroll, onSameToken: 'continue'\)/g, ' (--on-same-token continue)'],
  [/encode the values with new URLSearchParams\(\{ … \}\)/g, 'give the values with --data-urlencode'],
  [/use a string, new URLSearchParams\(\{ … \}\) or no body/g, 'give a form with -d, or no body'],
  [/pass the body as an object and use inBody\(\)/g, 'use --in body'],
  [/, such as pageNumber\(\{ items: 'items' \}\)/g, ''],
  [/; keep its digits with fetchTransport\(\{ parseJson: parseExactJson \}\)/g, "; --paging offset or --paging page doesn't need the cursor"],
  [/keep its digits with fetchTransport\(\{ parseJson: parseExactJson \}\)/g, "--paging offset or --paging page doesn't need the cursor"],
]; // prettier-ignore

/** The text of the library as advice for the command: `missingNext: 'end'` is `--missing-next end` there. */
export const inFlags = (text: string): string =>
  code
    .reduce((shown, [found, advice]) => shown.replace(found, advice), text)
    .replace(
      /\bthe check (ok|fail|retry)If\('([^']*)'(?:, '([^']*)')?\)/g,
      (_all, word: string, path: string, value?: string) =>
        `--${word}-if ${value === undefined ? path : `${path}=${value}`}`,
    )
    // set missingNext: 'end', endStatuses: [202], allowOrigins: ['https://…']
    .replace(
      /\b(?:(?:the strategy|cursor)'s )?(\w+): (?:\[(\d+)\]|\[?'([^']*)'\]?)/g,
      (all, name: string, status?: string, value?: string) => {
        const flag = flagOf(name);
        return flag === undefined ? all : `${flag} ${status ?? value ?? ''}`;
      },
    )
    // (maxResponseBytes), longer than maxRetryAfter, raise the strategy's maxEmptyPages, hasMore at meta.more
    .replace(
      /(?<=\(|\b(?:set|raise|than|in|without|leave|with|or) )(?:the strategy's )?([a-z]+[A-Z]\w*)(?=[\s,;.)]|$)/g,
      (all, name: string) => flagOf(name) ?? all,
    )
    .replace(/(?<=: |^)([a-z]+[A-Z]\w*)(?= at )/g, (all, name: string) => flagOf(name) ?? all)
    // use singlePage(), inBody: …
    .replace(
      /(?<=\b[Uu]se )(\w+)(?:\(\))?|(?<=^|: )(\w+)(?=: )|\b([a-z]+[A-Z]\w*)(?:\(\)|(?= can't))/g,
      (all, ...names: (string | undefined)[]) =>
        words.get(names.slice(0, 3).find((name) => name !== undefined) ?? '') ?? all,
    );
