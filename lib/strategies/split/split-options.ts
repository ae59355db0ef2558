import { asCallbackError, ConfigError } from '../../errors.js';
import { inQuery } from '../../placements/in-query.js';
import { type Read, reader } from '../../reading/read.js';
import type { PageRequest, PageResponse } from '../../request.js';
import type { Params, Placement } from '../../strategy.js';
import { describe } from '../../values/describe.js';
import { checkFunction, checkName, checkOptions, checkWhole, type Names } from '../../values/options.js';
import { peek } from '../../values/peek.js';
import type { Parts } from './parts.js';
import { type PrefixOptions, prefixes } from './prefixes.js';
import { type Bounds, ranges } from './ranges.js';

export const of = 'splitRanges';

/**
 * The parameters that ask for a part: the names of the lower and the upper bound; a function from both bounds to
 * parameters; or `'q=created:{from}..{to}'`, a text that is added to the one that the request has in this parameter.
 */
export type RangeParams = readonly [string, string] | string | ((from: string | number, to: string | number) => Params);

export interface SplitRangesOptions {
  /**
   * The most items that the API gives for one query. A part fits if it announces fewer; a part that announces exactly
   * this number is split too, since many APIs cap their totals there.
   */
  readonly ceiling: number;
  /**
   * Where the range begins: a time or date in ISO 8601 (any precision, any zone, also `20240131`), or a whole number,
   * such as an id or a time in milliseconds. Bounds are sent in the same form.
   */
  readonly from?: string | number | bigint | undefined;
  /** Where the range ends. It is not a part of the range: `2025-01-01` for the year 2024. */
  readonly to?: string | number | bigint | undefined;
  /** How a part is asked for: `['created_after', 'created_before']`, `'q=created:{from}..{to}'`, or a function. */
  readonly params?: RangeParams | undefined;
  /** Where these parameters are written. @default inQuery() */
  readonly place?: Placement | undefined;
  /**
   * What the API makes of the two bounds: an upper bound that it includes is sent as `to` less one `unit`, a lower bound
   * that it leaves out as `from` less one `unit`. @default by names that end in gte, gt, lte and lt; otherwise '[)'
   */
  readonly bounds?: Bounds | undefined;
  /** The narrowest part: `'1s'`, `'1ms'`, `'1d'`, or a whole number. @default what `from` and `to` are precise to */
  readonly unit?: string | number | undefined;
  /**
   * The value of an item that lies in the range: a path, or a function. Each item is checked: one that is outside its
   * part shows that the API ignores the parameters. Needed where the API announces no exact total. @default none
   */
  readonly field?: string | ((item: never) => unknown) | undefined;
  /**
   * Answers that refuse a query with too many items: their statuses, or a function. For APIs that announce no total, the
   * pages of a part are then counted before they are asked for again and delivered. @default none
   */
  readonly refusedWith?: readonly number[] | ((response: PageResponse) => boolean) | undefined;
  /** Parts are prefixes of a text, instead of a range from `from` to `to`. Needs totals. */
  readonly prefixes?: PrefixOptions | undefined;
}

export const known = [
  'ceiling', 'from', 'to', 'params', 'place', 'bounds', 'unit', 'field', 'refusedWith', 'prefixes',
] as const satisfies Names<SplitRangesOptions>; // prettier-ignore

export function partsOf(options: SplitRangesOptions): Parts {
  const { from, to, params, bounds, unit } = options;
  if (options.prefixes !== undefined) {
    const beside = (['from', 'to', 'params', 'bounds', 'unit'] as const).filter((name) => options[name] !== undefined);
    if (beside.length > 0)
      throw new ConfigError(`can't be combined with prefixes, which need no range; remove ${beside.length > 1 ? 'them' : 'it'}`, { of, options: beside }); // prettier-ignore
    return prefixes(options.prefixes);
  }
  if (from === undefined || to === undefined || params === undefined)
    throw new ConfigError('are needed: the range, and the parameters that ask for a part of it', {
      of,
      options: ['from', 'to', 'params'],
    });
  return ranges({ from, to, unit, ...paramsOf(params, bounds) });
}

