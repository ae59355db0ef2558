import { Command } from 'commander';
import { isCommon, kindNames, kinds, type OptionName } from '../../detect/kinds.js';
import { UsageError } from '../flags/arguments.js';
import { flagOf } from '../flags/paging-flags.js';
import { program } from '../flags/program.js';
import { shortHelp } from './short-help.js';
import { suggest } from './suggest.js';

/** The kinds of paging, with the flags that are not common to all; a star marks those that can't be left out. */
function kindTable(): string {
  const lines = kindNames.map((kind) => {
    const { about, needs = [], takes } = kinds[kind];
    const needed = needs.flatMap(([names]) => names);
    const own = takes.filter((name) => !isCommon(name) && !needed.includes(name) && !endings.includes(name));
    return [kind, about, [...needed.map((name) => `${flagOf[name]}*`), ...own.map((name) => flagOf[name])].join(', ')];
  });
  const all = [['--paging', 'what leads to the next page', 'flags of its own (* needed)'], ...lines];
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

/** Explained below the table. */
const endings: readonly OptionName[] = ['hasMore', 'totalPages', 'dropParams'];

/** What `pagewise help TOPIC` says; each fits a screen. */
const helpTopics = {
  paging: `How an API pages

Say nothing, and the command finds out: it reads the first answer, proves what
it has found by asking for page 2, and says it on stderr as flags. Write these
down where a job runs often: finding out costs some requests each time.
  pagewise --explain URL        the evidence, and the flags
  pagewise --profile github URL a known API

${kindTable()}

--items PATH   where the items are: data.items, /data/items, or . for all of it
--size N       items to ask for per page; --size-param names it on the wire
--in PLACE     query (default), body, body:PATH, form, headers, path, variables
--total PATH, --total-pages PATH, --has-more PATH  the API's word on the end
A path may be header:NAME for --next, --total, --total-pages and --has-more.
`,
  jobs: `Jobs

--checkpoint FILE keeps the place of a job: each page that is written whole is
committed there, with the length of the output file. The same command goes on by
itself, wherever it was stopped, and every item is in the file once. A job that
is done has nothing to do; to start over, delete FILE.

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
Names are those of the flags, in camelCase or kebab-case. Flags without a value
are true or false, flags that may be repeated take a list.

  pagewise run inputs              one job
  pagewise run inputs --size 50    flags overrule the file's
  pagewise run --all               each of them; one that fails stops no other

The checkpoint of a job is .pagewise/JOB.json; "checkpoint": false keeps none.
Ctrl-C ends a run after the page that is being written, or at once where none
is; a second one ends it at once. Nothing is lost either way.
`,
  output: `What is written

-o FILE, or stdout. The format is that of FILE's name, or of --format:
  ndjson  one JSON value a line (default)
  json    one array
  csv     a header and a row for each item; objects in a cell are JSON
With .gz behind its name FILE is compressed.

--fields id,customer.name   only these paths: the columns of CSV, and the keys
                            of the objects that JSON has instead
--distinct id               leaves out items whose id has come before, and says
                            how many; with a checkpoint, over all of its runs
--pages                     a line for each page: { index, items, total, next }
--max-items N, --max-pages N  stop early

Without --fields, CSV has the fields of the first page that has items; an item
with another field fails the run rather than being cut.
FILE is written anew, unless the run goes on where another one was: with
--checkpoint, or with --resume-from, which writes behind what FILE holds.
`,
  secrets: `Secrets

$ENV{NAME} in -H, -u and -b is replaced by the command, so that a key stands
neither in ps nor in the shell's history (single quotes keep shells from it):
  pagewise -H 'Authorization: Key $ENV{API_KEY}' https://api.example.com/items
The same in every value of pagewise.config.json. One that is not set is wrong
usage. $$ENV{NAME} is the text $ENV{NAME} itself.

-H @FILE reads headers from a file.

Messages, --explain and -v never show the values of headers, of the query, or of
$ENV{…}. Tokens for --resume-from and checkpoints hold positions of the API:
keep them like a secret (a checkpoint is readable by its owner only).
`,
  'exit-codes': `Exit codes

0    done, or nothing to do, or stopped by --max-pages or --max-items, or the
     reader of stdout has left (| head)
1    failed: the message says what, what was delivered, and how to go on
2    wrong usage: nothing was sent
3    done, but for the pages that --skip-failed-pages has left out
130  interrupted (SIGINT); 143: terminated (SIGTERM)

run with several jobs ends with the worst of theirs: 1, then 2, then 3. An
interrupt ends the run, and names the jobs that have not begun.
`,
} as const;

/** What `pagewise help TOPIC` prints, by topic. */
export const topics: Readonly<Record<string, () => string>> = {
  flags: allFlags,
  ...Object.fromEntries(Object.entries(helpTopics).map(([topic, text]) => [topic, () => text])),
};

/** @throws UsageError for a topic that there is not */
export function help(topic: string | undefined): string {
  if (topic === undefined) return shortHelp;
  if (Object.hasOwn(topics, topic)) return topics[topic]?.() ?? '';
  throw new UsageError(
    `help ${topic}: there is no such topic${suggest(topic, Object.keys(topics))}; there is ${Object.keys(topics).join(', ')}`,
  );
}

/** Every flag, as commander lists them. */
function allFlags(): string {
  const command = program([]);
  return Command.prototype.helpInformation.call(command);
}
