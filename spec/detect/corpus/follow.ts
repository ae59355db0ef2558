import type { Entry, Rules } from './entries.js';
import { type Imitation, placeOf, requestTo } from './imitation.js';
import { isChoice, isList, type Json, readPath, type Template, textOf, writePath } from './template.js';

// An entry's template says where in an answer the items, the token, the next URL and the totals are. A walk by these
// places, with the rules of the entry, is what the documentation tells a reader to do.

/** What leads from page to page: what the answer gives (a token or a URL), or a number or key that the client counts. */
export type Way = 'given' | 'counted';

type Request = Imitation['request'];
type Step = string | number | Readonly<Record<string, Json>>;

/** A place in an answer, with what the template has there. */
interface Mark {
  readonly steps: readonly Step[];
  readonly header?: string;
  readonly text: string;
  /** For a flag that is written as a choice: what it is on the last page. */
  readonly last?: Json | undefined;
}

interface Answer {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

/** Placeholders that lead to the next page, for each rule. */
const leading = {
  page: /\{(nextPage|nextUrl)(\|\w+)?\}/,
  offset: /\{(nextOffset|nextUrl)(\|\w+)?\}/,
  token: /\{(token|nextUrl)(\|\w+)?\}/,
  key: /\{(nextUrl|last\.[\w.]+)(\|\w+)?\}/,
  range: /\{nextUrl\}/,
  nothing: /^$/,
};

/** The ways in which an entry can be paged. */
export function waysOf(entry: Entry): readonly Way[] {
  if (entry.paging.by === 'nothing') return ['given'];
  const given =
    entry.paging.follow !== 'counted' && marksOf(entry).some(({ text }) => leading[entry.paging.by].test(text));
  return [...(given ? (['given'] as const) : []), ...(entry.paging.by === 'token' ? [] : (['counted'] as const))];
}

/** All items, page by page. @throws Error for an answer that the rules do not explain */
export async function follow(entry: Entry, { origin, request: first }: Imitation, way: Way): Promise<Json[]> {
  const marks = marksOf(entry);
  const all: Json[] = [];
  let request: Request | undefined = first;
  let before = '';
  for (let index = 0; request !== undefined; index++) {
    const answer = await ask(request);
    if (index > 0 && answer.status === entry.paging.past) break;
    if (answer.status >= 300) throw new Error(`${request.method} ${request.url}: ${answer.status}`);
    const items = itemsIn(marks, answer);
    if (JSON.stringify(items) === before && items.length > 0) break; // The last page again.
    before = JSON.stringify(items);
    all.push(...items);
    if (isEnd(entry.paging, marks, answer, { index, items, seen: all.length, way })) break;
    const later: Request = entry.paging.then === undefined ? first : requestTo(origin, entry.paging.then);
    request = way === 'given' ? given(entry, marks, answer, request, later) : counted(entry, answer, later, { index, items, seen: all.length }); // prettier-ignore
  }
  return all;
}

async function ask({ method, url, headers, body }: Request): Promise<Answer> {
  const type = typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json';
  const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const response = await fetch(url, { method, headers: { ...(body === undefined ? {} : { 'content-type': type }), ...headers }, ...sent }); // prettier-ignore
  return { url, status: response.status, headers: response.headers, body: (await response.json()) as Json };
}

/** Every place of a template that has a placeholder or a flag. */
function marksOf({ answer, headers = {} }: Entry): readonly Mark[] {
  const marks: Mark[] = [];
  const visit = (template: Template, steps: readonly Step[], header?: string): void => {
    const own = header === undefined ? {} : { header };
    if (typeof template === 'string') marks.push({ steps, text: template, ...own });
    else if (isList(template)) template.forEach((each, n) => visit(each, [...steps, stepInto(each, n)], header));
    else if (typeof template === 'object' && template !== null) visitMembers(template, steps, header);
  };
  const visitMembers = (template: Readonly<Record<string, Json>>, steps: readonly Step[], header?: string): void => {
    const list = template['$byKey'] ?? template['$groups'];
    if (list !== undefined) marks.push({ steps, text: '$byKey' in template ? '{byKey}' : '{groups}' });
    else if (isFlag(template))
      marks.push({ steps, text: '{flag}', last: template['$last'], ...(header === undefined ? {} : { header }) }); // prettier-ignore
    else if (isChoice(template)) Object.values(template).forEach((branch) => visit(branch, steps, header));
    else Object.entries(template).forEach(([name, member]) => visit(member, [...steps, name], header));
  };
  visit(answer, []);
  for (const [name, template] of Object.entries(headers)) visit(template, [], name);
  return marks;
}

/** `{ "$more": "True", "$last": "False" }`, without placeholders. */
function isFlag(template: Readonly<Record<string, Json>>): boolean {
  const branches = Object.values(template);
  const words = branches.every((branch) => typeof branch !== 'object' && !textOf(branch).includes('{'));
  return isChoice(template) && '$more' in template && words;
}

/** A member of a list that may be absent is found by what never changes about it, such as `rel: next`. */
function stepInto(element: Template, index: number): Step {
  if (element === '{...items}') return index;
  if (typeof element !== 'object' || element === null) return index;
  const inner = isChoice(element) ? Object.values(element)[0] : element;
  if (typeof inner !== 'object' || inner === null || isList(inner)) return index;
  const constant = Object.entries(inner).filter(([, value]) => typeof value === 'string' && !value.includes('{'));
  return constant.length === 0 ? index : Object.fromEntries(constant);
}

function valueOf({ steps, header, text }: Mark, { headers, body }: Answer): Json | undefined {
  if (header !== undefined) {
    const found = headers.get(header) ?? undefined;
    return /^link$/i.test(header) ? linkIn(found ?? '', /rel="?([^";]+)/.exec(text)?.[1] ?? '') : found;
  }
  return steps.reduce<Json | undefined>((value, step) => {
    if (typeof step !== 'object') return isList(value ?? null) ? (value as readonly Json[])[Number(step)] : readPath(value, `${step}`); // prettier-ignore
    return (value as readonly Json[] | undefined)?.find((each) => Object.entries(step).every(([name, member]) => readPath(each, name) === member)); // prettier-ignore
  }, body);
}

