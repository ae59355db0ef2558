import type { HeaderMap, PageRequest } from '../../request.js';
import { describe } from '../../values/describe.js';
import { redactText, redactUrl } from '../../values/redact.js';
import { suggest } from '../terminal/suggest.js';
import { version } from '../version.js';
import { type Arguments, UsageError } from './arguments.js';
import { type Body, inTurn, isInexact, readArgumentFile, readBody } from './read-body.js';

/** The request that curl would send, without paging parameters. */
export interface RequestDraft {
  readonly method: string;
  readonly url: string;
  readonly body: Body | undefined;
  /** The lines of -H, those of its files too. */
  readonly header: readonly string[];
}

/** @throws UsageError */
export async function draftRequest(args: Arguments, signal: AbortSignal): Promise<RequestDraft> {
  const url = checkUrl(args.url);
  const body = await readBody(args, signal);
  const sent = args.get ? undefined : body;
  const method = (args.request ?? (sent ? 'POST' : 'GET')).toUpperCase();
  if (sent && (method === 'GET' || method === 'HEAD'))
    throw new UsageError(`-X ${method} can't have a body; add --get to send -d in the query, or remove -X`);
  const header = (await inTurn(args.header ?? [], (line) => linesOf(line, signal))).flat();
  return { method, url: args.get && body ? withQuery(url, body.text) : url, body: sent, header };
}

/** The request template. Its body is an object if paging is written into it; otherwise the bytes are sent as given. */
export function toRequest(args: Arguments, draft: RequestDraft, use: 'object' | 'form' | 'bytes'): PageRequest {
  const { method, url, body } = draft;
  const headers = (kind: 'form' | 'json' | undefined) => buildHeaders(args, draft.header, kind);
  if (!body) return { method, url, headers: headers(use === 'form' ? 'form' : undefined) };
  if (use === 'form' && body.object)
    throw new UsageError(
      '--in form writes paging into a form, but this body is JSON; use --in body, or give a form with -d',
    );
  if (use !== 'object')
    // Bytes, because fetch adds a Content-Type to a string.
    return { method, url, headers: headers(body.kind), body: new TextEncoder().encode(body.text) };
  if (!body.object)
    throw new UsageError(
      `${args.profile === undefined ? `--in ${args.in ?? 'body'}` : `--profile ${args.profile}`} writes paging into the body, but this body is not a JSON object; give a JSON object with --json or -d`,
    );
  if (isInexact(body.text))
    throw new UsageError(
      'the body holds a whole number with more digits than JavaScript keeps, so writing paging into the body would change the number; quote the number, or use --in query',
    );
  return { method, url, headers: headers('json'), body: body.object };
}

function withQuery(url: string, data: string): string {
  const [, base = '', fragment = ''] = /^([^#]*)(#.*)?$/s.exec(url) ?? [];
  return `${base}${base.includes('?') ? '&' : '?'}${data}${fragment}`;
}

/** The words that begin other command lines. */
const commands = ['run', 'help', 'profiles', 'checkpoints', 'report', 'completion'];

/** The URL as given. @throws UsageError if no request can be sent to it */
function checkUrl(text: string): string {
  // Redacted, since the argument may be a header whose -H was forgotten.
  const shown = `URL ${describe(redactText(redactUrl(text.replace(/[^\s/?#@]*:[^\s/?#@]*@/g, ''))))}`;
  if (!/^https?:\/\//i.test(text))
    throw new UsageError(`${shown} must begin with https:// or http://${suggest(text, commands)}`);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UsageError(`${shown} is not a URL; give one like https://api.example.com/items`);
  }
  if (url.username !== '' || url.password !== '')
    throw new UsageError(`${shown} holds a user name or password; use -u USER:PASSWORD instead`);
  return text;
}

/**
 * The headers from the flags, and those that curl adds. `-H` overrides a header of the same name; `-H 'Name:'` removes
 * it. No message shows a value, which may be a secret.
 * @throws UsageError
 */
function buildHeaders(args: Arguments, lines: readonly string[], body: 'form' | 'json' | undefined): HeaderMap {
  const given = lines.map(parseLine);
  const headers = new Map<string, [name: string, value: string]>();
  for (const [name, value] of [...defaults(args, body), ...given.filter(([, value]) => value !== undefined)])
    headers.set(name.toLowerCase(), [name, value ?? '']);
  for (const [name, value] of given) if (value === undefined) headers.delete(name.toLowerCase());
  // The length of the body changes from page to page.
  headers.delete('content-length');
  const encoding = headers.get('accept-encoding');
  if (encoding) {
    const known = encoding[1].split(',').filter((part) => /^\s*(gzip|deflate|br|identity)\s*(;|$)/i.test(part));
    if (known.length === 0) headers.delete('accept-encoding');
    else headers.set('accept-encoding', [encoding[0], known.join(',').trim()]); // Without zstd, which browsers send.
  }
  return Object.fromEntries(headers.values());
}

function* defaults(args: Arguments, body: 'form' | 'json' | undefined): Generator<[string, string]> {
  const { user, json = [], cookie = [], referer, userAgent = `pagewise/${version}` } = args;
  yield ['User-Agent', userAgent];
  if (referer !== undefined) yield ['Referer', referer.replace(/;auto$/, '')];
  const cookies = cookie.filter((text) => !isCookieFile(text));
  if (cookies.length > 0) yield ['Cookie', cookies.join('; ')];
  if (user !== undefined) yield ['Authorization', basic(user)];
  if (body !== undefined)
    yield ['Content-Type', body === 'json' ? 'application/json' : 'application/x-www-form-urlencoded'];
  if (json.length > 0) yield ['Accept', 'application/json'];
}

/** Whether `-b` names a file, as in curl: cookies have an `=`. */
export const isCookieFile = (text: string): boolean => !text.includes('=');

function basic(user: string): string {
  if (!user.includes(':'))
    throw new UsageError('-u needs USER:PASSWORD; there is no password prompt. For an empty password, give USER:');
  return `Basic ${Buffer.from(user, 'utf8').toString('base64')}`;
}

const linesOf = async (line: string, signal: AbortSignal): Promise<readonly string[]> =>
  line.startsWith('@')
    ? (await readArgumentFile('-H', line, signal)).split(/\r?\n/).filter((each) => each.trim() !== '')
    : [line];

/** A value of `undefined` removes the header. */
function parseLine(line: string): [name: string, value: string | undefined] {
  const [, name, separator, rest = ''] = /^([\w!#$%&'*+.^`|~-]+)(:|;\s*$)(.*)$/s.exec(line) ?? [];
  if (name === undefined)
    throw new UsageError(
      "-H needs 'Name: value', in quotes ('Name;' for an empty value, 'Name:' to remove the header); one of the -H flags has another form",
    );
  const value = rest.trim();
  if (separator !== ':') return [name, ''];
  const wrong = /[^\t\x20-\x7e\x80-\xff]/u.exec(value)?.[0]?.codePointAt(0);
  if (wrong !== undefined)
    throw new UsageError(
      `-H ${name}: the value holds the character U+${wrong.toString(16).toUpperCase().padStart(4, '0')}, which no header can carry; remove the character`,
    );
  return [name, value === '' ? undefined : value];
}
