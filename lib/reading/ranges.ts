/** What a Content-Range header says: which items an answer has, counted from 0, and how many there are. */
export interface ContentRange {
  /** What is counted, in lower case; `undefined` if the header does not say it (PostgREST). */
  readonly unit: string | undefined;
  /** The first and the last item; `undefined` if there are none (`*`). */
  readonly items: { readonly first: number; readonly last: number } | undefined;
  /** How many items there are in all; `undefined` if that is not known (`*`). */
  readonly total: number | undefined;
}

const form = /^(?:([\w!#$%&'*+.^`|~-]+)[\t ]+)?(?:(\d{1,15})-(\d{1,15})|\*)\/(?:(\d{1,15})|\*)$/;

/**
 * Reads `items 0-99/3573`, the same without the unit, with `*` as the total, or with `*` as the range (RFC 9110, 14.4).
 * @returns `undefined` for other text, also for a range that ends before it starts or after the total
 */
export function parseContentRange(text: string): ContentRange | undefined {
  const found = form.exec(text.trim());
  if (found === null) return undefined;
  const [, unit, first, last, count] = found;
  const total = count === undefined ? undefined : Number(count);
  const items = first === undefined ? undefined : { first: Number(first), last: Number(last) };
  if (items !== undefined && (items.last < items.first || (total !== undefined && items.last >= total)))
    return undefined;
  return { unit: unit?.toLowerCase(), items, total };
}
