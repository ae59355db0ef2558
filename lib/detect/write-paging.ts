import { kinds, optionNames, pagingOptions, type PagingOptions, tokens } from './kinds.js';
import { nameAndText, type Paging, parsedTemplate } from './paging.js';

const placements: Readonly<Record<string, string>> = {
  query: 'inQuery()', body: 'inBody()', form: 'inForm()', headers: 'inHeaders()', path: 'inPath()', variables: 'inVariables()',
}; // prettier-ignore

/** The strategy as code: `cursor({ items: 'events', next: 'meta.next' })`. */
export function toTypeScript({ kind, options, place }: Paging): string {
  const { typescript, names = {} } = kinds[kind];
  const parts = (Object.keys(options) as (keyof PagingOptions)[])
    .filter((name) => options[name] !== undefined && name !== 'hasMoreIfAbsent')
    .map(
      (name) => `${names[name] ?? name}: ${name === 'hasMore' ? hasMoreText(options) : valueText(name, options[name])}`,
    );
  if (place !== undefined) parts.push(`place: ${placeText(place)}`);
  return `${typescript}(${parts.length === 0 ? '' : `{ ${parts.join(', ')} }`})`;
}

function valueText(name: keyof PagingOptions, value: unknown): string {
  const { means } = pagingOptions[name];
  if (means === 'parameter' && value === '*') return '(token) => token as Params';
  if (Array.isArray(value)) {
    const texts = (means === 'tokens' ? tokens(value as readonly string[]) : value).map((member) =>
      typeof member === 'number' ? String(member) : quoted(String(member)),
    );
    return means === 'fields' && texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) return codeOf(value, means === 'source' ? readText : quoted);
  return typeof value === 'string' ? readText(value) : String(value);
}

const readText = (read: string): string =>
  read.startsWith('header:') ? `header(${quoted(read.slice('header:'.length))})` : quoted(read);

function hasMoreText({ hasMore = '', hasMoreIfAbsent }: PagingOptions): string {
  const opposite = hasMore.startsWith('!');
  const flagged = readText(opposite ? hasMore.slice(1) : hasMore);
  const said = hasMoreIfAbsent === undefined ? flagged : `flag(${flagged}, { absent: ${String((hasMoreIfAbsent === 'true') !== opposite)} })`; // prettier-ignore
  return opposite ? `not(${said})` : said;
}

/** A JSON value as code. */
function codeOf(value: unknown, text = quoted): string {
  if (typeof value === 'string') return text(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map((each) => codeOf(each, text)).join(', ')}]`;
  const members = Object.entries(value).map(
    ([name, each]) => `${/^[a-z_$][\w$]*$/i.test(name) ? name : quoted(name)}: ${codeOf(each, text)}`,
  );
  return `{ ${members.join(', ')} }`;
}

function placeText(place: string): string {
  const [, word, rest = ''] = /^(body|text|template):(.+)$/s.exec(place) ?? [];
  switch (word) {
    case 'body':
      return `inBody(${quoted(rest)})`;
    case 'text':
      return `inText(${nameAndText(rest).map(quoted).join(', ')})`;
    case 'template':
      return `inTemplate(${codeOf(parsedTemplate(rest))})`;
    default:
      return placements[place] ?? '';
  }
}

const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'`;

/** `--size`, for `size`. */
export const flagOf = (name: keyof PagingOptions): string => pagingOptions[name].flag.replace(/ .*/, '');

/** The strategy as flags of the command, ready for a shell: `--paging cursor --items events --next meta.next`. */
export function toFlags({ kind, options, place }: Paging): string {
  const flags = optionNames.flatMap((name) => {
    const value = options[name];
    if (value === undefined) return [];
    return pagingOptions[name].means === 'switch' ? [flagOf(name)] : [flagOf(name), flagValue(name, value)];
  });
  return ['--paging', kind, ...(place === undefined ? [] : ['--in', place]), ...flags].map(shellQuoted).join(' ');
}

/** A value as the flag of an option takes it. */
export function flagValue(name: keyof PagingOptions, value: unknown): string {
  const { means } = pagingOptions[name];
  if (typeof value !== 'object' || value === null) return String(value);
  if (means === 'pairs')
    return Object.entries(value)
      .map((pair) => pair.join('='))
      .join(',');
  return Array.isArray(value) && means !== 'items' ? value.join(',') : JSON.stringify(value);
}

/** An argument as a POSIX shell reads it back. */
export const shellQuoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
