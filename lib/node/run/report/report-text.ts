import { createHash } from 'node:crypto';
import { failureOf, type RunRecord } from '../run-record.js';
import { markup } from './markup.js';
import { charts } from './script/charts.js';
import { numbers, summary, theme } from './script/numbers.js';
import { tables } from './script/tables.js';
import { waterfall } from './script/waterfall.js';
import { style } from './style.js';

const script = `'use strict';
(() => {
${numbers}${summary}${charts}${waterfall}${tables}${theme}})();
`;

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing is loaded, and no other style or script runs than these two. */
const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; img-src data:; base-uri 'none'; form-action 'none'`;

/** A run as one HTML page, in pieces. The page loads nothing; its content security policy forbids it. */
export function* reportText(record: RunRecord): Generator<string> {
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Pagewise run</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
${markup}
<script type="application/json" id="data">`;
  yield inScript(dataOf(record));
  yield `</script>
<script>${script}</script>
</body>
</html>
`;
}

/** JSON that can neither close its script element nor open a comment in it. */
const inScript = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

function dataOf(record: RunRecord): object {
  const { attempts, pages, waits, gaps, notices, failures, requests, end, sums } = record;
  const ms = (columns: typeof attempts | typeof pages) =>
    Array.from({ length: columns.length }, (_, row) => hundredths(record.msOf(columns, row)));
  return {
    startedAt: record.startedAt,
    duration: hundredths(record.duration),
    request: requests.all[0] && { method: requests.all[0].method, url: requests.all[0].url },
    sums,
    end: end && {
      reason: end.reason,
      total: end.total ?? null,
      received: end.received,
      ...(end.error === undefined ? {} : { error: failureOf(end.error) }),
    },
    attempts: {
      page: attempts.column('page'),
      start: attempts.column('start').map(hundredths),
      ms: ms(attempts),
      status: attempts.column('status'),
      bytes: attempts.column('bytes'),
      failure: attempts.column('failure'),
    },
    pages: {
      index: pages.column('index'),
      start: pages.column('start').map(hundredths),
      ms: ms(pages),
      items: pages.column('items'),
      end: pages.column('end'),
    },
    waits: waits.map(({ at, ms, reason, error }) => [hundredths(at), hundredths(ms), reason, error ?? '']),
    failures: failures.all.map(({ name, message }) => [name, message]),
    gaps: gaps.map(({ pageIndex, name, message }) => [pageIndex, name, message]),
    notices: notices.map(({ at, message }) => [hundredths(at), message]),
  };
}

const hundredths = (ms: number): number => Math.round(ms * 100) / 100;
