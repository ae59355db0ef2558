import { Command, Option } from 'commander';
import { pagingOptions } from '../../detect/kinds.js';
import { colourWhen } from '../terminal/colour.js';
import { shortHelp } from '../terminal/short-help.js';
import { version } from '../version.js';
import { type DataPiece, formatNames, UsageError } from './arguments.js';
import { pagingKinds } from './paging-flags.js';
import {
  durationFrom,
  items,
  list,
  object,
  pairs,
  parseBytes,
  parseDuration,
  parseRate,
  parseStart,
  source,
  statuses,
  wholeFrom,
} from './parse-values.js';

/** A second file would replace the first without a word: one of two outputs would be missing, or the progress. */
const once = (flag: string) => (value: string, earlier: string | undefined) => {
  if (earlier === undefined) return value;
  throw new UsageError(`${flag} ${value}: ${flag} ${earlier} is given already; remove one of them, or run the command twice`); // prettier-ignore
};

const repeated = (value: string, earlier: readonly string[] = []) => [...earlier, value];

/** Flags of curl that "Copy as cURL" writes. They are the default here, or have no meaning. */
const ignored = [
  '-L, --location', '--compressed', '-S, --show-error', '-f, --fail', '-g, --globoff', '--http1.1', '--http2',
]; // prettier-ignore

