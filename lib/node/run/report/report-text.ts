import { createHash } from 'node:crypto';
import { markup } from './markup.js';
import type { ReportData } from './report-data.js';
import { charts } from './script/charts.js';
import { numbers, summary, theme } from './script/numbers.js';
import { tables } from './script/tables.js';
import { walks } from './script/walks.js';
import { waterfall } from './script/waterfall.js';
import { style } from './style.js';

const script = `'use strict';
(() => {
const report = JSON.parse(document.getElementById('data').textContent);
const blank = document.querySelector('main').cloneNode(true);
let chosenTheme;
function show(at) {
const data = report.runs[at];
${numbers}${summary}${charts}${waterfall}${tables}${theme}${walks}}
const failed = report.runs.findIndex(({ end }) => end && end.error);
show(Math.max(0, failed));
})();
`;

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing is loaded, and no other style or script runs than these two. */
const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; img-src data:; base-uri 'none'; form-action 'none'`;

/** A report as JSON, in pieces: one line for each run. */
export function* reportJson({ runs, ...head }: ReportData): Generator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"runs":[`;
  for (const [at, run] of runs.entries()) yield `${at === 0 ? '' : ','}\n${JSON.stringify(run)}`;
  yield '\n]}\n';
}

/** A report as one HTML page, in pieces. The page loads nothing; its content security policy forbids it. */
export function* reportText(data: ReportData): Generator<string> {
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
  yield* inScript(data);
  yield `</script>
<script>${script}</script>
</body>
</html>
`;
}

/** JSON that can neither close its script element nor open a comment in it. */
function* inScript(data: ReportData): Generator<string> {
  for (const text of reportJson(data))
    yield text.replace(/[<>&\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
