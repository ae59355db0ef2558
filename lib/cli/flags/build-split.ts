import { placementOf } from '../../detect/paging.js';
import type { SplitRangesOptions } from '../../strategies/split/split-options.js';
import { splitRanges } from '../../strategies/split/split-ranges.js';
import type { Strategy } from '../../strategy.js';
import { type Arguments, UsageError } from './arguments.js';
import type { RequestDraft } from './draft-request.js';

type SplitFlag = 'split' | 'splitFrom' | 'splitTo' | 'splitParams' | 'splitIn' | 'splitBounds' | 'splitUnit' | 'splitAlphabet' | 'ceiling' | 'refusedWith'; // prettier-ignore

const flags: Readonly<Record<SplitFlag, string>> = {
  split: '--split',
  splitFrom: '--split-from',
  splitTo: '--split-to',
  splitParams: '--split-params',
  ceiling: '--ceiling',
  splitIn: '--split-in',
  splitBounds: '--split-bounds',
  splitUnit: '--split-unit',
  splitAlphabet: '--split-alphabet',
  refusedWith: '--refused-with',
};

const ceilingNeeded = ['ceiling', 'how many items the API gives for one query'] as const;
const rangeNeeds: readonly (readonly [SplitFlag, string])[] = [
  ['splitFrom', 'where the range begins, such as 2024-01-01T00:00:00Z or 1'],
  ['splitTo', 'where it ends; it is not a part of the range'],
  ['splitParams', "the parameters of both bounds: created_after,created_before or 'q=created:{from}..{to}'"],
  ceilingNeeded,
];
const prefixNeeds: typeof rangeNeeds = [
  ['splitParams', 'the parameter that asks for texts with this beginning, such as name_prefix'],
  ceilingNeeded,
];
/** What only a range has. */
const ofRange = ['splitFrom', 'splitTo', 'splitBounds', 'splitUnit'] as const satisfies readonly SplitFlag[];

/** How a range is split, as a strategy around another one, in TypeScript and as flags. */
export interface Split {
  /** Whether the parameters of a part are written into a JSON body. */
  readonly intoBody: boolean;
  around(strategy: Strategy): Strategy;
  readonly typescript: (strategy: string) => string;
  readonly flags: string;
}

/** @returns `undefined` without `--split` @throws UsageError, ConfigError */
export function splitOf(args: Arguments, { body, method }: RequestDraft): Split | undefined {
  const names = Object.keys(flags) as SplitFlag[];
  const given = names.filter((name) => args[name] !== undefined);
  const { split: field } = args;
  if (field === undefined) {
    if (given[0] === undefined) return undefined;
    throw new UsageError(`${flags[given[0]]} needs --split: the field of each item that the range is of, such as --split created_at`); // prettier-ignore
  }
  const { splitFrom = '', splitTo = '', splitParams = '', splitBounds, splitUnit, splitAlphabet, ceiling = 1, refusedWith } = args; // prettier-ignore
  const beside = splitAlphabet === undefined ? undefined : ofRange.find((name) => args[name] !== undefined);
  if (beside !== undefined)
    throw new UsageError(
      `--split-alphabet ${splitAlphabet} and ${flags[beside]} can't be combined: parts are beginnings of texts, or ranges; remove one`,
    );
  for (const [name, what] of splitAlphabet === undefined ? rangeNeeds : prefixNeeds)
    if (args[name] === undefined) throw new UsageError(`--split ${field} needs ${flags[name]}: ${what}`);
  const named = splitParams.replaceAll('{field}', field);
  const place = placeFor(args, body?.object !== undefined, method);
  const options: SplitRangesOptions = {
    ...(splitAlphabet === undefined
      ? { from: boundOf(splitFrom), to: boundOf(splitTo), params: paramsOf(named) }
      : { prefixes: { param: prefixParam(named), alphabet: splitAlphabet } }),
    ceiling,
    field,
    ...(place === 'query' ? {} : { place: placementOf(place) }),
    ...(splitBounds === undefined ? {} : { bounds: splitBounds }),
    ...(splitUnit === undefined ? {} : { unit: splitUnit }),
    ...(refusedWith === undefined ? {} : { refusedWith }),
  };
  const code = Object.entries(options).map(
    ([name, value]) => `${name}: ${name === 'place' ? `in ${place}` : inCode(value)}`,
  );
  return {
    intoBody: /^(body|variables|template)/.test(place),
    around: (strategy) => splitRanges(strategy, options),
    typescript: (strategy) => `splitRanges(${strategy}, { ${code.join(', ')} })`,
    flags: given.map((name) => `${flags[name]} ${quoted(args[name])}`).join(' '),
  };
}

/** Two names, or `NAME=TEXT`. @throws UsageError */
function paramsOf(text: string): string | readonly [string, string] {
  if (/^[^={}]+=/.test(text) && text.includes('{from}')) return text;
  const [low = '', high = '', ...others] = text.split(',').map((name) => name.trim());
  if (low === '' || high === '' || others.length > 0)
    throw new UsageError(
      `--split-params ${text}: give the names of both bounds, as in created_after,created_before, or a text, as in 'q=created:{from}..{to}'`,
    );
  return [low, high];
}

/** @throws UsageError for what asks for a range */
function prefixParam(text: string): string {
  if (!/[,{}=]/.test(text)) return text;
  throw new UsageError(
    `--split-params ${text}: with --split-alphabet, give the name of one parameter, such as name_prefix`,
  );
}

/** Whole numbers are sent as numbers, which matters in JSON. Eight digits may be a date. */
const boundOf = (text: string): string | number =>
  /^-?\d{1,15}$/.test(text) && !/^\d{8}$/.test(text) ? Number(text) : text;

/** Where the parameters are written: as `--split-in` says, or as `--in`, if that can take them. @throws UsageError */
function placeFor({ splitIn, in: paging }: Arguments, hasObject: boolean, method: string): string {
  const place = splitIn ?? (paging !== undefined && /^(query|form|body(:.*)?)$/s.test(paging) ? paging : undefined);
  if (place === undefined && hasObject)
    throw new UsageError(
      '--split: a JSON body needs --split-in, since the parameters of the range may go into the body or the query; add --split-in body, --split-in body:PATH (such as body:query.range.created_at), or --split-in query',
    );
  if (place !== undefined && /^(body|form|variables|template)/.test(place) && (method === 'GET' || method === 'HEAD'))
    throw new UsageError(
      `--split-in ${place}: a ${method} request has no body; add -X POST, -d or --json, or give --split-in query`,
    );
  return place ?? 'query';
}

const inCode = (value: unknown): string =>
  typeof value === 'string'
    ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
    : Array.isArray(value)
      ? `[${value.map(inCode).join(', ')}]`
      : typeof value === 'object' && value !== null
        ? `{ ${Object.entries(value).map(([name, each]) => `${name}: ${inCode(each)}`).join(', ')} }` // prettier-ignore
        : String(value);

const quoted = (value: unknown): string => {
  const text = Array.isArray(value) ? value.join(',') : String(value);
  return /^[\w.,:+/=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
};
