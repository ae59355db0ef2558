import { contentRange } from '../strategies/content-range.js';
import { cursor } from '../strategies/cursor.js';
import { keyset } from '../strategies/keyset.js';
import { linkHeader } from '../strategies/link-header.js';
import { nextUrl } from '../strategies/next-url.js';
import { offset } from '../strategies/offset.js';
import { pageNumber } from '../strategies/page-number.js';
import { relay } from '../strategies/relay.js';
import { singlePage } from '../strategies/single-page.js';
import type { Strategy } from '../strategy.js';

// These two tables describe the strategies to the command and to detection. Flags, their parsing and checks, help,
// completion, the TypeScript that detection prints and the strategies that it tries all follow from them.

/** How the text of an option is read. A list holds the allowed words. */
type Meaning = keyof Values | readonly string[];

interface Values {
  readonly text: string;
  /** A path into the body, or `header:NAME`. */
  readonly read: string;
  /** A read, or an object of reads by the parameters that they become. */
  readonly source: string | Readonly<Record<string, string>>;
  /** A read; after an `!`, the opposite of what is found. */
  readonly flag: string;
  /** A path, several, or an object of paths by the names of lists. */
  readonly items: string | readonly string[] | Readonly<Record<string, string>>;
  readonly switch: true;
  /** Texts by name. */
  readonly pairs: Readonly<Record<string, string>>;
  readonly object: object;
  /** The name of a parameter; `*` is a token whose fields are the parameters. */
  readonly parameter: string;
  readonly size: number;
  readonly start: 0 | 1;
  readonly names: readonly string[];
  /** Tokens, as text; a token that looks like a number matches that number too. */
  readonly tokens: readonly string[];
  /** Names; a single name is passed on as a string, not as a list. */
  readonly fields: readonly string[];
  readonly statuses: readonly number[];
}

interface OptionRow {
  /** The flag, as `pagewise help flags` prints it. */
  readonly flag: `--${string}`;
  readonly means: Meaning;
  /** For `pagewise help flags`. */
  readonly about: string;
}

