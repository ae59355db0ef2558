import type { PagingOptions } from '../../lib/detect/kinds.js';
import { type Conversion, declaredBy } from './declared.js';

/** `x-speakeasy-pagination` of an operation. */
export interface SpeakeasyPagination {
  readonly type: 'offsetLimit' | 'cursor' | 'url';
  readonly inputs: readonly {
    readonly name: string;
    readonly in: 'parameters' | 'requestBody';
    readonly type: 'page' | 'offset' | 'limit' | 'cursor';
  }[];
  /** JSONPaths. */
  readonly outputs: {
    readonly results?: string;
    readonly numPages?: string;
    readonly nextCursor?: string;
    readonly nextUrl?: string;
  };
  /** Where the operation's answers have their list, if `results` does not say it. */
  readonly list?: string;
  readonly no_list?: true;
}

export const speakeasyPaginations = () => declaredBy<SpeakeasyPagination>('speakeasy');

/** The extension as a paging of Pagewise. */
export function fromSpeakeasy({ type, inputs, outputs, list, no_list }: SpeakeasyPagination, size?: number): Conversion {
  if (no_list === true) return { exception: 'the answer has no list that is clearly the result' };
  const items = outputs.results === undefined ? list : pathOf(outputs.results);
  const input = (is: string) => inputs.find((each) => each.type === is);
  const position = input('cursor') ?? input('page') ?? input('offset');
  const limit = input('limit');
  // A size that is declared elsewhere than the position stands in the request itself.
  const sizeParam = limit?.in === (position?.in ?? 'parameters') ? limit?.name : undefined;
  const shared: PagingOptions = {
    items,
    missingItems: 'empty',
    ...(sizeParam !== undefined && size !== undefined && { size, sizeParam }),
  };
  const place = position?.in === 'requestBody' ? 'body' : 'query';
  const next = pathOf(outputs.nextCursor ?? outputs.nextUrl ?? '$');
  const totalPages = outputs.numPages === undefined ? undefined : pathOf(outputs.numPages);
  if (type === 'url') return { paging: { kind: 'next-url', options: { ...shared, next } } };
  if (type === 'cursor') return { paging: { kind: 'cursor', options: { ...shared, next, cursorParam: position?.name }, place } };
  return position?.type === 'page'
    ? { paging: { kind: 'page', options: { ...shared, pageParam: position.name, totalPages }, place } }
    : { paging: { kind: 'offset', options: { ...shared, offsetParam: position?.name }, place } };
} // prettier-ignore

/** `$.data.items[-1].id` as a path of Pagewise: `data.items[-1].id`. */
const pathOf = (jsonPath: string): string => jsonPath.replace(/^\$\.?/, '').replaceAll('[(@.length-1)]', '[-1]') || '.';
