import type { ServerResponse } from 'node:http';
import type { PageRequest } from 'pagewise';
import { serve, type Seen, type TestServer } from '../support/server.js';

// Servers that page as a declaration says. They share no code with lib/.

/** How an operation pages, by the names on the wire. A path in an answer is its steps; `-1` is the last element. */
export interface Operation {
  readonly by: 'token' | 'page' | 'offset' | 'key' | 'url' | 'nothing';
  readonly in?: 'query' | 'body' | 'form' | undefined;
  /** Each parameter of the position, with where answers have its next value (for tokens), or its key in items. */
  readonly position?: readonly { readonly param: string; readonly at?: readonly Way[] }[];
  readonly start?: 0 | 1;
  readonly token?: string | undefined;
  readonly limit?: string | undefined;
  readonly lists: readonly Way[];
  readonly more?: Way | undefined;
  readonly pages?: Way | undefined;
  readonly total?: Way | undefined;
  /** The header that has the token. */
  readonly header?: string | undefined;
  /** Answers are XML in a root of this name. */
  readonly root?: string | undefined;
  /** The last page leads to an empty one, which leads to itself: an empty page is the end. */
  readonly endless?: boolean;
  /** Requests for later pages have this method. */
  readonly later?: string | undefined;
}

export type Way = readonly (string | -1)[];

/** `a.b[-1].c` as steps. */
export const stepsOf = (path: string): Way =>
  path === '.' ? [] : path.replaceAll('[-1]', '.-1').replace(/^\./, '').split('.').map((step) => (step === '-1' ? -1 : step)); // prettier-ignore

const isOnlyInItem = ({ position = [] }: Operation): boolean =>
  position.some(({ at = [] }) => at.length > 0 && at.every((way) => way.includes(-1)));

/** Whether the position is the last item itself. */
const isItem = ({ position = [] }: Operation): boolean =>
  position.some(({ at = [] }) => at.some((way) => way.at(-1) === -1));

type Item = Record<string, unknown>;
type Body = Record<string, unknown> | unknown[];

export interface Imitation {
  readonly server: TestServer;
  /** The member `own` of all items, in the order of a walk. */
  readonly items: readonly string[];
  readonly pages: number;
  readonly request: PageRequest;
}

/** Whether the position is a member of the last item, which every page with items has. */
const isInItem = ({ position = [] }: Operation): boolean => position.some(({ at = [] }) => at.some((way) => way.includes(-1))); // prettier-ignore

/** Three pages. Where the answer gives the position and no other rule is known, the one in the middle is empty. */
export async function imitate(operation: Operation): Promise<Imitation> {
  const { by, in: place } = operation;
  const ids = (...names: readonly string[]) => names.map((name) => `id-${name}`);
  const emptied = [ids('a', 'b', 'c'), [], ids('d')];
  const full = [ids('a', 'b'), ids('c', 'd'), ids('e')];
  const mayBeEmpty = (by === 'token' || by === 'url') && operation.endless !== true && (!isInItem(operation) || operation.more !== undefined); // prettier-ignore
  const pages = by === 'nothing' ? [ids('a', 'b', 'c')] : mayBeEmpty && !isOnlyInItem(operation) ? emptied : full;
  const answerTo = answering(operation, pages);
  const server = await serve((seen, response) => {
    try {
      answerTo(seen, response, server.origin);
    } catch (error) {
      response.writeHead(400, { 'content-type': 'text/plain' });
      response.end(String(error));
    }
  });
  const posts = place === 'body' || place === 'form' || operation.later !== undefined;
  const body = place === 'form' ? 'kept=yes' : { kept: 'yes' };
  return {
    server,
    items: pages.flat(),
    pages: pages.length,
    request: { url: `${server.origin}/list`, ...(posts && { method: 'POST', body }) },
  };
}