const template = /^([^={}]+)=(.*\{from\}.*\{to\}.*)$/s;

function paramsOf(params: RangeParams, given: Bounds | undefined) {
  const about = { of, options: ['params'], value: params };
  if (typeof params === 'function') {
    checkFunction(of, 'params', params);
    const checked = (from: string | number, to: string | number): Params => {
      const made: unknown = calling(() => params(from, to));
      if (typeof made !== 'object' || made === null || Object.keys(made).length === 0)
        throw new ConfigError(`must return parameters, such as { q: … }, not ${describe(made)}`, about);
      return made as Params;
    };
    return { params: checked, names: [], bounds: given ?? '[)' };
  }
  if (typeof params === 'string') {
    const [, name, text = ''] = template.exec(params) ?? [];
    if (name === undefined)
      throw new ConfigError(`must be like 'q=created:{from}..{to}', not ${describe(params)}`, about);
    const write = (from: string | number, to: string | number): Params => ({
      [name]: text.replaceAll('{from}', String(from)).replaceAll('{to}', String(to)),
    });
    return { params: write, names: [name], bounds: given ?? '[)' };
  }
  if (!Array.isArray(params) || params.length !== 2)
    throw new ConfigError(
      `must be two names, such as ['created_after', 'created_before'], a text such as 'q=created:{from}..{to}', or a function, not ${describe(params)}`,
      about,
    );
  const [low, high] = params;
  for (const name of [low, high]) checkName(of, 'params', name);
  if (low === high) throw new ConfigError(`are both ${describe(low)}; one would overwrite the other`, about);
  return {
    params: (from: string | number, to: string | number): Params => ({ [low]: from, [high]: to }),
    names: [low, high],
    bounds: given ?? boundsOf(low, high),
  };
}

/** What the names of parameters say: `created[gt]`, `created_lte`. */
const boundsOf = (low: string, high: string): Bounds =>
  `${/(^|[^a-z])gt\W*$/i.test(low) ? '(' : '['}${/(^|[^a-z])lte\W*$/i.test(high) ? ']' : ')'}`;

/** A text is added to the one that the request has; other parameters are written over it. */
export function placementOf({ place = inQuery(), params }: SplitRangesOptions): Placement {
  checkFunction(of, 'place', place);
  if (typeof params !== 'string') return place;
  return (request, made) =>
    place(
      request,
      Object.fromEntries(
        Object.entries(made).map(([name, text]) => [name, [textIn(request, name), text].filter(Boolean).join(' ')]),
      ),
    );
}

/** The text that a request has under this name, in its query or JSON body. */
function textIn({ url = '', body }: PageRequest, name: string): string {
  const inBody = typeof body === 'object' ? peek(body, name) : undefined;
  if (typeof inBody === 'string') return inBody;
  return new URLSearchParams(/^[^#?]*\?([^#]*)/.exec(url)?.[1] ?? '').get(name) ?? '';
}

export function fieldOf(field: unknown) {
  if (field === undefined) return undefined;
  checkOptions(of, { field }, ['field']);
  return reader(of, 'field', field as Read<unknown>);
}

export function refusalOf(given: SplitRangesOptions['refusedWith']): ((response: PageResponse) => boolean) | undefined {
  if (given === undefined) return undefined;
  if (typeof given === 'function') return (response) => calling(() => given(response));
  const about = { of, options: ['refusedWith'], value: given };
  if (!Array.isArray(given) || given.length === 0)
    throw new ConfigError(`must be statuses, such as [422], or a function, not ${describe(given)}`, about);
  for (const status of given as readonly number[]) {
    checkWhole(of, 'refusedWith', status, 400);
    if ([401, 403, 429].includes(status) || status >= 500)
      throw new ConfigError(
        `has ${status}, which says nothing about the number of rows; give a function that tells such an answer from others`,
        about,
      );
  }
  return ({ status }) => given.includes(status);
}

function calling<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw asCallbackError(of, error);
  }
}
