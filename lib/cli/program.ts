import { Command, Option } from 'commander';
import type { DataPiece } from './arguments.js';
import { parseDuration, parseRate, parseStart, wholeFrom } from './parse-values.js';
import { profileNames } from './profiles.js';
import { version } from './version.js';

const repeated = (value: string, earlier: readonly string[] = []) => [...earlier, value];

/** The flags and the help. Parsing writes the help to stdout, errors nowhere: they are thrown. */
export function program(data: DataPiece[]): Command {
  const dataFrom = (mayBeFile: boolean) => (text: string) => {
    data.push({ text, mayBeFile }); // One list for both flags: their order counts.
    return data;
  };

  return new Command('pagewise')
    .description('Writes the items of a paged API to stdout, one JSON value a line.')
    .usage('[flags] URL')
    .argument('<URL>')
    .configureHelp({ visibleArguments: () => [] })
    .configureOutput({ getOutHelpWidth: () => 80, writeErr: () => undefined })
    .exitOverride()

    .optionsGroup("What to ask, with curl's flags:")
    .option('-X, --request <METHOD>', 'GET by default, POST with a body')
    .option('-H, --header <LINE>', "'Name: value'; 'Name;' empty, 'Name:' none, @FILE", repeated)
    .option('-d, --data <DATA>', 'body, a form unless JSON is asked for; @FILE, @-', dataFrom(true))
    .option('--data-raw <DATA>', 'the same, without a meaning for @', dataFrom(false))
    .option('--json <DATA>', 'body with JSON headers; @FILE, @-', repeated)
    .option('-G, --get', 'send -d in the query')
    .option('-u, --user <USER:PASSWORD>', 'Basic authorization')

    .optionsGroup('How this API pages:')
    .option('--profile <NAME>', `a known API: ${profileNames.join(', ')}`)
    .addOption(new Option('--paging <KIND>', 'kind of paging (default: page)').choices(['page']))
    .option('--in <PLACE>', 'query (default for GET), body or body:PATH')
    .option('--items <PATH>', 'where the items are: data.items, or . for the body')
    .option('--size <N>', "items to ask for per page (default: the API's own)", wholeFrom(1))
    .option('--start <N>', 'number of the first page: 0 or 1 (default)', parseStart)
    .option('--page-param <NAME>', 'wire name of the page number (default: page)')
    .option('--size-param <NAME>', 'wire name of the size (default: per_page)')
    .option('--total <PATH>', 'how many items there are; PATH or header:NAME')
    .option('--total-pages <PATH>', 'how many pages there are; PATH or header:NAME')
    .option('--has-more <PATH>', 'whether there is another; PATH or header:NAME')

    .optionsGroup('How to behave:')
    .option('--rate <RATE>', 'at most so many requests: 10/s, 600/m, 5/100ms', parseRate)
    .option('--retries <N>', 'extra attempts per page (default: 5)', wholeFrom(0))
    .option('--timeout <TIME>', 'for each attempt: 500ms, 30s (default), 2m', parseDuration)
    .option('--max-pages <N>', 'stop after so many pages', wholeFrom(1))
    .option('--max-items <N>', 'stop after so many items', wholeFrom(1))
    .option('--resume-from <TOKEN>', 'go on where an earlier run ended; @FILE')
    .option('-o, --output <FILE>', 'write items to FILE; with --resume-from, append')
    .option('--progress', 'show progress (default: if stderr is a terminal)')
    .option('--no-progress', 'show none')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText(
      'after',
      `
Exit codes: 0 done, 1 failed, 2 wrong usage (nothing sent), 130 interrupted.
Example: pagewise -H "Authorization: Bearer $TOKEN" --items data --size 100 \\
  --rate 10/s https://api.example.com/items > items.ndjson`,
    );
}