/** The options of strategies that can be written as words, in the order in which flags are printed. */
export const pagingOptions = {
  items: {
    flag: '--items <PATH>',
    means: 'items',
    about: 'where the items are: data.items, or . for the body; for several lists, ["a", "b"] or {"NAME": "a"}',
  },
  singleItem: {
    flag: '--single-item <WHAT>',
    means: ['error', 'allow'],
    about: 'one item in the place of a list: error (default) or allow',
  },
  connection: { flag: '--connection <PATH>', means: 'text', about: 'GraphQL connection: data.repository.issues' },
  next: {
    flag: '--next <PATH>',
    means: 'source',
    about: 'token or URL of the next page; PATH or header:NAME; for several tokens, {"PARAMETER": "PATH"}',
  },
  key: { flag: '--key <FIELDS>', means: 'fields', about: 'fields of the last item, sent to get the next page' },
  rel: { flag: '--rel <REL>', means: 'text', about: 'link relation to follow (default: next)' },
  onSameToken: {
    flag: '--on-same-token <WHAT>',
    means: ['error', 'stop', 'continue'],
    about: 'if the token just sent comes back: error (default), stop or continue',
  },
  repeatable: {
    flag: '--repeatable',
    means: 'switch',
    about: 'with --on-same-token continue: failed requests may be sent again',
  },
  maxTokenLength: { flag: '--max-token-length <N>', means: 'size', about: 'longest token (default: 16384)' },
  direction: {
    flag: '--direction <WHAT>',
    means: ['forwards', 'backwards'],
    about: 'of a GraphQL connection: forwards (default) or backwards',
  },
  partial: {
    flag: '--partial <WHAT>',
    means: ['fail', 'accept'],
    about: 'a GraphQL answer with data and errors: fail (default) or accept',
  },
  firstCursor: {
    flag: '--first-cursor <TOKEN>',
    means: 'text',
    about: 'token that requests the first page, such as *',
  },
  endTokens: { flag: '--end-tokens <TOKENS>', means: 'tokens', about: 'tokens that mean the end, such as nil,-1' },
  cursorParam: {
    flag: '--cursor-param <NAME>',
    means: 'parameter',
    about: "parameter for the token or key; '*' sends its fields",
  },
  pageParam: { flag: '--page-param <NAME>', means: 'text', about: 'parameter for the page number (default: page)' },
  offsetParam: { flag: '--offset-param <NAME>', means: 'text', about: 'parameter for the offset (default: offset)' },
  start: {
    flag: '--start <N>',
    means: 'start',
    about: 'number of the first page (default: 1), or first offset (default: 0): 0 or 1',
  },
  size: { flag: '--size <N>', means: 'size', about: "items to ask for per page (default: the API's own)" },
  maxSize: { flag: '--max-size <N>', means: 'size', about: "the API's largest size; a larger --size is refused" },
  sizeParam: {
    flag: '--size-param <NAME>',
    means: 'text',
    about: 'parameter for the size (default: per_page, limit or first)',
  },
  advanceBy: {
    flag: '--advance-by <WHAT>',
    means: ['received', 'size'],
    about: 'what the offset advances by: received (default) or size',
  },
  unit: { flag: '--unit <NAME>', means: 'text', about: 'unit that ranges count (default: items)' },
  unitParam: {
    flag: '--unit-param <NAME>',
    means: 'text',
    about: 'header for the unit, if not in Range, such as Range-Unit',
  },
  dropParams: { flag: '--drop-params <NAMES>', means: 'names', about: 'parameters to omit once a token is sent' },
  omitFirst: { flag: '--omit-first', means: 'switch', about: 'send no page number or offset with the first request' },
  plus: {
    flag: '--plus <N>',
    means: 'size',
    about: 'what to add to the key: 1 if the API sends the item with the key too',
  },
  inclusive: {
    flag: '--inclusive',
    means: 'switch',
    about: 'each page begins with the item that has the key; omit it',
  },
  nextRequest: {
    flag: '--next-request <JSON>',
    means: 'object',
    about: 'what differs in requests after the first: {"url": …, "method": …, "body": …}',
  },
  nextMethod: {
    flag: '--next-method <METHOD>',
    means: ['GET', 'POST'],
    about: 'method of requests for next links (default: that of the first)',
  },
  nextOrigin: {
    flag: '--next-origin <WHAT>',
    means: ['link', 'template'],
    about: "server of next links: the link's (default), or the template's, for links that name an inner host",
  },
  keepParams: {
    flag: '--keep-params <NAMES>',
    means: 'names',
    about: 'parameters of the URL to add to next links that lack them',
  },
  endParams: {
    flag: '--end-params <PAIRS>',
    means: 'pairs',
    about: 'parameters of a link that mean the end, such as results=false',
  },
  hasMore: {
    flag: '--has-more <PATH>',
    means: 'flag',
    about: "whether there is another page; PATH or header:NAME, '!PATH' if it says that this is the last one",
  },
  hasMoreIfAbsent: {
    flag: '--has-more-if-absent <WHAT>',
    means: ['true', 'false'],
    about: 'what an answer without that flag means: true or false (default: an error)',
  },
  stopOnEmptyPage: { flag: '--stop-on-empty-page', means: 'switch', about: 'an empty page is the last one' },
  stopOnShortPage: {
    flag: '--stop-on-short-page',
    means: 'switch',
    about: 'a page with fewer items than --size is the last one',
  },
  total: { flag: '--total <PATH>', means: 'read', about: 'number of items on all pages; PATH or header:NAME' },
  totalIs: {
    flag: '--total-is <WHAT>',
    means: ['exact', 'estimate'],
    about: 'what the total is: exact (default) or estimate',
  },
  totalPages: { flag: '--total-pages <PATH>', means: 'read', about: 'number of pages; PATH or header:NAME' },
  endStatuses: {
    flag: '--end-statuses <STATUSES>',
    means: 'statuses',
    about: 'statuses that mean past the end, such as 404,400',
  },
  missingNext: {
    flag: '--missing-next <WHAT>',
    means: ['error', 'end'],
    about: 'a first page without next but with signs of more pages: error (default) or end',
  },
  missingItems: {
    flag: '--missing-items <WHAT>',
    means: ['error', 'empty'],
    about: 'answers without items: error (default) or empty',
  },
  onRepeat: {
    flag: '--on-repeat <WHAT>',
    means: ['error', 'stop', 'allow'],
    about: 'repeated pages: error (default), stop or allow',
  },
  onExpired: {
    flag: '--on-expired <WHAT>',
    means: ['error', 'restart'],
    about: 'an expired position: error (default), or restart once',
  },
  maxEmptyPages: {
    flag: '--max-empty-pages <N>',
    means: 'size',
    about: 'empty pages in a row to accept (default: 1000)',
  },
} as const satisfies Readonly<Record<string, OptionRow>>;

export type OptionName = keyof typeof pagingOptions;
export const optionNames = /* @__PURE__ */ Object.keys(pagingOptions) as readonly OptionName[];

type ValueOf<M> = M extends keyof Values ? Values[M] : M extends readonly (infer Word)[] ? Word : never;

/** Options of a strategy in words, as flags and detection give them. */
export type PagingOptions = {
  readonly [Name in OptionName]?: ValueOf<(typeof pagingOptions)[Name]['means']> | undefined;
};

