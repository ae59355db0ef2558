import { kinds, type PagingKind, type PagingOptions } from '../../detect/paging.js';
import { type Arguments, UsageError } from './arguments.js';

export const pagingKinds = ['auto', ...(Object.keys(kinds) as PagingKind[])];

type Flag = 'endStatuses' | 'missingItems' | 'onRepeat' | 'items' | 'size' | 'sizeParam' | 'start' | 'pageParam' | 'offsetParam' | 'next' | 'key' | 'cursorParam' | 'dropParams' | 'rel' | 'total' | 'totalPages' | 'hasMore'; // prettier-ignore

export const flagOf: Readonly<Record<Flag, string>> = {
  items: '--items', size: '--size', sizeParam: '--size-param', start: '--start', pageParam: '--page-param',
  offsetParam: '--offset-param', next: '--next', key: '--key', cursorParam: '--cursor-param',
  dropParams: '--drop-params', rel: '--rel', total: '--total', totalPages: '--total-pages', hasMore: '--has-more',
  endStatuses: '--end-statuses', missingItems: '--missing-items', onRepeat: '--on-repeat',
}; // prettier-ignore

const always = ['items', 'total', 'missingItems'] as const;
const sized = [...always, 'size', 'sizeParam', 'endStatuses', 'onRepeat'] as const;
const taken: Readonly<Record<PagingKind, readonly Flag[]>> = {
  page: [...sized, 'start', 'pageParam', 'totalPages', 'hasMore'],
  offset: [...sized, 'start', 'offsetParam', 'hasMore'],
  cursor: [...sized, 'next', 'cursorParam', 'dropParams', 'hasMore'],
  keyset: [...sized, 'key', 'cursorParam', 'dropParams', 'hasMore'],
  link: [...sized, 'rel'],
  'next-url': [...sized, 'next', 'hasMore'],
  relay: [...sized, 'next', 'cursorParam'],
  none: always,
};

export const takes = (kind: PagingKind, flag: Flag): boolean => taken[kind].includes(flag);

const given = (args: Arguments): readonly Flag[] =>
  (Object.keys(flagOf) as Flag[]).filter((name) => args[name] !== undefined);

/** The kind that the flags speak of: `--paging`, or flags that only one kind takes. @throws UsageError */
export function kindOf(args: Arguments): PagingKind | 'auto' {
  if (args.paging !== undefined && args.paging !== 'auto') return args.paging;
  const names = given(args);
  const has = (name: Flag) => names.includes(name);
  const kind =
    has('offsetParam') ? 'offset'
    : has('pageParam') || has('totalPages') || has('start') ? 'page'
    : has('key') ? 'keyset'
    : has('rel') ? 'link'
    : has('next') && has('cursorParam') ? 'cursor'
    : 'auto'; // prettier-ignore
  if (kind !== 'auto') {
    if (args.paging === 'auto')
      throw new UsageError(
        `--paging auto finds out by itself what ${flagsIn(names, taken[kind])} would say; leave one of them out`,
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

const flagsIn = (names: readonly Flag[], of: readonly Flag[]) =>
  names
    .filter((name) => of.includes(name) && !(sized as readonly Flag[]).includes(name))
    .map((name) => flagOf[name])
    .join(' and ');

/** The flags as options of a kind. @throws UsageError for a flag that it does not take, or one that it needs */
export function optionsOf(kind: PagingKind, args: Arguments, complete: boolean): PagingOptions {
  const options: Record<string, unknown> = {};
  for (const name of given(args)) {
    if (!taken[kind].includes(name)) {
      const others = (Object.keys(taken) as PagingKind[]).filter((each) => taken[each].includes(name));
      throw new UsageError(`${flagOf[name]} is for --paging ${others.join(', ')}, not ${kind}`);
    }
    options[name] = args[name];
  }
  checkReads(args);
  if (!complete) return options;
  if ((kind === 'cursor' || kind === 'next-url') && args.next === undefined)
    throw new UsageError(
      `--paging ${kind} needs --next: the path of the ${kind === 'cursor' ? 'token' : 'URL'}, or header:NAME`,
    );
  if (kind === 'keyset' && args.key === undefined)
    throw new UsageError('--paging keyset needs --key: what of the last item the next page starts after, such as id');
  if (kind === 'keyset' && args.cursorParam === undefined)
    throw new UsageError('--paging keyset needs --cursor-param: the wire name of the key, such as starting_after');
  if (args.sizeParam !== undefined && args.size === undefined)
    throw new UsageError(
      `--size-param ${args.sizeParam} names where the size is written, and there is none; add --size`,
    );
  if (kind !== 'relay') return options;
  if (args.items === undefined || args.next === undefined)
    throw new UsageError('--paging relay needs --items and --next: the paths of the nodes and of pageInfo');
  const { next, ...rest } = options;
  return { ...rest, pageInfo: next as string };
}

/** @throws UsageError for a header: that names none */
export function checkReads(args: Arguments): void {
  for (const name of ['total', 'totalPages', 'hasMore', 'next'] as const) checkHeader(flagOf[name], args[name]);
}

function checkHeader(flag: string, text: string | undefined): void {
  if (!text?.startsWith('header:') || /^[\w!#$%&'*+.^`|~-]+$/.test(text.slice('header:'.length))) return;
  throw new UsageError(`${flag} ${text} names no header; give one like header:X-Total-Count`);
}
