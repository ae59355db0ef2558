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
  return Object.fromEntries(headers.values());
}

function* defaults({ user, json = [] }: Arguments, body: 'form' | 'json' | undefined): Generator<[string, string]> {
  yield ['User-Agent', `pagewise/${version}`];
  if (user !== undefined) yield ['Authorization', basic(user)];
  if (body !== undefined)
    yield ['Content-Type', body === 'json' ? 'application/json' : 'application/x-www-form-urlencoded'];
  if (json.length > 0) yield ['Accept', 'application/json'];
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