/** The flags. Errors are thrown, not written to stderr. */
export function program(data: DataPiece[]): Command {
  const dataAs = (kind: DataPiece['kind']) => (text: string) => {
    data.push({ text, kind }); // One list for all of these flags, since their order counts.
    return data;
  };

  const command = new Command('pagewise')
    .usage(
      '[flags] URL\n       pagewise run JOB… | help [TOPIC] | profiles | checkpoints\n       pagewise report compare FILE FILE | completion SHELL',
    )
    .argument('[words...]')
    .configureHelp({ visibleArguments: () => [], optionDescription: ({ description }) => description })
    .configureOutput({ getOutHelpWidth: () => 80, writeErr: () => undefined })
    .exitOverride()

    .optionsGroup("What to ask, with curl's flags (a pasted curl command works):")
    .option('-X, --request <METHOD>', 'GET by default, POST with a body')
    .option(
      '-H, --header <LINE>',
      "'Name: value', 'Name;' (empty), 'Name:' (removed),\n@FILE; $ENV{NAME} is read from the environment",
      repeated,
    )
    .option('-d, --data <DATA>', 'body, sent as a form by default; @FILE, @-', dataAs('data'))
    .option('--data-raw <DATA>', 'the same, but @ has no meaning', dataAs('raw'))
    .option('--data-urlencode <DATA>', 'the same, percent-encoded: NAME=VALUE', dataAs('urlencode'))
    .addOption(new Option('--data-binary <DATA>').argParser(dataAs('binary')).hideHelp())
    .option('--json <DATA>', 'body with JSON headers; @FILE, @-', repeated)
    .option('-G, --get', 'send -d in the query')
    .option('-u, --user <USER:PASSWORD>', 'Basic authentication')
    .option('-b, --cookie <DATA>', "cookies: 'a=1; b=2', or a file of cookies", repeated)
    .option('-c, --cookie-jar <FILE>', 'keep cookies between requests, and write them to FILE')
    .option('-A, --user-agent <NAME>', 'User-Agent')
    .option('-e, --referer <URL>', 'Referer')
    .option('-k, --insecure', "do not verify the server's certificate")
    .option('--cacert <FILE>', 'PEM certificates to trust instead of the default ones')
    .option('-x, --proxy <URL>', 'proxy (default: HTTPS_PROXY, HTTP_PROXY)')
    .addOption(new Option('--noproxy <HOSTS>').hideHelp())
    .addOption(new Option('--url <URL>').hideHelp())

    .optionsGroup('How this API pages:')
    .addOption(
      new Option(
        '--paging <KIND>',
        `${pagingKinds.slice(0, 5).join(', ')},\n${pagingKinds.slice(5).join(', ')}`,
      ).choices(pagingKinds),
    )
    .option('--explain', 'print how the API pages, and exit')
    .option('--dry-run', 'print the first request as curl and the form of the second,\nand send nothing')
    .option('--profile <NAME>', 'a known API, such as github; flags override it')
    .option('--in <PLACEMENT>', 'query, body[:PATH], form, headers, path, variables,\ntext:NAME=TEXT, template:JSON');
  for (const row of Object.values(pagingOptions)) command.addOption(pagingOption(row));
  command
    .option('--allow-origin <URL>', 'another origin that next pages may be on', repeated)

    .optionsGroup('Only what is new since the last run (pagewise help sync):')
    .option(
      '--sync <FIELD>',
      'remember the newest value of this field in the checkpoint,\nand write only items that are newer',
    )
    .option('--sync-param <NAME>', 'the parameter that takes it, such as updated_since')
    .option('--sync-in <PLACEMENT>', 'where the parameter is written, as for --in')
    .option('--sync-start <VALUE>', 'its value in the first run (default: none, everything)')
    .option('--sync-lag <TIME>', 'how far each run looks back for late items, such as 5m')
    .addOption(
      new Option('--sync-order <ORDER>', 'how the list is sorted by FIELD: asc, desc, none (default)').choices([
        'asc',
        'desc',
        'none',
      ]),
    )
    .option('--sync-key <PATH>', 'what identifies an item, such as id (default: all of it)')
    .addOption(
      new Option(
        '--sync-format <FORMAT>',
        'of the parameter: same as FIELD (default), iso, seconds,\nmilliseconds',
      ).choices(['same', 'iso', 'seconds', 'milliseconds']),
    )
    .addOption(
      new Option('--sync-missing <WHAT>', 'items without FIELD: error (default), include, skip').choices([
        'error',
        'include',
        'skip',
      ]),
    )
    .addOption(
      new Option('--sync-compare <HOW>', 'as time, number or text (default: by the first value)').choices([
        'time',
        'number',
        'text',
      ]),
    )

    .optionsGroup('More rows than the API gives (pagewise help split):')
    .option('--split <FIELD>', 'cut a range of this field of the items until each part fits')
    .option('--split-from <VALUE>', 'where the range begins: a time, a date or a whole number')
    .option('--split-to <VALUE>', 'where it ends; not a part of the range')
    .option(
      '--split-params <NAMES>',
      "parameters of both bounds: after,before, {field}[gte],{field}[lt],\n'q=created:{from}..{to}'",
    )
    .option('--split-in <PLACEMENT>', 'where they are written, as for --in')
    .option('--ceiling <N>', 'how many items the API gives for one query', wholeFrom(1))
    .addOption(
      new Option(
        '--split-bounds <BOUNDS>',
        "what the API includes of both: '[)' (default), '[]',\n'()', '(]'; names in gte, gt, lte and lt say it",
      ).choices(['[)', '[]', '()', '(]']),
    )
    .option(
      '--split-unit <WIDTH>',
      'narrowest part: 1s, 1ms, 1d, 1 (default: as precise as\n--split-from and --split-to)',
    )
    .option('--split-alphabet <CHARACTERS>', "instead of a range: beginnings of texts of these: 'a-z0-9 -'")
    .option('--refused-with <STATUSES>', 'statuses that refuse a query with too many items', statuses)

    .optionsGroup('How to behave:')
    .option('--rate <RATE>', 'maximum request rate: 10/s, 600/m, 5/100ms', parseRate)
    .option('--margin <TIME>', 'added to the time of a rate (default: 25ms)', durationFrom(0))
    .option('--max-pause <TIME>', 'longest pause that the API may ask of a rate (default: 2m)', durationFrom(0))
    .option('--retries <N>', 'extra attempts per page (default: 5)', wholeFrom(0))
    .option('--retry-delay <TIME>', 'longest first wait, doubled each time (default: 500ms)', durationFrom(0))
    .option('--retry-max-delay <TIME>', 'longest wait that the API does not ask for (default: 30s)', durationFrom(0))
    .option('--retry-budget <N>', 'tokens for retries of the whole run (default: 500)', wholeFrom(0))
    .option('--retry-header <NAME>', 'header that allows or forbids a retry (default: x-should-retry)')
    .option('--timeout <TIME>', 'limit per attempt: 500ms, 30s (default), 2m', parseDuration)
    .option('--total-timeout <TIME>', 'limit per page, attempts and waits included', parseDuration)
    .option('--max-retry-after <TIME>', 'longest wait that the API may ask for (default: 2m)', parseDuration)
    .option('--max-response-bytes <N>', 'largest answer, decompressed, such as 1G (default: 64M)', parseBytes)
    .addOption(new Option('--max-filesize <N>').argParser(parseBytes).hideHelp())
    .option('--max-redirects <N>', 'redirects to follow per attempt (default: 5)', wholeFrom(0))
    .addOption(new Option('--max-redirs <N>').argParser(wholeFrom(0)).hideHelp())
    .option('--xml', 'answers are XML: paths name elements, @attributes and #text')
    .option('--schema <FILE>', 'JSON Schema that every item must match')
    .option('--encoding <NAME>', 'encoding of answers (default: as declared, else utf-8)')
    .addOption(
      new Option('--invalid-text <WHAT>', 'bytes that are invalid in the encoding: error (default), replace').choices([
        'error', 'replace',
      ]), // prettier-ignore
    )
    .option('--fail-if <PATH[=VALUE]>', 'fail on a 2xx answer whose PATH is set, or VALUE', repeated)
    .option('--retry-if <PATH[=VALUE]>', 'retry on any answer whose PATH is set, or VALUE', repeated)
    .option('--ok-if <PATH[=VALUE]>', 'accept any answer whose PATH is set, or VALUE', repeated)
    .option('--skip-failed-pages <N>', 'skip up to N pages that keep failing', wholeFrom(1))
    .addOption(
      new Option('--gaps <WHAT>', 'pages that earlier runs skipped: retry (default), keep').choices(['retry', 'keep']),
    )
    .option('--adaptive-size', 'ask for smaller pages while the API fails on larger ones')
    .option('--concurrency <N>', 'pages in flight at the same time (default: 1)', wholeFrom(1))
    .option('--prefetch <N>', 'pages requested ahead of writing (default: 1 to a file, 0 to a pipe)', wholeFrom(0))
    .option('--max-pages <N>', 'stop after N pages', wholeFrom(1))
    .option('--max-items <N>', 'stop after N items', wholeFrom(1))

    .optionsGroup('Resuming:')
    .option('--checkpoint <FILE>', 'save progress in FILE, and resume from it', once('--checkpoint'))
    .addOption(
      new Option('--when-done <WHAT>', 'if the checkpoint is complete: stop (default),\nrestart, continue').choices([
        'stop', 'restart', 'continue',
      ]), // prettier-ignore
    )
    .option('--no-checkpoint', 'no checkpoint, for a job that has one')
    .option('--resume-from <TOKEN>', 'resume where an earlier run ended; TOKEN or @FILE')

    .optionsGroup('Output:')
    .option('-o, --output <FILE>', 'write to FILE; with --resume-from, append to it', once('-o'))
    .addOption(
      new Option('--format <FORMAT>', 'ndjson, json, csv (default: from the name of FILE)').choices(formatNames),
    )
    .option('--fields <PATHS>', 'only these fields of each item: id,customer.name', list)
    .option('--escape-formulas', "put a ' before CSV cells that a spreadsheet would run")
    .option('--distinct <PATH>', 'omit items whose value at PATH was seen before')
    .option('--pages', 'one line per page: index, items, total, next')

    .optionsGroup('Messages on stderr:')
    .option('--progress', 'show progress (default if stderr is a terminal)')
    .option('--no-progress', 'show no progress')
    .option('-q, --quiet', 'print errors only; -s is the same')
    .option('-v, --verbose', 'log each request, answer, wait and page')
    .addOption(new Option('-s, --silent').hideHelp())
    .addOption(
      new Option('--color <WHEN>', 'auto (default: if stderr is a terminal), always, never').choices(colourWhen),
    )

    .optionsGroup('Jobs in a file:')
    .option('--config <FILE>', 'file of jobs (default: pagewise.config.json)')
    .option('--all', 'with run: all jobs in the file')
    .option('--parallel <N>', 'with run: jobs side by side (default: 1)', wholeFrom(1))

    .optionsGroup('Run reports (written when the run ends, even if it fails):')
    .option('--report <FILE>', 'HTML page: figures, waterfall, all pages;\nJSON with all of it if FILE ends in .json')
    .option('--trace <FILE>', 'Chrome trace events, for Perfetto')
    .option('--har <FILE>', 'HAR 1.2, without secrets or bodies')
    .option('--har-numbers', 'show page numbers and sizes in its URLs')

    .optionsGroup('This command:')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print the help; details: pagewise help TOPIC');
  for (const flags of ignored) command.addOption(new Option(flags).hideHelp());
  command.helpInformation = () => shortHelp;
  return command;
}

type OptionRow = (typeof pagingOptions)[keyof typeof pagingOptions];

function pagingOption({ flag, about, means }: OptionRow): Option {
  const option = new Option(flag, about);
  if (means === 'switch') return option;
  return typeof means === 'string' ? option.argParser(parsers[means]) : option.choices(means);
}

const asIs = (text: string): string => text;
const parsers: Readonly<Record<Exclude<Extract<OptionRow['means'], string>, 'switch'>, (text: string) => unknown>> = {
  text: asIs, read: asIs, source, flag: asIs, items, pairs, object, parameter: asIs, size: wholeFrom(1), start: parseStart, names: list, fields: list, tokens: list, statuses,
}; // prettier-ignore
