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

/** The flag that sets each option. */
export const flagOf = Object.fromEntries(optionNames.map((name) => [name, flagFor(name)])) as Readonly<
  Record<OptionName, string>
>;

/** `flagOf`, plus the names that options have in code, if they differ. */
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

/** The kind that the flags mean: by `--paging`, or by flags that only one kind takes. @throws UsageError */
export function kindOf(args: Arguments): PagingKind | 'auto' {
  if (args.paging !== undefined && args.paging !== 'auto') return args.paging;
  const names = given(args);
  const has = (name: OptionName) => names.includes(name);
  const kind =
    names.map(takersOf).find((takers) => takers.length === 1)?.[0] ??
    kindNames.find((each) => kinds[each].meantBy?.every(has)) ??
    (typeof args.next === 'object' ? 'cursor' : 'auto');
  if (kind !== 'auto') {
    if (args.paging === 'auto')
      throw new UsageError(
        `--paging auto detects what ${flagsIn(names.filter((name) => takes(kind, name)))} would set; remove one of these flags`,
      );
    return kind;
  }
  if (args.in === 'path') throw new UsageError('--in path needs the kind of paging; add one, such as --paging page');
  if (typeof args.next === 'string')
    throw new UsageError(
      `--next ${args.next}: the path may lead to a token or a URL; add --paging cursor (and --cursor-param) for a token, or --paging next-url for a URL`,
    );
  if (has('cursorParam') || has('dropParams'))
    throw new UsageError(
      `${has('cursorParam') ? flagOf.cursorParam : flagOf.dropParams} needs the path of the token; add --next or --key`,
    );
  return 'auto';
}

const flagsIn = (names: readonly OptionName[]) =>
  names
    .filter((name) => !isCommon(name))
    .map((name) => flagOf[name])
    .join(' and ');

/** The flags as options of a kind. @throws UsageError for a flag that the kind does not take, or a missing one */
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
      `--size-param ${args.sizeParam} names the parameter of the page size, but there is no page size; add --size`,
    );
  return options;
}

/** @throws UsageError for `header:` without a valid name */
export function checkReads(args: Arguments): void {
  for (const name of optionNames)
    if (['read', 'source', 'flag'].includes(pagingOptions[name].means as string))
      for (const text of textsIn(args[name])) checkHeader(flagOf[name], text);
}

const textsIn = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : Object.values((value ?? {}) as Readonly<Record<string, string>>);

function checkHeader(flag: string, text: string): void {
  if (!/^!?header:/.test(text) || /^!?header:[\w!#$%&'*+.^`|~-]+$/.test(text)) return;
  throw new UsageError(`${flag} ${text} names no header; give one like header:X-Total-Count`);
}
