import { ConfigError, ExtractError } from '../errors.js';
import { inHeaders } from '../placements/in-headers.js';
import { parseContentRange } from '../reading/ranges.js';
import { header, optionalReader, readAnnounced, readCount, reader } from '../reading/read.js';
import type { PageResponse } from '../request.js';
import type { Placement, Strategy } from '../strategy.js';
import { describe } from '../values/describe.js';
import { checkFunction, checkName, checkOptions, type Names } from '../values/options.js';
import { listMembers, listOptions, type ListOptions } from './parts/list-options.js';
import { checkHidden } from './parts/missing-next.js';
import { checkSize, cutTo, moved, resizeFreely, type SizeOptions } from './parts/size.js';

/** Where a page is: its first item, counted from 0, and how many items are requested. */
export type ContentRangePosition = { readonly from: number; readonly size: number };

export interface ContentRangeOptions<Item> extends ListOptions<Item>, Pick<SizeOptions, 'maxSize'> {
  /** Items to request per page. It can't be left out: a range names its last item. */
  readonly size: number;
  /** The unit of ranges, in `Range` and in `Content-Range`. @default 'items' */
  readonly unit?: string | undefined;
  /**
   * The header of the unit, for APIs that read it there: with `'Range-Unit'`, `Range-Unit: items` and `Range: 0-99` are
   * sent (PostgREST). @default none: `Range: items=0-99` is sent
   */
  readonly unitParam?: string | undefined;
  /** Where these headers are written. @default inHeaders() */
  readonly place?: Placement | undefined;
}

const known = [
  listOptions, 'size', 'maxSize', 'unit', 'unitParam', 'place',
] as const satisfies Names<ContentRangeOptions<unknown>>; // prettier-ignore

/**
 * Pages that are requested as ranges of items (RFC 9110, 14).
 *
 *     GET /people, Range: items=0-99   ▸   206, Content-Range: items 0-99/3573
 *                                          [ … ]
 *
 *     contentRange<Person>({ size: 100 })
 *
 * The next range starts after the last item of Content-Range, so if the API caps the size, that costs requests but no
 * items. The walk ends at an empty page, at the total (of Content-Range, or `total`), or at 416 past the end. A 200
 * without Content-Range is the whole list. A Content-Range that can't be read, that counts something else, or that does
 * not fit the items or the request is an error.
 * @throws ConfigError for options that can't work
 */
export function contentRange<Item = unknown>(options: ContentRangeOptions<Item>): Strategy<Item, ContentRangePosition> {
  const kind = 'contentRange';
  checkOptions(kind, options, known);
  const { size, unit = 'items', unitParam, place = inHeaders(), endStatuses = [], totalIs = 'exact' } = options;
  checkFunction(kind, 'place', options.place);
  if ((size as unknown) === undefined)
    throw new ConfigError('is missing; give the number of items to request per page', { of: kind, options: ['size'] });
  checkSize(kind, options);
  checkName(kind, 'unit', unit);
  if (unitParam !== undefined) checkName(kind, 'unitParam', unitParam);
  const range = reader(kind, 'Content-Range', header('Content-Range'));
  const total = optionalReader(kind, 'total', options.total);
  const textOf = (response: PageResponse) => range.read(undefined, response) as string | null;
  const rangeOf = (response: PageResponse) => parseContentRange(textOf(response) ?? '');
  const counts = (named: string | undefined): boolean => named === undefined || named === unit.toLowerCase();
  const wrong = (what: string) => new ExtractError('next', range.path, what);

  /** What Content-Range says. @throws ExtractError if it does not describe these items */
  function readRange(text: string, items: readonly unknown[], from: number) {
    const found = parseContentRange(text);
    if (found === undefined)
      throw wrong(
        `expected a range like ${unit} 0-99/3573, found ${describe(text)}; if its total is an estimate, request an exact one`,
      );
    if (found.unit === 'bytes' && !counts('bytes'))
      throw wrong(`expected a range of ${unit}, found ${describe(text)}: part of a file is not a page`);
    if (!counts(found.unit))
      throw wrong(
        `expected a range of ${unit}, found ${describe(text)}; if that is what the API counts, set \`unit: '${String(found.unit)}'\``,
      );
    const { first = from, last = from - 1 } = found.items ?? {};
    if (first !== from)
      throw wrong(
        `expected a range that starts with ${String(from)}, found ${describe(text)}: the API ignores Range; use another strategy`,
      );
    if (last - first + 1 !== items.length)
      throw wrong(
        `${describe(text)} is a range of ${String(last - first + 1)} items, and the answer has ${String(items.length)}; check the path of the items`,
      );
    return { ...found, last };
  }

  return {
    name: kind,
    identity: { unit, unitParam: unitParam ?? null },
    first: { from: 0, size },
    place(request, { from, size: asked }) {
      const digits = `${String(from)}-${String(from + asked - 1)}`;
      return place(
        request,
        unitParam === undefined ? { Range: `${unit}=${digits}` } : { [unitParam]: unit, Range: digits },
      );
    },
    next(answer) {
      const { position, items, body, response } = answer;
      if (response.status === 204) return undefined;
      const text = textOf(response);
      if (text === null) {
        if (response.status !== 206 && items.length === 0) return undefined;
        if (response.status === 206 || position.from > 0)
          throw wrong(
            `expected the range of these items, found none in an answer with status ${String(response.status)}${range.hidden?.(response) ?? ''}`,
          );
        checkHidden(range, answer, 'if the API ignores Range and this is the whole list, use `singlePage()`');
        return undefined; // The whole list.
      }
      const { last, total: announced } = readRange(text, items, position.from);
      if (items.length === 0) return undefined;
      const end = total ? readCount('total', total, body, response) : announced;
      return end !== undefined && totalIs === 'exact' && last + 1 >= end
        ? undefined
        : moved(position, 'from', last + 1);
    },
    afterEmpty(answer, before) {
      const { from, size: asked } = answer.position;
      const totals = [answer, before].map((each) => each && rangeOf(each.response)?.total);
      const announced = readAnnounced('total', total, answer, before) ?? totals.find((count) => count);
      return announced !== undefined && from < announced ? moved(answer.position, 'from', from + asked) : undefined;
    },
    check(response, { from }) {
      if (from > 0 && endStatuses.includes(response.status)) return 'end';
      if (response.status !== 416) return undefined;
      const found = rangeOf(response);
      const announced = found && counts(found.unit) && totalIs === 'exact' ? found.total : undefined;
      // An API that refuses a range before its own total is not at its end.
      return (announced === undefined ? from > 0 : from >= announced) ? 'end' : undefined;
    },
    guess(from, seen) {
      // If the server caps ranges, `seen` shows it: a step of the full size would skip items.
      const came = seen?.items.length ?? 0;
      return moved(from, 'from', from.from + (came === 0 ? from.size : came));
    },
    upTo: (from, to) => cutTo(from, to.from - from.from),
    resize: resizeFreely,
    ...listMembers(kind, {
      ...options,
      total: options.total ?? ((_body: unknown, response: PageResponse) => rangeOf(response)?.total),
    }),
  };
}
