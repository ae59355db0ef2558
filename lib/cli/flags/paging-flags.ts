import {
  isCommon,
  kindNames,
  kinds,
  type OptionName,
  optionNames,
  type PagingKind,
  pagingOptions,
  type PagingOptions,
  takes,
} from '../../detect/kinds.js';
import { flagOf as flagFor } from '../../detect/write-paging.js';
import { type Arguments, UsageError } from './arguments.js';

export const pagingKinds = ['auto', ...kindNames];

/** Flags by the names of the options that they set. */
export const flagOf = Object.fromEntries(optionNames.map((name) => [name, flagFor(name)])) as Readonly<
  Record<OptionName, string>
>;

/** The same, and by the names that options have in code if these differ. */
export const flagsByCode: Readonly<Record<string, string>> = {
  ...flagOf,
  ...Object.fromEntries(
    kindNames.flatMap((kind) =>
      Object.entries(kinds[kind].names ?? {}).map(([name, inCode]) => [inCode, flagOf[name as OptionName]]),
    ),
  ),
};

const given = (args: Arguments): readonly OptionName[] => optionNames.filter((name) => args[name] !== undefined);

const takersOf = (name: OptionName): readonly PagingKind[] => kindNames.filter((kind) => takes(kind, name));

/** The kind that the flags speak of: `--paging`, or flags that only one kind takes. @throws UsageError */
export function kindOf(args: Arguments): PagingKind | 'auto' {
  if (args.paging !== undefined && args.paging !== 'auto') return args.paging;
  const names = given(args);
  const has = (name: OptionName) => names.includes(name);
  const kind =
    names.map(takersOf).find((takers) => takers.length === 1)?.[0] ??
    kindNames.find((each) => kinds[each].meantBy?.every(has)) ??
    'auto';
  if (kind !== 'auto') {
    if (args.paging === 'auto')
      throw new UsageError(
        `--paging auto finds out by itself what ${flagsIn(names.filter((name) => takes(kind, name)))} would say; leave one of them out`,
      );
    return kind;
  }
  if (args.in === 'path') throw new UsageError('--in path: say what is written there, with --paging page and the like');
  if (has('next'))
    throw new UsageError(
      `--next ${String(args.next)}: say whether a token or a URL is there, with --paging cursor (and --cursor-param) or --paging next-url`,
    );
  if (has('cursorParam') || has('dropParams'))
    throw new UsageError(
      `${has('cursorParam') ? flagOf.cursorParam : flagOf.dropParams}: say where the token is, with --next or --key`,
    );
  return 'auto';
}

const flagsIn = (names: readonly OptionName[]) =>
  names
    .filter((name) => !isCommon(name))
    .map((name) => flagOf[name])
    .join(' and ');

/** The flags as options of a kind. @throws UsageError for a flag that it does not take, or one that it needs */
export function optionsOf(kind: PagingKind, args: Arguments, complete: boolean): PagingOptions {
  const options: Record<string, unknown> = {};
  for (const name of given(args)) {
    if (!takes(kind, name))
      throw new UsageError(`${flagOf[name]} is for --paging ${takersOf(name).join(', ')}, not ${kind}`);
    options[name] = args[name];
  }
  checkReads(args);
  if (!complete) return options;
  for (const [needed, what] of kinds[kind].needs ?? [])
    if (needed.some((name) => args[name] === undefined))
      throw new UsageError(`--paging ${kind} needs ${needed.map((name) => flagOf[name]).join(' and ')}: ${what}`);
  if (args.sizeParam !== undefined && args.size === undefined)
    throw new UsageError(
      `--size-param ${args.sizeParam} names where the size is written, and there is none; add --size`,
    );
  return options;
}

/** @throws UsageError for a header: that names none */
export function checkReads(args: Arguments): void {
  for (const name of optionNames)
    if (pagingOptions[name].means === 'read') checkHeader(flagOf[name], args[name] as string | undefined);
}

function checkHeader(flag: string, text: string | undefined): void {
  if (!text?.startsWith('header:') || /^[\w!#$%&'*+.^`|~-]+$/.test(text.slice('header:'.length))) return;
  throw new UsageError(`${flag} ${text} names no header; give one like header:X-Total-Count`);
}
