import type { PageRequest } from 'pagewise';
import type { Seen } from '../support/server.js';

// What a server of each shape in docs/apis/README.md answers. It shares no code with lib/.

export interface Shape {
  /** The first request, whose URL is relative to the server. @default GET /items */
  readonly request?: PageRequest;
  /** An item by its number. @default { id: 'i7' } */
  readonly item?: (n: number) => unknown;
  /** What is delivered of an item. @default the item */
  readonly delivered?: (item: unknown, n: number) => unknown;
  answer(asked: Asked, items: readonly unknown[]): Reply;
}

export interface Reply {
  readonly body?: unknown;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request by its parts. */
export interface Asked {
  readonly seen: Seen;
  readonly origin: string;
  readonly query: Readonly<Record<string, string>>;
  readonly json: Readonly<Record<string, unknown>>;
  header(name: string): string | undefined;
}

export const askedOf = (seen: Seen, origin: string): Asked => ({
  seen,
  origin,
  query: Object.fromEntries(seen.url.searchParams),
  json: /^\s*\{/.test(seen.body) ? (JSON.parse(seen.body) as Record<string, unknown>) : {},
  header: (name) => seen.headers[name.toLowerCase()] as string | undefined,
});

/** The items of one page, and what comes after it. */
export interface Slice {
  readonly page: readonly unknown[];
  readonly from: number;
  /** The index of the first item after the page. */
  readonly to: number;
  readonly more: boolean;
}

/** A page of this size, of at most 100 items. A size that was not sent, or none of a number, is a mistake. */
export function sliceOf(items: readonly unknown[], from: unknown, size: unknown = 100): Slice {
  const [start, length] = [from, size].map(Number) as [number, number];
  if (!(start >= 0) || !(length >= 1 && length <= 100)) throw new Error(`from ${String(from)}, ${String(size)} items`);
  const page = items.slice(start, start + length);
  return { page, from: start, to: start + page.length, more: start + page.length < items.length };
}

/** The number in a token such as `at 7/=`; the first page without one. */
export function indexIn(token: unknown): number {
  if (token === undefined) return 0;
  const [, index] = /^at (\d+)\/=$/.exec(typeof token === 'string' ? token : '') ?? [];
  if (index === undefined) throw new Error(`${JSON.stringify(token)} is no token of this API`);
  return Number(index);
}

export const tokenFor = (index: number): string => `at ${index}/=`;

/** Members, or none of them if there is no further page. */
export const ifMore = <Members extends object>({ more }: Slice, members: Members): Members | object => (more ? members : {}); // prettier-ignore

/** The index after the item that has this key. */
export function indexAfter(items: readonly unknown[], key: unknown, keyOf: (item: unknown) => unknown): number {
  if (key === undefined) return 0;
  const index = items.findIndex((item) => JSON.stringify(keyOf(item)) === JSON.stringify(key));
  if (index === -1) throw new Error(`no item has the key ${JSON.stringify(key)}`);
  return index + 1;
}

export const member = (item: unknown, name: string): unknown => (item as Record<string, unknown> | undefined)?.[name];

/** XML elements of one name. */
export const elements = (name: string, items: readonly unknown[]): string =>
  items.map((item) => `<${name}>${Object.entries(item as object).map(([own, value]) => `<${own}>${String(value)}</${own}>`).join('')}</${name}>`).join(''); // prettier-ignore
