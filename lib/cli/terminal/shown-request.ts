import type { PageRequest } from '../../request.js';
import { isHarmlessHeader, isSecretName, redactRequest } from '../../values/redact.js';
import { hideValues } from '../flags/environment.js';
import { shellQuoted } from './words.js';

// What Pagewise itself wrote into a request is no secret: numbers and sizes of pages, and times. All other values, which
// are the user's or the API's, are hidden as in errors.

/** A request as the flags make it, before Pagewise writes anything into it. */
export interface Template extends Pick<PageRequest, 'url' | 'headers' | 'body'> {
  /** Parameters of --split and --sync, whose numbers are shown too. */
  readonly ranges?: readonly string[];
}

const hidden = '…';

/** What stands for a value that an answer decides; shown as `<name>`. */
export const placeholder = (name: string): string => `pagewise0${name}0pagewise`;
const anyPlaceholder = /pagewise0(\w+?)0pagewise/g;
export const withPlaceholders = (text: string): string => text.replace(anyPlaceholder, '<$1>');

const counts = /page|size|limit|offset|count|skip|start|rows|take|first|last|top|from|num|max|per_|results|^[np]$/i;
const isTime = (text: string): boolean => /^\d{4}-\d\d-\d\d([T ][\d:.]+(Z|[+-]\d\d:?\d\d)?)?$/.test(text);

/** Whether a value that the template does not have is the number or size of a page, a time, or a placeholder. */
const isWritten = (name: string, value: string, { ranges = [] }: Template): boolean =>
  (/^\d{1,15}$/.test(value) && (ranges.includes(name) || (counts.test(name) && !isSecretName(name)))) ||
  isTime(value) ||
  value.replace(anyPlaceholder, '') === '';

/** A URL as errors show it, with what Pagewise wrote into it. */
export function shownUrl(request: PageRequest, template: Template): string {
  const { url = '' } = redactRequest(request, template);
  const own = paramsOf(template.url ?? '');
  const [, sent] = parts(request.url ?? '');
  const [path, query] = parts(url);
  const params = query.split('&').map((shown, at) => {
    const [name, value] = decoded(sent.split('&')[at] ?? '');
    const written = shown.endsWith(`=${hidden}`) && !own.some(([n, v]) => n === name && v === value);
    return written && isWritten(name, value, template) ? `${shown.slice(0, -hidden.length)}${value}` : shown;
  });
  const shownPath = withSegments(path, request.url ?? '', template);
  return withPlaceholders(query === '' ? shownPath : `${shownPath}?${params.join('&')}`);
}

const parts = (url: string): readonly [path: string, query: string] => {
  const [whole = ''] = url.split('#', 1);
  const at = whole.indexOf('?');
  return at === -1 ? [whole, ''] : [whole.slice(0, at), whole.slice(at + 1)];
};

const paramsOf = (url: string): readonly (readonly [string, string])[] => parts(url)[1].split('&').map(decoded);

function decoded(param: string): readonly [name: string, value: string] {
  const [found] = new URLSearchParams(param);
  return found ?? ['', ''];
}

/** A path of the template whose segments are in braces, with their numbers. */
function withSegments(path: string, sent: string, template: Template): string {
  const names = path.split('/');
  const values = parts(sent)[0].split('/');
  if (names.length !== values.length) return path;
  return names
    .map((name, at) => {
      const value = values[at] ?? '';
      const [, param] = /^(?:\{|%7B)(\w+)(?:\}|%7D)$/i.exec(name) ?? [];
      return param !== undefined && isWritten(param, value, template) ? value : name;
    })
    .join('/');
}

/** What Pagewise wrote elsewhere than into the URL: `pagination.page=2`, `Range: items=0-99`. */
export const writtenBeside = (request: PageRequest, template: Template): readonly string[] => [
  ...leaves(request.body, template.body, template).map(([path, value]) => `${path}=${withPlaceholders(String(value))}`),
  ...headersOf(request, template).flatMap(([name, value, written]) => (written ? [`${name}: ${value}`] : [])),
];

type Leaf = readonly [path: string, value: string | number];

/** The numbers, times and placeholders of a JSON body that its template does not have. */
function leaves(body: unknown, own: unknown, template: Template, path = '', name = ''): readonly Leaf[] {
  if (typeof body === 'string' || typeof body === 'number')
    return path !== '' && body !== own && isWritten(name, String(body), template) ? [[path, body]] : [];
  if (!isPlain(body)) return [];
  return Object.entries(body).flatMap(([key, value]) =>
    leaves(value, member(own, key), template, path === '' ? key : `${path}.${key}`, Array.isArray(body) ? name : key),
  );
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype); // prettier-ignore

const member = (value: unknown, key: string): unknown =>
  isPlain(value) && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;

/** The headers, hidden but for those that hold no secret, that name a variable, or that Pagewise wrote. */
function headersOf({ headers }: PageRequest, template: Template): readonly (readonly [name: string, value: string, written: boolean])[] {
  const own = (typeof template.headers === 'object' ? template.headers : {});
  return Object.entries(typeof headers === 'object' ? headers : {}).map(([name, value]) => {
    const isOwn = Object.entries(own).some(([key, given]) => key.toLowerCase() === name.toLowerCase() && given === value);
    const written = !isOwn && (/^(\w+=)?\d+-\d*$/.test(value) || isWritten(name, value, template));
    const named = hideValues(value);
    const isNamed = /^((Bearer|Basic|Key|Token) )?(\$ENV\{\w+\})+$/i.test(named);
    const shown = written ? withPlaceholders(value) : isNamed ? named : isHarmlessHeader(name) ? value : hidden;
    return [name, shown, written];
  });
} // prettier-ignore

/** A request as a curl command of one or several lines, with `…` for what is hidden. */
export function asCurl(request: PageRequest, template: Template): readonly string[] {
  const { method } = redactRequest(request, template);
  const body = bodyOf(request.body, template);
  const implied = body === undefined ? 'GET' : 'POST';
  const words = [
    `curl ${shellQuoted(shownUrl(request, template))}`,
    ...(method === implied ? [] : [`-X ${method}`]),
    ...headersOf(request, template).map(([name, value]) => `-H ${shellQuoted(value === '' ? `${name};` : `${name}: ${value}`)}`), // prettier-ignore
    ...(body === undefined ? [] : [`--data-raw ${shellQuoted(body)}`]),
  ];
  return words.map((word, at) => `${at === 0 ? '' : '  '}${word}${at === words.length - 1 ? '' : ' \\'}`);
}

/** A body with the values that Pagewise wrote; of a form and of JSON, the names of all. */
function bodyOf(body: unknown, template: Template): string | undefined {
  if (body === undefined) return undefined;
  if (isPlain(body)) return withPlaceholders(JSON.stringify(masked(body, template.body, template)));
  const [text, before] = [body, template.body].map(asText);
  if (text === undefined || !/^[\w.%[\]-]+=[^\s"{]*$/.test(text)) return hidden;
  return parts(shownUrl({ url: `http://form/?${text}` }, { ...template, url: `http://form/?${before ?? ''}` }))[1];
}

function masked(value: unknown, own: unknown, template: Template, name = ''): unknown {
  if (Array.isArray(value)) return value.map((each, at) => masked(each, member(own, String(at)), template, name));
  if (isPlain(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, masked(each, member(own, key), template, key)]),
    );
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  return value !== own && isWritten(name, String(value), template) ? value : hidden;
}

function asText(body: unknown): string | undefined {
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  return typeof body === 'string' || body instanceof URLSearchParams ? body.toString() : undefined;
}
