import type { Paging, PagingKind, PagingOptions } from './paging.js';

const functions: Readonly<Record<PagingKind, string>> = {
  page: 'pageNumber', offset: 'offset', cursor: 'cursor', keyset: 'keyset', link: 'linkHeader',
  'next-url': 'nextUrl', relay: 'relay', none: 'singlePage',
}; // prettier-ignore

const placements: Readonly<Record<string, string>> = {
  query: 'inQuery()', form: 'inForm()', headers: 'inHeaders()', path: 'inPath()', variables: 'inVariables()',
}; // prettier-ignore

/** The strategy as one would write it: `cursor({ items: 'events', next: 'meta.next' })`. */
export function toTypeScript({ kind, options, place }: Paging): string {
  const parts = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${valueText(name as keyof PagingOptions, value)}`);
  if (place !== undefined) parts.push(`place: ${placeText(place)}`);
  return `${functions[kind]}(${parts.length === 0 ? '' : `{ ${parts.join(', ')} }`})`;
}

function valueText(name: keyof PagingOptions, value: unknown): string {
  if (name === 'cursorParam' && value === '*') return '(token) => token as Params';
  if (Array.isArray(value)) {
    const texts = value.map((member) => (typeof member === 'number' ? String(member) : quoted(String(member))));
    return name === 'key' && texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
  }
  if (typeof value !== 'string') return String(value);
  return value.startsWith('header:') ? `header(${quoted(value.slice('header:'.length))})` : quoted(value);
}

const placeText = (place: string): string =>
  placements[place] ?? (place === 'body' ? 'inBody()' : `inBody(${quoted(place.slice('body:'.length))})`);

const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'`;

const flagNames: readonly (readonly [keyof PagingOptions, string])[] = [
  ['items', '--items'], ['next', '--next'], ['pageInfo', '--next'], ['key', '--key'], ['rel', '--rel'],
  ['cursorParam', '--cursor-param'], ['pageParam', '--page-param'], ['offsetParam', '--offset-param'],
  ['start', '--start'], ['size', '--size'], ['sizeParam', '--size-param'], ['dropParams', '--drop-params'],
  ['hasMore', '--has-more'], ['total', '--total'], ['totalPages', '--total-pages'],
  ['endStatuses', '--end-statuses'], ['missingItems', '--missing-items'], ['onRepeat', '--on-repeat'],
]; // prettier-ignore

/** The same as flags of the command, ready for a shell: `--paging cursor --items events --next meta.next`. */
export function toFlags({ kind, options, place }: Paging): string {
  const flags = flagNames.flatMap(([name, flag]) => {
    const value = options[name];
    return value === undefined ? [] : [flag, Array.isArray(value) ? value.join(',') : String(value)];
  });
  return ['--paging', kind, ...(place === undefined ? [] : ['--in', place]), ...flags].map(shellQuoted).join(' ');
}

/** An argument as a POSIX shell reads it back. */
export const shellQuoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