/** The target of a link in a Link header. */
const linkIn = (text: string, rel: string): string | undefined =>
  text
    .split(/,\s*(?=<)/)
    // Sentry links to a next page that has no results.
    .find((link) => /rel="?([^";]+)/.exec(link)?.[1] === rel && !link.includes('results="false"'))
    ?.replace(/^<([^>]*)>.*/s, '$1');

function itemsIn(marks: readonly Mark[], answer: Answer): readonly Json[] {
  const lists = marks.filter(({ text }) => /^\{(items( \d\/\d)?|\.\.\.items|byKey|groups)\}$/.test(text));
  return lists.flatMap((mark) => {
    if (mark.text === '{...items}') return (valueOf({ ...mark, steps: mark.steps.slice(0, -1) }, answer) as readonly Json[]).slice(Number(mark.steps.at(-1))); // prettier-ignore
    const found = valueOf(mark, answer);
    if (found === undefined || found === null) return [];
    if (mark.text === '{byKey}') return Object.values(found) as readonly Json[];
    if (mark.text === '{groups}') return (Object.values(found) as readonly (readonly Json[])[]).flat();
    return isList(found) ? found : [found];
  });
}

interface Walked {
  readonly index: number;
  readonly items: readonly Json[];
  readonly seen: number;
}

/** Whether an answer says that it is the last one: by a flag, else by the number of pages or items. */
function isEnd(
  rules: Rules,
  marks: readonly Mark[],
  answer: Answer,
  { index, items, seen, way }: Walked & { way: Way },
) {
  if (rules.by === 'nothing') return true;
  const read = (text: string) => marks.filter((mark) => mark.text.replace('|text', '') === text).map((mark) => [mark, valueOf(mark, answer)] as const); // prettier-ignore
  const [more] = read('{more}');
  if (more !== undefined) return textOf(more[1]) !== 'true';
  const [done] = read('{done}');
  if (done !== undefined) return textOf(done[1]) === 'true';
  const [flag] = read('{flag}');
  if (flag !== undefined) return flag[1] === flag[0].last;
  if (way === 'given') return rules.more === 'always' && items.length === 0;
  if (items.length === 0) return true;
  const [pages] = [...read('{pages}'), ...read('{pages1}')];
  if (pages?.[1] !== undefined) return index + 1 >= Number(pages[1]);
  const [total] = read('{total}');
  return total?.[1] !== undefined && seen >= Number(total[1]);
}

