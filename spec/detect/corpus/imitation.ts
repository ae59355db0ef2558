import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Entry, FirstRequest, Rules } from './entries.js';
import { hashOf, itemsOf } from './item-values.js';
import { fill, isList, type Json, readPath, textOf, type Values } from './template.js';

/** A server on loopback that answers as an entry says. It shares no code with lib/. */
export interface Imitation {
  readonly origin: string;
  /** The entry's first request, to this server. */
  readonly request: { method: string; url: string; headers: Record<string, string>; body?: Json };
  /** All items, in order. */
  readonly items: readonly Json[];
  /** Every request that it got. */
  readonly requests: readonly Asked[];
  close(): Promise<void>;
}

export interface Asked {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Serves an entry with this many items. */
export async function imitate(entry: Entry, count: number): Promise<Imitation> {
  const items = itemsOf(entry.item, count);
  const requests: Asked[] = [];
  const answerTo = answering(entry, items);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: target = '', headers } = request;
      const asked = { method, target, headers, body: Buffer.concat(chunks).toString() };
      requests.push(asked);
      const { status, headers: own, body } = answerTo(asked, origin);
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...own });
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    origin,
    request: requestTo(origin, entry.request),
    items,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function requestTo(origin: string, { method = 'GET', url, headers = {}, body }: FirstRequest) {
  return { method, url: origin + url, headers: { ...headers }, ...(body === undefined ? {} : { body }) };
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
}

/** Thrown where the API refuses a request. */
class Refusal extends Error {
  constructor(readonly status: number) {
    super(String(status));
  }
}

/** What the API knows between requests: its items, and the tokens that it gave out. */
interface State {
  readonly entry: Entry;
  readonly items: readonly Json[];
  /** The number of items before the page that a token asks for. */
  readonly tokens: Map<string, number>;
}

function answering(entry: Entry, items: readonly Json[]) {
  const state: State = { entry, items, tokens: new Map() };
  return (asked: Asked, origin: string): Reply => {
    try {
      const reading = readingOf(asked, origin);
      checkRequest(entry, reading);
      return pageOf(state, reading);
    } catch (error) {
      const status = error instanceof Refusal ? error.status : 500;
      return { status, headers: {}, body: { error: { status, message: String(error) } } };
    }
  };
}

/** One request, by its parts. */
interface Reading {
  readonly asked: Asked;
  readonly origin: string;
  readonly url: URL;
  readonly json: Json | undefined;
}

