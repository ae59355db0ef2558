import type { HeaderMap, HeaderSource, PageRequest } from '../request.js';
import { isA, peek } from './peek.js';

/** A request as errors and logs may show it: no body, no query values, no secret headers. */
export interface RedactedRequest {
  readonly method: string;
  readonly url: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

const hidden = '…';
// From `cursor` on, these are names of cursors in many APIs.
const secretName =
  /auth|cookie|key|token|secret|password|passwd|credential|session|signature|cursor|next|after|before|continu|scroll|marker/i;

/** Whether a header, parameter or field of this name may hold a secret. */
export const isSecretName = (name: string): boolean => secretName.test(name);

/**
 * Redacts what a strategy's `place` returned, even if it is not a request. Never throws.
 * @param template the request template: what placements added to its path and headers is hidden
 */
export function redactRequest(request: PageRequest, template = request): RedactedRequest {
  try {
    const { method, headers } = request;
    const url = request.url as string | URL | undefined;
    return {
      method: (method ?? 'GET').slice(0, 100).toUpperCase(),
      url: url === undefined ? undefined : redactUrl(withNamedPath(String(url), template.url ?? '')),
      ...(typeof headers === 'object' ? { headers: redactHeaders(headers, template.headers) } : {}),
    };
  } catch {
    return { method: 'unreadable', url: undefined };
  }
}

export const redactHeaders = (headers: HeaderMap, given: HeaderSource = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]: [string, unknown]) => {
      const shown = typeof value === 'string' && typeof given === 'object' && given[name] === value;
      return [name, shown && !isSecretName(name) ? value : '[redacted]'];
    }),
  );

/** If the template's path names parameters (`/items{/cursor}`), shows that path instead of their values. */
function withNamedPath(url: string, template: string): string {
  const [path = ''] = template.split(/[?#]/, 1);
  return /\{|%7B/i.test(path) ? path + url.replace(/^[^?#]*/, '') : url;
}

const longestUrl = 1000;

/** A URL without userinfo, query values and fragment, up to 1,000 characters. Works on the text of broken URLs too. */
export function redactUrl(url: string): string {
  const [beforeFragment = ''] = url.split('#', 1);
  const [path = '', ...query] = beforeFragment.split('?');
  const shown = path.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/\\]*@/i, '$1');
  const names = query.join('?').split('&').map(redactParam);
  const redacted = query.length === 0 ? shown : `${shown}?${names.join('&')}`;
  return redacted.length > longestUrl ? `${redacted.slice(0, longestUrl - 1)}${hidden}` : redacted;
}

/** A text with its URLs cut to their origins: clients put whole URLs, with keys and cursors, into their messages. */
export const redactUrls = (text: string): string =>
  text.replace(/\b(https?:\/\/)(?:[^\s"'<>/?#@]*@)?([^\s"'<>/?#]*)[^\s"'<>]*/gi, '$1$2');

function redactParam(param: string): string {
  const at = param.indexOf('=');
  const name = at === -1 ? param : param.slice(0, at);
  if (!/^[\w.$%[\]-]{1,64}$/.test(name)) return hidden;
  return at === -1 ? name : `${name}=${hidden}`;
}

/** At most 200 characters of a text, with the values of secret-looking fields and long opaque words hidden. */
export function redactText(text: string): string {
  // Cut first, with room for what redaction removes: the text may be megabytes.
  const shown = text
    .slice(0, 400)
    .replace(/(\w:\/\/)[^\s/?#@]*@/g, '$1')
    .replace(/\b((?:set-)?cookie|(?:proxy-)?authorization)\s*[:=]\s*(?!["'])[^\r\n<>]+/gi, `$1: ${hidden}`)
    .replace(/\b(Bearer|Basic|Key|Token)\s+[\w.~+/=-]+/gi, `$1 ${hidden}`)
    .replace(
      /((["']?)([\w-]{1,64})\2\s*[:=]\s*)("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s,;&}"'<>]+)/g,
      (whole, head: string, _quote, name: string) => (isSecretName(name) ? `${head}${hidden}` : whole),
    )
    .replace(/[\w+/=.~-]{40,}/g, hidden);
  return shown.length > 200 || text.length > 400 ? `${shown.slice(0, 199)}…` : shown;
}

/** JSON.parse quotes the text that it can't read: this removes it. Other errors are returned unchanged. */
export function withoutExcerpt(error: unknown): unknown {
  const excerpt = /"[^]*"/;
  const message = isA(error, SyntaxError) ? peek(error, 'message') : undefined;
  if (typeof message !== 'string' || !excerpt.test(message)) return error;
  return new SyntaxError(message.replace(excerpt, hidden));
}