function answering(operation: Operation, pages: readonly (readonly string[])[]) {
  const { by, lists, limit, root, later } = operation;
  return (seen: Seen, response: ServerResponse, origin: string): void => {
    const sent = parametersOf(operation, seen);
    const index = indexOf(operation, sent, seen, pages);
    if (by !== 'nothing' && limit !== undefined && !(by === 'url' && index > 0) && String(sent[limit]) !== '2')
      throw new Error(`${limit} is ${String(sent[limit])}`);
    if (later !== undefined && index > 0 && seen.method !== later) throw new Error(`the method is ${seen.method}`);
    const ids = pages[index] ?? [];
    const isLast = index >= pages.length - 1;
    let body: Body = {};
    // Several lists share the items of a page.
    for (const [n, way] of lists.entries()) {
      const shared = ids.filter((_, i) => i % lists.length === n);
      const own = isItem(operation) ? shared : shared.map((id): Item => ({ own: id }));
      if (way.length === 0) body = own;
      else if (!(root !== undefined && own.length === 0)) set(body, way, own);
    }
    const headers: Record<string, string> = {};
    const next = Math.min(index + 1, pages.length);
    const leadsOn = !isLast || operation.endless === true || (isInItem(operation) && ids.length > 0);
    if (leadsOn && by === 'url') set(body, operation.position?.[0]?.at?.[0] ?? [], `${origin}/list?at=${next}`);
    if (leadsOn && by === 'token' && !isItem(operation))
      for (const [n, { at = [] }] of (operation.position ?? []).entries()) {
        const token = tokenOf(operation, next, n);
        if (operation.header !== undefined) headers[operation.header] = String(token);
        // Where there are several ways, the last item's is for pages that have one.
        else set(body, at.find((way) => way.includes(-1) === (ids.length > 0 && at.some((each) => each.includes(-1)))) ?? [], token); // prettier-ignore
      }
    if (by === 'key') addKeys(operation, body, ids);
    if (operation.more !== undefined) set(body, operation.more, !isLast);
    if (operation.pages !== undefined) set(body, operation.pages, pages.length);
    if (operation.total !== undefined) set(body, operation.total, pages.flat().length);
    response.writeHead(200, { 'content-type': root === undefined ? 'application/json' : 'text/xml', ...headers });
    response.end(root === undefined ? JSON.stringify(body) : `<?xml version="1.0"?>${xmlOf(root, body)}`);
  };
}

function parametersOf({ in: place }: Operation, { url, body }: Seen): Readonly<Record<string, unknown>> {
  const sent =
    place === 'body'
      ? (JSON.parse(body) as Record<string, unknown>)
      : Object.fromEntries(place === 'form' ? new URLSearchParams(body) : url.searchParams);
  if (place !== undefined && place !== 'query' && sent['kept'] !== 'yes') throw new Error('the body of the template is lost'); // prettier-ignore
  return sent;
}

/** The page that a request asks for. */
function indexOf(
  operation: Operation,
  sent: Readonly<Record<string, unknown>>,
  { url }: Seen,
  pages: readonly (readonly string[])[],
): number {
  const { by, position = [], start = 1 } = operation;
  if (by === 'nothing') return 0;
  if (by === 'url') return Number(url.searchParams.get('at') ?? 0);
  const values = position.map(({ param }) => sent[param]);
  if (by === 'page') return Number(values[0]) - start;
  if (by === 'offset') return Number(values[0]) / 2;
  if (values.every((value) => value === undefined)) return 0;
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  const isKey = by === 'key' || isItem(operation);
  const keyed = (page: number) =>
    isKey ? [pages[page - 1]?.at(-1)] : position.map((_, n) => tokenOf(operation, page, n));
  const index = [1, 2, 3].find((page) => keyed(page).every((token, n) => text(token) === text(values[n])));
  if (index === undefined) throw new Error(`no page starts at ${JSON.stringify(values)}`);
  return index;
}

/** What an API of AWS gives out: text, a number, or an object such as the key of DynamoDB. */
function tokenOf({ token = 'string' }: Operation, page: number, n: number): unknown {
  if (token === 'integer') return page * 100 + n;
  return token === 'string' ? `page ${page}+${n}/==` : { pk: { S: `page ${page}` }, sk: { N: String(n) } };
}

function addKeys({ position = [], lists }: Operation, body: Body, ids: readonly string[]): void {
  const key = position[0]?.at?.[0] ?? [];
  const items = get(body, lists[0] ?? []) as Item[];
  for (const [n, item] of items.entries()) set(item, key, ids[n]);
}

const get = (body: unknown, way: Way): unknown =>
  way.reduce(
    (value, step) => (step === -1 ? (value as unknown[]).at(-1) : (value as Record<string, unknown>)[step]),
    body,
  );

/** Writes a value where a way leads to, in objects that are made on the way. */
function set(body: Body, way: Way, value: unknown): void {
  let parent = body as Record<string, unknown>;
  for (const [n, step] of way.entries()) {
    if (step === -1) parent = (parent as unknown as Record<string, unknown>[]).at(-1) ?? {};
    else if (n === way.length - 1) parent[step] = value;
    else parent = (parent[step] ??= {}) as Record<string, unknown>;
  }
}

function xmlOf(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((each) => xmlOf(name, each)).join('');
  if (typeof value !== 'object' || value === null) return `<${name}>${String(value)}</${name}>`;
  return `<${name}>${Object.entries(value).map(([own, each]) => xmlOf(own, each)).join('')}</${name}>`;
} // prettier-ignore