const readingOf = (asked: Asked, origin: string): Reading => ({
  asked,
  origin,
  url: new URL(asked.target, origin),
  json: /^\s*[[{]/.test(asked.body) ? (JSON.parse(asked.body) as Json) : undefined,
});

/** The value at a place such as `query page`. */
function valueAt(place: string, { asked, url, json }: Reading): Json | undefined {
  const { where, name } = placeOf(place);
  if (where === 'query') return url.searchParams.get(name) ?? undefined;
  if (where === 'header') return textOf(asked.headers[name.toLowerCase()]) || undefined;
  if (where === 'form') return new URLSearchParams(asked.body).get(name) ?? undefined;
  if (where === 'body') return readPath(json, name);
  const captured = routeOf(name).exec(asked.target.replace(/\?.*/, ''))?.[1];
  return captured === undefined ? undefined : decodeURIComponent(captured);
}

export function placeOf(place: string): { readonly where: string; readonly name: string } {
  const [where = '', ...name] = place.split(' ');
  return { where, name: name.join(' ') };
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const routeOf = (pattern: string) => new RegExp(`^${escaped(pattern).replace('\\{position\\}', '([^/]+)')}$`);

/** The route, the method, the credentials, and whether every parameter is known. */
function checkRequest({ request, paging }: Entry, reading: Reading): void {
  const { then = request, at = '' } = paging;
  const { where, name } = placeOf(at);
  const path = reading.asked.target.replace(/\?.*/, '');
  const known = [request, then].filter(({ url }) => url.replace(/\?.*/, '') === path);
  if (known.length === 0 && !(where === 'path' && routeOf(name).test(path))) throw new Refusal(404);
  const methods = (known.length > 0 ? known : [request]).map(({ method = 'GET' }) => method);
  if (!methods.includes(reading.asked.method)) throw new Refusal(405);
  for (const [header, value] of Object.entries(request.headers ?? {}))
    if (at !== `header ${header}` && reading.asked.headers[header.toLowerCase()] !== value) throw new Refusal(401);
  if (paging.needs?.some((place) => valueAt(place, reading) === undefined) === true) throw new Refusal(401);
  if (paging.unknown !== undefined && unknownNames(request, paging, reading).length > 0)
    throw new Refusal(paging.unknown);
}

/** Parameters that are neither in the first request nor in the rules. */
function unknownNames({ url, body, ...first }: FirstRequest, rules: Rules, { url: now, json }: Reading) {
  const places = [rules.at, rules.size?.at, ...(rules.knows ?? [])].filter((place) => place !== undefined);
  const query = namesAt('query', places, [...new URL(url, 'http://first').searchParams.keys()]);
  const names = namesAt('body', places, Object.keys((body ?? rules.then?.body ?? first) as object));
  const sent = typeof json === 'object' && json !== null ? Object.keys(json) : [];
  return [
    ...[...now.searchParams.keys()].filter((name) => !query.includes(name)),
    ...sent.filter((name) => !names.includes(name)),
  ];
}

const namesAt = (where: string, places: readonly string[], first: readonly string[]): readonly string[] => [
  ...first,
  ...places.filter((place) => placeOf(place).where === where).map((place) => placeOf(place).name),
  ...places.filter((place) => placeOf(place).where === where).map((place) => placeOf(place).name.split('.')[0] ?? ''),
];

/** Where a page starts, and how many items it may hold. */
interface Span {
  readonly from: number;
  readonly size: number;
  /** Which page it is, from 0, where pages differ in size. */
  readonly index?: number;
}

function pageOf(state: State, reading: Reading): Reply {
  const { entry, items } = state;
  const span = withinList(entry.paging, spanOf(state, reading), items.length);
  const page = items.slice(span.from, span.from + span.size);
  const values = pageValues(state, reading, span, page);
  const headers = Object.entries(entry.headers ?? {}).flatMap(([name, template]) => {
    const filled = fill(template, values);
    if (filled === undefined || (isList(filled) && filled.length === 0)) return [];
    return [[name, isList(filled) ? filled.map(textOf).join(', ') : textOf(filled)] as const];
  });
  const status =
    entry.status === 206 && span.from + page.length >= items.length && span.from === 0 ? 200 : entry.status;
  return { status: status ?? 200, headers: Object.fromEntries(headers), body: fill(entry.answer, values) ?? null };
}

function spanOf(state: State, reading: Reading): Span {
  const { paging } = state.entry;
  if (paging.by === 'nothing') return { from: 0, size: Infinity };
  if (paging.by === 'range') return rangeOf(paging, reading);
  if (paging.size?.steps !== undefined) return stepOf(paging.size.steps, startOf(state, reading, 1));
  const size = sizeOf(paging, reading);
  return { from: startOf(state, reading, size), size };
}

/** A page of an API whose first pages are smaller. */
function stepOf(steps: readonly number[], index: number): Span {
  const sizeAt = (page: number) => steps[Math.min(page, steps.length - 1)] ?? 0;
  const from = Array.from({ length: index }, (_, page) => sizeAt(page)).reduce((sum, size) => sum + size, 0);
  return { from, size: sizeAt(index), index };
}

/** Past the end, some APIs refuse, and some send the last page again. */
function withinList({ past = 'empty' }: Rules, span: Span, total: number): Span {
  const { from, size } = span;
  if (from === 0 || from < total || past === 'empty') return span;
  if (past !== 'last') throw new Refusal(past);
  return { from: Math.floor(Math.max(0, total - 1) / size) * size, size };
}

function sizeOf({ size: rule = { default: 10 } }: Rules, reading: Reading): number {
  const asked = Number(rule.at === undefined ? undefined : valueAt(rule.at, reading));
  if (!Number.isInteger(asked) || asked < 1) return rule.default;
  const { max = Infinity, above } = rule;
  if (asked > max && above !== undefined) throw new Refusal(above);
  return Math.min(asked, max);
}

/** `Range: items=0-24`, or `Range: 0-24`. */
function rangeOf({ size: { default: otherwise, max = Infinity } = { default: 10 } }: Rules, reading: Reading): Span {
  const [, from, to] = /^(?:\w+=)?(\d+)-(\d+)$/.exec(textOf(valueAt('header range', reading))) ?? [];
  if (from === undefined || to === undefined) return { from: 0, size: otherwise };
  return { from: Number(from), size: Math.min(max, Number(to) - Number(from) + 1) };
}

/** How many items are before the page that a request asks for. */
function startOf(state: State, reading: Reading, size: number): number {
  const { paging } = state.entry;
  const position = positionOf(paging, reading);
  if (position === undefined || position === '' || position === paging.first) return 0;
  if (paging.by === 'token') return offsetOfToken(state, position);
  if (paging.by === 'key') return offsetOfKey(state, position);
  const from = Number(position) - (paging.start ?? (paging.by === 'page' ? 1 : 0));
  if (!Number.isInteger(from)) throw new Refusal(400);
  if (from < 0 && typeof paging.below === 'number') throw new Refusal(paging.below);
  return Math.max(0, from) * (paging.by === 'page' ? size : 1);
}

function positionOf({ at = '', within }: Rules, reading: Reading): Json | undefined {
  const found = valueAt(at, reading);
  if (within === undefined) return found;
  return new RegExp(escaped(within).replace('\\{n\\}', '(\\d+)'), 'i').exec(textOf(found))?.[1];
}

function offsetOfToken({ entry: { paging }, tokens }: State, position: Json): number {
  const offset = tokens.get(textOf(position));
  if (offset === undefined) throw new Refusal(paging.wrong ?? 400);
  return offset;
}

function offsetOfKey({ entry: { paging }, items }: State, position: Json): number {
  const { key = 'id', starts = 'after' } = paging;
  const keys = items.map((item) => readPath(item, key));
  if (starts === 'after') {
    const found = keys.findIndex((each) => textOf(each) === textOf(position));
    if (found === -1) throw new Refusal(paging.wrong ?? 400);
    return found + 1;
  }
  const found = keys.findIndex((each) => {
    const order = compare(each, position);
    return starts === 'above' ? order > 0 : starts === 'below' ? order < 0 : order >= 0;
  });
  return found === -1 ? items.length : found;
}

function compare(a: Json | undefined, b: Json): number {
  // Ids may have more digits than a number holds.
  if (/^\d+$/.test(textOf(a)) && /^\d+$/.test(textOf(b))) return Number(BigInt(textOf(a)) - BigInt(textOf(b)));
  return textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : 0;
}

/** What the placeholders of the answer stand for on this page. */
function pageValues(state: State, reading: Reading, span: Span, page: readonly Json[]): Values {
  const { from, size } = span;
  const { paging } = state.entry;
  const total = state.items.length;
  const to = from + page.length;
  const start = paging.start ?? (paging.by === 'page' ? 1 : 0);
  const pages = Math.ceil(total / size);
  const index = span.index ?? Math.floor(from / size);
  const more = hasMore(paging, { page, size, to, total });
  const counted = (offset: number) => start + (paging.by === 'page' ? Math.floor(offset / size) : offset);
  const lastFrom = Math.max(0, pages - 1) * size;
  const known: Readonly<Record<string, () => Json | undefined>> = {
    items: () => page,
    total: () => total,
    estimate: () => total + 3,
    remaining: () => total - to,
    count: () => page.length,
    size: () => size,
    more: () => more,
    done: () => !more,
    pages: () => pages,
    pages1: () => Math.max(1, pages),
    page: () => start + index,
    page1: () => 1 + index,
    nextPage: () => start + index + 1,
    prevPage: () => start + index - 1,
    offset: () => start + from,
    itemOffset: () => from,
    descendingMs: () => 1_643_332_803_000 - to,
    nextOffset: () => start + to,
    prevOffset: () => start + Math.max(0, from - size),
    from: () => (page.length === 0 ? 0 : from + 1),
    to: () => to,
    end: () => to - 1,
    token: () => mint(to),
    origin: () => reading.origin,
    path: () => reading.url.pathname,
    self: () => reading.asked.target,
    nextUrl: () => targetOf(reading, paging, next()),
    prevUrl: () => targetOf(reading, paging, counted(Math.max(0, from - size))),
    firstUrl: () => targetOf(reading, paging, counted(0)),
    lastUrl: () => targetOf(reading, paging, counted(lastFrom)),
    opaque: () => hashOf(`${state.entry.name} ${to}`).slice(0, 24),
    opaqueUuid: () =>
      hashOf(`${state.entry.name} ${to}`).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, '$1-$2-4$3-b$4-$5'),
    opaque64: () => Buffer.from(`{"o":${to},"h":"${hashOf(to).slice(0, 9)}"}`).toString('base64'),
  };
  const values: Values = {
    more,
    first: from === 0,
    items: page,
    value(name) {
      const [, end, path] = /^(last|top)\.(.+)$/.exec(name) ?? [];
      if (path !== undefined) return readPath(page.at(end === 'last' ? -1 : 0), path);
      const [, part, parts] = /^items (\d)\/(\d)$/.exec(name) ?? [];
      if (part !== undefined) return page.filter((_, n) => (from + n) % Number(parts) === Number(part));
      const [, member] = /^each (.+)$/.exec(name) ?? [];
      if (member !== undefined) return page.map((item) => readPath(item, member) ?? null);
      const [, high] = /^(\d+)-to$/.exec(name) ?? [];
      if (high !== undefined) return Number(high) - to;
      const find = known[name];
      if (find === undefined) throw new Error(`answers have no {${name}}`);
      return find();
    },
  };

  /** A token that was given out is remembered. */
  function mint(offset: number): Json | undefined {
    const token = fill(paging.token ?? '{opaque}', values);
    if (token !== undefined) state.tokens.set(textOf(token), offset);
    return token;
  }

  function next(): Json {
    if (paging.by === 'token') return mint(to) ?? null;
    if (paging.by === 'key') return readPath(page.at(-1), paging.key ?? 'id') ?? null;
    return span.index === undefined ? counted(to) : start + index + 1;
  }

  return values;
}

function hasMore(
  { more = 'remaining' }: Rules,
  { page, size, to, total }: { page: readonly Json[]; size: number; to: number; total: number },
): boolean {
  if (more === 'always') return true;
  if (more === 'nonempty') return page.length > 0;
  return more === 'full' ? page.length === size : to < total;
}

/** Path and query of this request at another position. */
function targetOf({ asked, url }: Reading, { at = '' }: Rules, position: Json): string {
  const { where, name } = placeOf(at);
  const text = encodeURIComponent(textOf(position));
  if (where === 'path') return name.replace('{position}', text);
  const others = url.search.slice(1).split('&').filter((pair) => pair !== '' && nameOf(pair) !== name); // prettier-ignore
  return `${asked.target.replace(/\?.*/, '')}?${[...others, `${name}=${text}`].join('&')}`;
}

const nameOf = (pair: string) => decodeURIComponent(pair.replace(/=.*/, '').replaceAll('+', ' '));
