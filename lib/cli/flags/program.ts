import { Command, Option } from 'commander';
import { pagingOptions } from '../../detect/kinds.js';
import { shortHelp } from '../terminal/short-help.js';
import { version } from '../version.js';
import { type DataPiece, formatNames } from './arguments.js';
import { pagingKinds } from './paging-flags.js';
import { list, parseDuration, parseRate, parseStart, statuses, wholeFrom } from './parse-values.js';

const repeated = (value: string, earlier: readonly string[] = []) => [...earlier, value];

/** What curl takes, and browsers' "Copy as cURL" writes, and what is so anyway or means nothing here. */
const ignored = [
  '-L, --location', '--compressed', '-S, --show-error', '-f, --fail', '-g, --globoff', '--http1.1', '--http2',
]; // prettier-ignore

/** The flags. Nothing is written to stderr: what is wrong is thrown. */
export function program(data: DataPiece[]): Command {
  const dataAs = (kind: DataPiece['kind']) => (text: string) => {
    data.push({ text, kind }); // One list for all of them: their order counts.
    return data;
  };

  const command = new Command('pagewise')
    .usage('[flags] URL | run JOB… | help [TOPIC] | completion SHELL')
    .argument('[words...]')
    .configureHelp({ visibleArguments: () => [], optionDescription: ({ description }) => description })
    .configureOutput({ getOutHelpWidth: () => 80, writeErr: () => undefined })
    .exitOverride()

    .optionsGroup("What to ask, with curl's flags (a pasted curl command works):")
    .option('-X, --request <METHOD>', 'GET by default, POST with a body')
    .option(
      '-H, --header <LINE>',
      "'Name: value'; 'Name;' empty, 'Name:' none, @FILE;\n$ENV{NAME} is read from the environment",
      repeated,
    )
    .option('-d, --data <DATA>', 'body, a form unless JSON is asked for; @FILE, @-', dataAs('data'))
    .option('--data-raw <DATA>', 'the same, without a meaning for @', dataAs('raw'))
    .option('--data-urlencode <DATA>', 'the same, percent-encoded: NAME=VALUE', dataAs('urlencode'))
    .addOption(new Option('--data-binary <DATA>').argParser(dataAs('binary')).hideHelp())
    .option('--json <DATA>', 'body with JSON headers; @FILE, @-', repeated)
    .option('-G, --get', 'send -d in the query')
    .option('-u, --user <USER:PASSWORD>', 'Basic authorization')
    .option('-b, --cookie <DATA>', "cookies: 'a=1; b=2'", repeated)
    .option('-A, --user-agent <NAME>', 'User-Agent')
    .option('-e, --referer <URL>', 'Referer')
    .option('-k, --insecure', 'do not check the certificate of the server')
    .option('--cacert <FILE>', 'certificates to trust, in PEM, instead of the usual ones')
    .option('-x, --proxy <URL>', 'the proxy; default: HTTPS_PROXY, HTTP_PROXY')
    .addOption(new Option('--noproxy <HOSTS>').hideHelp())
    .addOption(new Option('--url <URL>').hideHelp())

    .optionsGroup('How this API pages:')
    .addOption(
      new Option(
        '--paging <KIND>',
        `${pagingKinds.slice(0, 5).join(', ')},\n${pagingKinds.slice(5).join(', ')}`,
      ).choices(pagingKinds),
    )
    .option('--explain', 'print what was found out about paging, and end')
    .option('--profile <NAME>', 'a known API, such as github; flags overrule it')
    .option('--in <PLACE>', 'query, body[:PATH], form, headers, path, variables');
  for (const row of Object.values(pagingOptions)) command.addOption(pagingOption(row));
  command
    .option('--allow-origin <URL>', 'another origin that next pages may be at', repeated)

    .optionsGroup('How to behave:')
    .option('--rate <RATE>', 'at most so many requests: 10/s, 600/m, 5/100ms', parseRate)
    .option('--retries <N>', 'extra attempts per page (default: 5)', wholeFrom(0))
    .option('--timeout <TIME>', 'for each attempt: 500ms, 30s (default), 2m', parseDuration)
    .option('--fail-if <PATH[=VALUE]>', 'an answer is a failure if this is set, or VALUE', repeated)
    .option('--retry-if <PATH[=VALUE]>', 'the same, worth another attempt', repeated)
    .option('--ok-if <PATH[=VALUE]>', 'the same, a usable page', repeated)
    .option('--skip-failed-pages <N>', 'leave out up to N pages that keep failing', wholeFrom(1))
    .option('--concurrency <N>', 'pages in flight at once (default: 1)', wholeFrom(1))
    .option(
      '--prefetch <N>',
      'pages requested ahead of the writing (default: 1 into a file, 0 into a pipe)',
      wholeFrom(0),
    )
    .option('--max-pages <N>', 'stop after so many pages', wholeFrom(1))
    .option('--max-items <N>', 'stop after so many items', wholeFrom(1))

    .optionsGroup('Going on:')
    .option('--checkpoint <FILE>', 'keep the place in FILE, and go on there by itself')
    .option('--no-checkpoint', 'keep none, for a job that would')
    .option('--resume-from <TOKEN>', 'go on where an earlier run ended; @FILE')

    .optionsGroup('What is written:')
    .option('-o, --output <FILE>', 'write to FILE; with --resume-from, behind what it holds')
    .addOption(new Option('--format <FORMAT>', 'ndjson, json, csv (default: by the name of FILE)').choices(formatNames))
    .option('--fields <PATHS>', 'only these of each item: id,customer.name', list)
    .option('--distinct <PATH>', 'leave out items whose value there has come before')
    .option('--pages', 'a line for each page: index, items, total, next')

    .optionsGroup('What is said, on stderr:')
    .option('--progress', 'show progress (default: if stderr is a terminal)')
    .option('--no-progress', 'show none')
    .option('-q, --quiet', 'say nothing but errors; -s is the same')
    .option('-v, --verbose', 'tell each request, answer, wait and page')
    .addOption(new Option('-s, --silent').hideHelp())

    .optionsGroup('Jobs of a file:')
    .option('--config <FILE>', 'where jobs are (default: pagewise.config.json)')
    .option('--all', 'with run: each job of the file')

    .optionsGroup('See the run (files written at its end, also where it fails):')
    .option('--report <FILE>', 'HTML page: waterfall, throughput, slowest pages')
    .option('--trace <FILE>', "Chrome's trace events, for Perfetto")
    .option('--har <FILE>', 'HAR 1.2, without secrets and bodies')

    .optionsGroup('This command:')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print the help; more of it: pagewise help TOPIC');
  for (const flags of ignored) command.addOption(new Option(flags).hideHelp());
  command.helpInformation = () => shortHelp;
  return command;
}

type OptionRow = (typeof pagingOptions)[keyof typeof pagingOptions];

function pagingOption({ flag, about, means }: OptionRow): Option {
  const option = new Option(flag, about);
  return typeof means === 'string' ? option.argParser(parsers[means]) : option.choices(means);
}

const asIs = (text: string): string => text;
const parsers: Readonly<Record<Extract<OptionRow['means'], string>, (text: string) => unknown>> = {
  text: asIs, read: asIs, parameter: asIs, size: wholeFrom(1), start: parseStart, names: list, fields: list, statuses,
}; // prettier-ignore
