import { type Conversion, declaredBy } from './declared.js';

/** `x-ms-pageable` of an operation. */
export interface MsPageable {
  /** The member that has the next page's URL. Null: there is one page. */
  readonly nextLinkName: string | null;
  /** The member that has the items. @default 'value' */
  readonly itemName?: string;
  /** The operation that requests next pages, where it is another one, and what it is. */
  readonly operationName?: string;
  readonly path?: string;
  readonly next?: { readonly method: string; readonly path: string };
  /** The method of the operation. @default 'get' */
  readonly method?: string;
}

export const msPageables = () => declaredBy<MsPageable>('auto-rest');

/** The extension as a paging of Pagewise: a URL in the answer. */
export function fromAutoRest({ nextLinkName, itemName = 'value', next, method }: MsPageable): Conversion {
  const list = { items: itemName, missingItems: 'empty' } as const;
  if (nextLinkName === null) return { paging: { kind: 'none', options: list } };
  if (next?.path.includes('{nextLink}') === true)
    return { exception: 'another operation takes the link as a part of its path, as it is' };
  if (next !== undefined) return { exception: 'another operation is the next page, whatever the link says' };
  // Without another operation, links are requested by GET.
  const nextMethod = method === undefined ? {} : ({ nextMethod: 'GET' } as const);
  return { paging: { kind: 'next-url', options: { ...list, next: nextLinkName, ...nextMethod } } };
}
