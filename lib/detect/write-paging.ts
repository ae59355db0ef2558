import { kinds, optionNames, pagingOptions, type PagingOptions, tokens } from './kinds.js';
import type { Paging } from './paging.js';

const placements: Readonly<Record<string, string>> = {
  query: 'inQuery()', form: 'inForm()', headers: 'inHeaders()', path: 'inPath()', variables: 'inVariables()',
}; // prettier-ignore

/** The strategy as code: `cursor({ items: 'events', next: 'meta.next' })`. */
export function toTypeScript({ kind, options, place }: Paging): string {
  const { typescript, names = {} } = kinds[kind];
  const parts = (Object.keys(options) as (keyof PagingOptions)[])
    .filter((name) => options[name] !== undefined)
    .map((name) => `${names[name] ?? name}: ${valueText(name, options[name])}`);
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
  if (typeof value !== 'string') return String(value);
  return value.startsWith('header:') ? `header(${quoted(value.slice('header:'.length))})` : quoted(value);
}

const placeText = (place: string): string =>
  placements[place] ?? (place === 'body' ? 'inBody()' : `inBody(${quoted(place.slice('body:'.length))})`);

const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'`;

/** `--size`, for `size`. */
export const flagOf = (name: keyof PagingOptions): string => pagingOptions[name].flag.replace(/ .*/, '');

/** The strategy as flags of the command, ready for a shell: `--paging cursor --items events --next meta.next`. */
export function toFlags({ kind, options, place }: Paging): string {
  const flags = optionNames.flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [flagOf(name), Array.isArray(value) ? value.join(',') : String(value)];
  });
  return ['--paging', kind, ...(place === undefined ? [] : ['--in', place]), ...flags].map(shellQuoted).join(' ');
}

/** An argument as a POSIX shell reads it back. */
export const shellQuoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
