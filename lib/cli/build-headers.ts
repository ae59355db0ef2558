import type { HeaderMap } from '../request.js';
import type { Arguments } from './arguments.js';
import { readArgumentFile } from './read-argument.js';
import { UsageError } from './usage-error.js';
import { version } from './version.js';

/**
 * The headers of the flags, and those that curl adds: a `-H` overrules them, and `-H 'Name:'` leaves them out.
 * No message shows a value: it may be a secret.
 * @throws UsageError
 */
export function buildHeaders(args: Arguments, body: 'form' | 'json' | undefined): HeaderMap {
  const given = (args.header ?? []).flatMap(linesOf).map(parseLine);
  const headers = new Map<string, [name: string, value: string]>();
  for (const [name, value] of [...defaults(args, body), ...given.filter(([, value]) => value !== undefined)])
    headers.set(name.toLowerCase(), [name, value ?? '']);
  for (const [name, value] of given) if (value === undefined) headers.delete(name.toLowerCase());
  // The body changes from page to page, and its length with it.
  headers.delete('content-length');
  const encoding = headers.get('accept-encoding');
  if (encoding) {
    const known = encoding[1].split(',').filter((part) => /^\s*(gzip|deflate|br|identity)\s*(;|$)/i.test(part));
    if (known.length === 0) headers.delete('accept-encoding');
    else headers.set('accept-encoding', [encoding[0], known.join(',').trim()]); // zstd, as browsers write, can't be read.
  }
  return Object.fromEntries(headers.values());
}

function* defaults(args: Arguments, body: 'form' | 'json' | undefined): Generator<[string, string]> {
  const { user, json = [], cookie = [], referer, userAgent = `pagewise/${version}` } = args;
  yield ['User-Agent', userAgent];
  if (referer !== undefined) yield ['Referer', referer.replace(/;auto$/, '')];
  if (cookie.length > 0) yield ['Cookie', cookie.map(checkedCookie).join('; ')];
  if (user !== undefined) yield ['Authorization', basic(user)];
  if (body !== undefined)
    yield ['Content-Type', body === 'json' ? 'application/json' : 'application/x-www-form-urlencoded'];
  if (json.length > 0) yield ['Accept', 'application/json'];
}

function checkedCookie(text: string): string {
  if (!text.includes('=')) throw new UsageError("-b needs cookies like 'a=1; b=2'; a file of them can't be read here");
  return text;
}

function basic(user: string): string {
  if (!user.includes(':')) throw new UsageError('-u needs USER:PASSWORD; it is not asked for. An empty one is USER:');
  return `Basic ${Buffer.from(user, 'utf8').toString('base64')}`;
}

const linesOf = (line: string): string[] =>
  line.startsWith('@')
    ? readArgumentFile('-H', line)
        .split(/\r?\n/)
        .filter((each) => each.trim() !== '')
    : [line];

/** A value of `undefined` removes the header. */
function parseLine(line: string): [name: string, value: string | undefined] {
  const [, name, separator, rest = ''] = /^([\w!#$%&'*+.^`|~-]+)(:|;\s*$)(.*)$/s.exec(line) ?? [];
  if (name === undefined)
    throw new UsageError(
      "-H needs 'Name: value' ('Name;' for an empty value, 'Name:' for none), in quotes; one of them is something else",
    );
  const value = rest.trim();
  if (separator !== ':') return [name, ''];
  const wrong = /[^\t\x20-\x7e\x80-\xff]/u.exec(value)?.[0]?.codePointAt(0);
  if (wrong !== undefined)
    throw new UsageError(
      `-H ${name}: its value holds the character U+${wrong.toString(16).toUpperCase().padStart(4, '0')}, which no header can carry; take it out`,
    );
  return [name, value === '' ? undefined : value];
}