interface KindRow {
  /** The strategy, and its name in code (bundlers rename functions). */
  readonly make: (options: never) => Pick<Strategy, 'name'>;
  readonly typescript: string;
  /** What leads to the next page, for `pagewise help paging`. */
  readonly about: string;
  readonly takes: readonly OptionName[];
  /** Required options, and what each of them names. */
  readonly needs?: readonly (readonly [options: readonly OptionName[], what: string])[];
  /**
   * Options that other kinds take too: if all of them are given without --paging, they mean this kind. An option that
   * only one kind takes needs no entry here.
   */
  readonly meantBy?: readonly OptionName[];
  /** Where parameters are written unless the caller says otherwise. @default 'query' */
  readonly place?: string;
  /** When parameters are written at all: a kind that follows URLs writes its size only. @default 'always' */
  readonly writes?: 'always' | 'size' | 'never';
  /** Options that have another name in code. */
  readonly names?: Readonly<Partial<Record<OptionName, string>>>;
}

// Marked pure, so that applications without detection ship none of this: bundlers keep spread expressions.
const list = ['items', 'singleItem', 'total', 'totalIs', 'missingItems'] as const;
const ranged = /* @__PURE__ */ (() =>
  [...list, 'size', 'maxSize', 'endStatuses', 'onRepeat', 'onExpired', 'maxEmptyPages'] as const)();
const sized = /* @__PURE__ */ (() => [...ranged, 'sizeParam'] as const)();
const flagged = ['hasMore', 'hasMoreIfAbsent'] as const;
const linked = [
  'nextMethod', 'nextOrigin', 'keepParams', 'endParams', 'stopOnEmptyPage', 'missingNext',
] as const; // prettier-ignore

const rows = /* @__PURE__ */ (() =>
  ({
    page: {
      make: pageNumber,
      typescript: 'pageNumber',
      about: 'a number, counted up',
      takes: [...sized, 'pageParam', 'start', 'omitFirst', 'totalPages', ...flagged, 'stopOnShortPage'],
      meantBy: ['start'],
    },
    offset: {
      make: offset,
      typescript: 'offset',
      about: 'the number of items before',
      takes: [...sized, 'offsetParam', 'start', 'omitFirst', ...flagged, 'advanceBy', 'stopOnShortPage'],
    },
    cursor: {
      make: cursor,
      typescript: 'cursor',
      about: 'a token in the answer',
      takes: [
        ...sized,
        'next',
        'cursorParam',
        'onSameToken',
        'firstCursor',
        'endTokens',
        'repeatable',
        'maxTokenLength',
        'dropParams',
        'nextRequest',
        ...flagged,
        'stopOnEmptyPage',
        'missingNext',
      ],
      needs: [[['next'], 'the path of the token, or header:NAME']],
      meantBy: ['next', 'cursorParam'],
    },
    keyset: {
      make: keyset,
      typescript: 'keyset',
      about: 'a field of the last item',
      takes: [...sized, 'key', 'cursorParam', 'plus', 'inclusive', 'dropParams', 'nextRequest', ...flagged],
      needs: [
        [['key'], 'the fields of the last item that mark where the next page starts, such as id'],
        [['cursorParam'], 'the parameter for the key, such as starting_after'],
      ],
    },
    link: {
      make: linkHeader,
      typescript: 'linkHeader',
      about: 'the Link header',
      takes: [...sized, 'rel', ...linked],
      writes: 'size',
    },
    'next-url': {
      make: nextUrl,
      typescript: 'nextUrl',
      about: 'a URL in the answer',
      takes: [...sized, 'next', ...flagged, ...linked],
      needs: [[['next'], 'the path of the URL, or header:NAME']],
      writes: 'size',
    },
    'content-range': {
      make: contentRange,
      typescript: 'contentRange',
      about: 'a range of items in a header',
      takes: [...ranged, 'unit', 'unitParam'],
      needs: [[['size'], 'how many items to request in a range']],
      place: 'headers',
    },
    relay: {
      make: relay,
      typescript: 'relay',
      about: 'GraphQL pageInfo',
      takes: [...sized, 'connection', 'next', 'cursorParam', 'direction', 'partial'],
      needs: [],
      place: 'variables',
      names: { next: 'pageInfo' },
    },
    none: {
      make: singlePage,
      typescript: 'singlePage',
      about: 'nothing: there is one page',
      takes: list,
      writes: 'never',
    },
  }) as const satisfies Readonly<Record<string, KindRow>>)();

/** Tokens as an answer may have them: an API may send -1 or "-1". */
export const tokens = (texts: readonly string[]): readonly (string | number)[] =>
  texts.flatMap((text) => (String(Number(text)) === text ? [text, Number(text)] : [text]));

/** A kind of paging by its word in the command. */
export type PagingKind = keyof typeof rows;

/** One row for each strategy. */
export const kinds: Readonly<Record<PagingKind, KindRow>> = rows;
export const kindNames = /* @__PURE__ */ Object.keys(rows) as readonly PagingKind[];

export const takes = (kind: PagingKind, option: OptionName): boolean => kinds[kind].takes.includes(option);

/** Options that nearly every kind with pages takes: such a flag does not reveal the kind. */
export const isCommon = (option: OptionName): boolean =>
  option === 'missingNext' || (sized as readonly OptionName[]).includes(option);
