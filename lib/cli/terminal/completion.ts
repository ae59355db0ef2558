import type { Option } from 'commander';
import { UsageError } from '../flags/arguments.js';
import { profileNames } from '../flags/profiles.js';
import { checkpointActions } from '../flags/parse-arguments.js';
import { program } from '../flags/program.js';
import { topics } from './help.js';

const shells = { bash, zsh, fish } as const;
const words = {
  run: 'jobs in a file',
  help: 'help on a topic',
  profiles: 'the known APIs',
  checkpoints: 'list, show or delete checkpoints',
  report: 'compare two run reports',
  completion: 'a script for a shell',
} as const;
const files = ['output', 'checkpoint', 'config'];

/** A script that completes the flags of this command. @throws UsageError for an unknown shell */
export function completion(shell: string | undefined): string {
  const names = Object.keys(shells).join(', ');
  if (shell === undefined || !Object.hasOwn(shells, shell))
    throw new UsageError(`completion${shell === undefined ? '' : ` ${shell}`}: give one of ${names}`);
  const command = program([]);
  const shown = command.options.filter(({ hidden }) => !hidden);
  return shells[shell as keyof typeof shells]([...shown, command.createOption('-h, --help', 'print the help')]);
}

/** What may follow a flag: one of these values, a file, or anything. */
function valuesOf(option: Option): readonly string[] | 'files' | undefined {
  const name = option.long?.slice(2) ?? '';
  if (name === 'profile') return profileNames;
  if (files.includes(name)) return 'files';
  return option.argChoices;
}

const spelled = ({ short, long }: Option) => [short, long].filter((name) => name !== undefined);

function bash(options: readonly Option[]): string {
  const takers = options.filter((option) => option.required);
  const cases = takers.map((option) => {
    const values = valuesOf(option);
    const reply = values === 'files' ? 'COMPREPLY=($(compgen -f -- "$word"))' : values ? `COMPREPLY=($(compgen -W '${values.join(' ')}' -- "$word"))` : 'COMPREPLY=()'; // prettier-ignore
    return `    ${spelled(option).join('|')}) ${reply}; return ;;`;
  });
  return `# pagewise completion bash: eval "$(pagewise completion bash)", for example in ~/.bashrc
_pagewise() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  case "$before" in
    help) COMPREPLY=($(compgen -W '${Object.keys(topics).join(' ')}' -- "$word")); return ;;
    completion) COMPREPLY=($(compgen -W '${Object.keys(shells).join(' ')}' -- "$word")); return ;;
    checkpoints) COMPREPLY=($(compgen -W '${checkpointActions.join(' ')}' -- "$word")); return ;;
    report) COMPREPLY=($(compgen -W 'compare' -- "$word")); return ;;
    compare|${checkpointActions.join('|')}) COMPREPLY=($(compgen -f -- "$word")); return ;;
${cases.join('\n')}
  esac
  if [[ "$word" == -* ]]; then
    COMPREPLY=($(compgen -W '${options.flatMap(spelled).join(' ')}' -- "$word"))
  elif (( COMP_CWORD == 1 )); then
    COMPREPLY=($(compgen -W '${Object.keys(words).join(' ')}' -- "$word"))
  fi
}
complete -F _pagewise pagewise
`;
}

/** Within single quotes of a shell. */
const quoted = (text: string) => text.replaceAll("'", `'\\''`);
const firstLine = ({ description }: Option) => description.replaceAll('\n', ' ');

function zsh(options: readonly Option[]): string {
  const specs = options.map((option) => {
    const text = quoted(firstLine(option).replaceAll(/[[\]:\\]/g, (letter) => `\\${letter}`));
    const values = valuesOf(option);
    const after = !option.required ? '' : `:value:${values === 'files' ? '_files' : values ? `(${values.join(' ')})` : ''}`; // prettier-ignore
    const names = spelled(option);
    const list = names.length > 1 ? `'{${names.join(',')}}'` : (names[0] ?? '');
    return `  '*${list}[${text}]${after}'`;
  });
  return `#compdef pagewise
# pagewise completion zsh > a folder of $fpath, as _pagewise
_pagewise() {
  _arguments \\
${specs.map((spec) => `${spec} \\`).join('\n')}
  '1:word:(${Object.keys(words).join(' ')})' \\
  '*::value:(${[...Object.keys(topics), ...Object.keys(shells), ...checkpointActions, 'compare'].join(' ')})'
}
if [ "$funcstack[1]" = "_pagewise" ]; then _pagewise "$@"; else compdef _pagewise pagewise; fi
`;
}

function fish(options: readonly Option[]): string {
  const lines = options.map((option) => {
    const values = valuesOf(option);
    return [
      'complete -c pagewise',
      ...(option.short ? [`-s ${option.short.slice(1)}`] : []),
      ...(option.long ? [`-l ${option.long.slice(2)}`] : []),
      ...(option.required ? [values === 'files' ? '-r -F' : '-x'] : []),
      ...(Array.isArray(values) ? [`-a '${values.join(' ')}'`] : []),
      ...(option.description === '' ? [] : [`-d '${firstLine(option).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`]), // prettier-ignore
    ].join(' ');
  });
  const later = (word: string, values: readonly string[]) =>
    `complete -c pagewise -f -n '__fish_seen_subcommand_from ${word}' -a '${values.join(' ')}'`;
  return `# pagewise completion fish > ~/.config/fish/completions/pagewise.fish
complete -c pagewise -f
${Object.entries(words)
  .map(([word, text]) => `complete -c pagewise -n __fish_use_subcommand -a ${word} -d '${text}'`)
  .join('\n')}
${later('help', Object.keys(topics))}
${later('completion', Object.keys(shells))}
${later('checkpoints', checkpointActions)}
${later('report', ['compare'])}
${lines.join('\n')}
`;
}
