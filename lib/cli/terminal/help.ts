import { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { isCommon, kindNames, kinds, type OptionName } from '../../detect/kinds.js';
import { UsageError } from '../flags/arguments.js';
import { flagOf } from '../flags/paging-flags.js';
import { program } from '../flags/program.js';
import { shortHelp } from './short-help.js';
import { suggest } from './suggest.js';

const require = createRequire(import.meta.url);

/** The kinds of paging, with the flags that not all kinds take. A star marks required flags. */
function kindTable(): string {
  const lines = kindNames.map((kind) => {
    const { about, needs = [], takes } = kinds[kind];
    const needed = needs.flatMap(([names]) => names);
    const own = takes.filter((name) => !isCommon(name) && !needed.includes(name) && !special.includes(name));
    return [kind, about, [...needed.map((name) => `${flagOf[name]}*`), ...own.map((name) => flagOf[name])].join(', ')];
  });
  const all = [['--paging', 'what leads to the next page', 'its own flags (* required)'], ...lines];
  const widths = [0, 1].map((column) => Math.max(...all.map((line) => line[column]?.length ?? 0)) + 2);
  return all
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

/** For APIs with a habit of their own: explained below the table, or in `pagewise help flags`. */
const special: readonly OptionName[] = [
  'connection', 'hasMore', 'hasMoreIfAbsent', 'totalPages', 'dropParams', 'onSameToken', 'firstCursor', 'endTokens', 'advanceBy', 'omitFirst', 'stopOnShortPage', 'stopOnEmptyPage', 'repeatable', 'maxTokenLength', 'nextRequest', 'plus', 'inclusive', 'nextMethod', 'nextOrigin', 'keepParams', 'endParams', 'direction', 'partial', 'maxSize', 'singleItem',
]; // prettier-ignore

/** The texts of `pagewise help TOPIC`. Each fits a screen. */
const helpTopics = {
  paging: `How an API pages

By default, the command detects how the API pages: it reads the first answer,
confirms the result with page 2, and prints it on stderr as flags. Detection
costs a few requests each time, so pass these flags in jobs that run often.
  pagewise --explain URL        the evidence, and the flags
  pagewise --profile github URL a known API

${kindTable()}

--items PATH   where the items are: data.items, entry[*].resource, or . for the
               body; see pagewise help paths
--size N       items to ask for per page; --size-param NAME is its parameter
--in PLACEMENT where parameters are written: query (default), body, body:PATH,
               form, headers, path, variables; text:NAME=TEXT, where {offset}
               in TEXT is the parameter offset; template:JSON
--total PATH, --total-pages PATH, --has-more PATH  how the API marks the end;
               --has-more '!PATH' if the flag says that this is the last page
For --next, --total, --total-pages and --has-more, PATH may be header:NAME.
pagewise help flags has more, for APIs with a habit of their own.
`,
  sync: `Only what is new since the last run

--sync remembers the newest value of a field in the checkpoint, in the same
commit as the output, and asks only for newer items in the next run. Each run
appends; an item is neither lost nor written twice, whenever a run is killed.

  pagewise --sync updated_at --sync-param updated_since --sync-key id \\
    --sync-start 2024-01-01T00:00:00Z --checkpoint orders.job.json \\
    -o orders.ndjson https://api.example.com/orders

--sync FIELD         the path in each item of a value that grows
--sync-param NAME    the parameter that takes it; without it, older items are
                     left out of the whole list
--sync-in PLACEMENT  where it is written: query (default), body:PATH
--sync-start VALUE   its value in the first run
--sync-lag 5m        how far each run looks back for late items; needed if the
                     parameter means after, and not at or after
--sync-order ORDER   how the list is sorted by FIELD: asc (an interrupted run
                     asks anew from the newest value), desc (without
                     --sync-param, ends at a page that is all older), none
--sync-key PATH      what identifies an item; by default, all of it
--sync-format iso    how the parameter is written: same, seconds, milliseconds
--sync-missing skip  items without FIELD: error, include, skip
--sync-compare text  for ids of letters and digits; or time, number
`,
  split: `More rows than the API gives

Many APIs stop after 1,000 or 10,000 rows. --split cuts a range of times, dates
or whole numbers in halves until each part announces fewer than --ceiling, and
writes the parts in order. The parts must add up to the whole at each cut, and
each item's FIELD must lie in its part: no row is lost, none comes twice.

  pagewise --split created_at --split-from 2024-01-01T00:00:00Z \\
    --split-to 2025-01-01T00:00:00Z --ceiling 10000 \\
    --split-params created_after,created_before https://api.example.com/events

--split FIELD        the path in each item of what the range is of
--split-from, --split-to  the range; the end is not a part of it
--split-params A,B   the parameters of the bounds; {field} stands for FIELD:
                     {field}[gte],{field}[lt]
--split-params 'q=created:{from}..{to}'  a text, added to the one of the URL
--split-in PLACEMENT where they are written: query (default), body:PATH …
--ceiling N          how many items the API gives for one query
--split-bounds '[]'  if the API includes the upper bound; '(]' if not the lower
                     one. Names that end in gte, gt, lte and lt say it.
--split-unit 1ms     the narrowest part; by default as precise as the range
--split-alphabet 'a-z0-9 -'  instead of a range: parts are beginnings of FIELD,
                     written into the one parameter of --split-params
--refused-with 422   if the API announces no totals, but refuses pages past the
                     ceiling. Parts are then counted before they are written.

Everything else works as without it: --checkpoint, --concurrency, --rate.
A part that can't be cut further and does not fit is an error that names it.
`,
  paths: `Paths

  data.items              a member of a member
  .                       the body itself
  rows[0], rows[-1]       the first element, the last one
  entry[*].resource       a member of each element
  bars.*                  every value of an object
  links[rel=next].href    the element with this member; quotes are allowed:
                          links[rel="next"], and so are several filters
  next || last[-1].id     the first of these that is set
  /data/a.b               a JSON Pointer (RFC 6901), for any name
  id.@scheme, id.#text    with --xml: an attribute, and the text beside it

A name at the top that is written like the path wins: @odata.nextLink,
page[next]. Where one value is read, a path to several takes the first.
--items takes them all: if they are lists, their items. For several lists:
  --items '["added", "modified"]'                    one after the other
  --items '{"added": "added", "gone": "removed"}'    as { list, item }
`,
  jobs: `Jobs

--checkpoint FILE saves the progress of a job. After each completely written
page, it commits the position and the length of the output file. Run the same
command again to resume, wherever it stopped: every item is in the output file
exactly once. A finished job does nothing, unless --when-done restart (writes
everything again) or --when-done continue (adds what is new) is given. Skipped
pages (--skip-failed-pages) are requested again first; --gaps keep omits them.

pagewise.config.json (or --config FILE) names jobs:
{
  "defaults": { "header": { "Authorization": "Key $ENV{API_KEY}" } },
  "jobs": {
    "inputs": {
      "url": "https://api.example.com/inputs",
      "items": "inputs", "size": 200, "rate": "10/s",
      "output": "inputs.ndjson.gz"
    }
  }
}
Names are flags, in camelCase or kebab-case. A flag without a value is true or
false; a flag that can be repeated takes a list.

  pagewise run inputs              one job
  pagewise run inputs --size 50    flags override those in the file
  pagewise run --all               all jobs, even if one of them fails
  pagewise run --all --parallel 4  four at a time

The checkpoint of a job is .pagewise/JOB.json; "checkpoint": false disables it.
"partitions": { "account": ["a", "b"] } runs the job for each account: {account}
in url, header, the body and output; partitionConcurrency, addFields.
pagewise checkpoints lists them; checkpoints show FILE or delete FILE.
A second run of a job that is running is refused with exit code 4.
Ctrl-C ends a run after the page that is being written, or immediately if there
is none. A second Ctrl-C ends it immediately. Neither loses data.
`,
  output: `Output

-o FILE, or stdout. --format or the name of FILE sets the format:
  ndjson  one JSON value per line (default)
  json    one array
  csv     a header and one row per item; objects in a cell are JSON
If the name ends in .gz, FILE is compressed.

--fields id,customer.name   only these fields: the columns of CSV, or the keys
                            of JSON objects
--distinct id               omits items whose id was seen before, and reports
                            how many; with a checkpoint, across all runs
--pages                     one line per page: { index, items, total, next }
--max-items N, --max-pages N  stop early

Without --fields, the columns of CSV are the fields of the first page that has
items. An item with another field fails the run, since the field would be lost.
FILE is overwritten, unless the run resumes another one: --checkpoint continues
FILE, and --resume-from appends to it.
`,
  secrets: `Secrets

The command replaces $ENV{NAME} in -H, -u and -b with the environment variable.
So a key appears neither in ps nor in the shell's history. Use single quotes, so
that the shell does not expand it:
  pagewise -H 'Authorization: Key $ENV{API_KEY}' https://api.example.com/items
This also works in every value of pagewise.config.json. A variable that is not
set is an error. $$ENV{NAME} is the text $ENV{NAME} itself.

-H @FILE reads headers from a file.

Messages, --explain, -v and the files of --report, --trace and --har never show
the values of headers, of the query, or of $ENV{…} that is sent. What -o,
--checkpoint, --fields and --distinct name is shown. Tokens for --resume-from
and checkpoints hold positions in the API: store them like secrets (only the
owner can read a checkpoint file).
`,
  'exit-codes': `Exit codes

0    done; nothing to do; stopped by --max-pages or --max-items; or the reader
     of stdout stopped early (| head)
1    failed: the message explains what failed, what was written, and how to
     resume
2    invalid usage: nothing was sent
3    done, except for the pages that --skip-failed-pages skipped, or for items
     that --total announced and that did not arrive; or nothing says whether a
     list of one page is whole
4    another run is using the checkpoint: nothing was sent; or it has taken the
     checkpoint over, since this run was stopped or asleep. The message says who
130  interrupted (SIGINT); 143: terminated (SIGTERM); 129: hung up (SIGHUP)

If run has several jobs, its exit code is the worst of theirs: 1, then 2, then
3, then 4. An interrupt ends the run and names the jobs that were not started.
`,
} as const;

/** What `pagewise help TOPIC` prints, by topic. */
export const topics: Readonly<Record<string, () => string>> = {
  flags: allFlags,
  ...Object.fromEntries(Object.entries(helpTopics).map(([topic, text]) => [topic, () => text])),
};

/** @throws UsageError for an unknown topic */
export function help(topic: string | undefined): string {
  if (topic === undefined) return shortHelp;
  if (Object.hasOwn(topics, topic)) return topics[topic]?.() ?? '';
  const entry = errorEntry(topic);
  if (entry !== undefined) return entry;
  throw new UsageError(
    `help ${topic}: there is no such topic${suggest(topic, Object.keys(topics))}; topics are ${Object.keys(topics).join(', ')}`,
  );
}

/** What docs/errors.md, which is in the package, says of a class of errors, as plain text. */
function errorEntry(name: string): string | undefined {
  if (!/^[a-z]+error$/i.test(name)) return undefined;
  const page = readFileSync(new URL('docs/errors.md', pathToFileURL(require.resolve('pagewise/package.json'))), 'utf8');
  const entry = page.split(/^## /m).find((part) => part.split('\n', 1)[0]?.toLowerCase() === name.toLowerCase());
  return entry && inPlainText(entry);
}

/** Markdown without its marks, in 80 columns. */
const inPlainText = (markdown: string): string =>
  markdown
    .replace(/^```.*\n/gm, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('**', '')
    .replaceAll('`', '')
    .split('\n')
    .map((line) => line.replace(/(.{1,79}|\S{80,})(?: |$)/g, '$1\n').trimEnd())
    .join('\n')
    .trimEnd()
    .concat('\n');

/** Every flag, as commander lists them. */
function allFlags(): string {
  const command = program([]);
  return Command.prototype.helpInformation.call(command);
}