/** The request for the next page, by the token or URL in an answer. */
function given({ paging }: Entry, marks: readonly Mark[], answer: Answer, request: Request, later: Request) {
  const leads = marks.filter(({ text }) => leading[paging.by].test(text));
  const exact = leads.filter(({ text }) => /^\{[^{}]*\}$/.test(text) && !text.includes('nextUrl'));
  const [found] = (exact.length > 0 ? exact : leads).map((mark) => valueOf(mark, answer)).filter((value) => value !== undefined); // prettier-ignore
  if (found === undefined || found === null || found === '' || found === false) return undefined;
  if (textOf(found) === textOf(paging.end)) return undefined;
  if (exact.length > 0) {
    const last = valueAt(request, paging);
    return paging.by === 'token' && last === textOf(found) && answerRepeats(paging)
      ? undefined
      : requestAt(later, paging, found);
  }
  const link = textOf(found).replace(/^[\w.[\]]+=/, '?$&'); // Some links are a query alone.
  return { ...request, url: withNeeds(new URL(link, answer.url), paging, later) };
}

/** A next URL with the parameters that it leaves out and the API needs. */
function withNeeds(url: URL, { needs = [] }: Rules, first: Request): string {
  for (const { name } of needs.map(placeOf))
    url.searchParams.set(name, new URL(first.url).searchParams.get(name) ?? '');
  return url.href;
}

/** Only where every answer has a token, a repeated one may mean the end; a scroll keeps one token throughout. */
const answerRepeats = ({ more, token }: Rules): boolean =>
  more === 'always' && textOf(token ?? '{opaque}').includes('{');

function valueAt({ url, headers, body }: Request, { at = '' }: Rules): string {
  const { where, name } = placeOf(at);
  if (where === 'query') return new URL(url).searchParams.get(name) ?? '';
  if (where === 'header') return headers[name] ?? '';
  return where === 'body' ? textOf(readPath(body, name)) : '';
}

/** The request for the next page, by a number or key of the client's own. */
function counted(
  { paging }: Entry,
  answer: Answer,
  later: Request,
  { index, items, seen }: Walked,
): Request | undefined {
  if (items.length === 0) return undefined;
  const { by, start } = paging;
  if (by === 'page') return requestAt(later, paging, (start ?? 1) + index + 1);
  if (by === 'offset') return requestAt(later, paging, (start ?? 0) + seen);
  if (by === 'range') return nextRange(paging, answer, later, seen);
  const key = readPath(items.at(-1), paging.key ?? 'id') ?? null;
  return requestAt(later, paging, paging.starts === 'from' ? Number(key) + 1 : key);
}

function nextRange({ size = { default: 10 } }: Rules, { headers }: Answer, later: Request, seen: number) {
  const total = Number(/\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1] ?? 0);
  if (seen >= total) return undefined;
  const unit = /^\w+=/.exec(later.headers['range'] ?? '')?.[0] ?? '';
  return { ...later, headers: { ...later.headers, range: `${unit}${seen}-${seen + size.default - 1}` } };
}

/** A request at a position, as the rules place it. */
function requestAt(request: Request, { at = '', within }: Rules, position: Json): Request {
  const { where, name } = placeOf(at);
  const url = new URL(request.url);
  if (where === 'header') return { ...request, headers: { ...request.headers, [name]: textOf(position) } };
  if (where === 'body') return { ...request, body: writePath(request.body, name, position) };
  if (where === 'path') return { ...request, url: url.origin + name.replace('{position}', encodeURIComponent(textOf(position))) }; // prettier-ignore
  const params = where === 'form' ? new URLSearchParams(textOf(request.body)) : url.searchParams;
  params.set(name, within === undefined ? textOf(position) : placedWithin(within, params.get(name) ?? '', position));
  return where === 'form' ? { ...request, body: params.toString() } : { ...request, url: url.href };
}

function placedWithin(within: string, text: string, position: Json): string {
  const [before = '', after = ''] = within.split('{n}');
  const written = within.replace('{n}', textOf(position));
  const at = text.toLowerCase().indexOf(before.toLowerCase());
  if (at === -1) return `${text} ${written}`;
  const rest = text.slice(at + before.length).replace(/^\d+/, '');
  return `${text.slice(0, at)}${written}${rest.slice(after.length)}`;
}
