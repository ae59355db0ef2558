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

/** Whether a parameter or field of this name may hold a secret. */
export const isSecretName = (name: string): boolean => secretName.test(name);

// An allow list, since any other header may be how some API takes its keys.
const harmlessHeader =
  /^(accept(-(charset|encoding|language|ranges))?|cache-control|connection|content-(encoding|language|length|type)|date|dnt|expect|host|pragma|prefer|range|soapaction|te|upgrade-insecure-requests|user-agent|x-amz-target|x-http-method-override|x-requested-with|((x-(github-)?)?api|anthropic|notion|odata|odata-max|stripe|x-ms)-version)$/i;

/** Whether headers of this name are known to hold no secrets, so that their values can be shown. */
export const isHarmlessHeader = (name: string): boolean => harmlessHeader.test(name);

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
      return [name, shown && isHarmlessHeader(name) ? value : '[redacted]'];
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
  const [beforeFragment = ''] = withoutUser(url).split('#', 1);
  const [path = '', ...query] = beforeFragment.split('?');
  const names = query.join('?').split('&').map(redactParam);
  const redacted = query.length === 0 ? path : `${path}?${names.join('&')}`;
  return redacted.length > longestUrl ? `${redacted.slice(0, longestUrl - 1)}${hidden}` : redacted;
}

/** Without userinfo. In the text of a broken URL (`http//me:pw@host`), a password can be before any `@`. */
function withoutUser(url: string): string {
  const inAuthority = url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/\\?#]*@/i, '$1');
  if (!inAuthority.includes('@') || isWhole(inAuthority)) return inAuthority;
  const scheme = /^(\w{0,9}:?[\\/]+)?/.exec(inAuthority)?.[0] ?? '';
  const at = inAuthority.lastIndexOf('@');
  const user = inAuthority.slice(scheme.length, at);
  return /:|^[^\\/?#]*$/.test(user) ? scheme + inAuthority.slice(at + 1) : inAuthority;
}

/** Whether a text is an absolute URL, or a path. */
function isWhole(url: string): boolean {
  try {
    return new URL(url).host !== '' && /^[a-z]+:\/\//i.test(url);
  } catch {
    return /^\/(?![\\/])/.test(url);
  }
}

/**
 * A text with its URLs cut to their origins, and without the queries of relative ones: clients put whole URLs, with
 * keys and cursors, into their messages.
 */
export const redactUrls = (text: string): string =>
  text
    .replace(/\b(https?:\/\/)(?:[^\s"'<>/?#@]*@)?([^\s"'<>/?#]*)[^\s"'<>]*/gi, '$1$2')
    .replace(/(?<![\w:@])[^\s"'<>/:@]{0,99}:[^\s"'<>/@]{1,99}@(?=[\w[])/g, '')
    .replace(/\?[\w%&=](?:[^\s"'<>]*[^\s"'<>:,.;)])?/g, `?${hidden}`);

function redactParam(param: string): string {
  const [, name = '', value = ''] = /^([\w.$%[\]-]{1,64})=(.*)$/s.exec(param) ?? [];
  // Without a value, this may be a token, or base64 with its padding.
  return name === '' || (/^=?$/.test(value) && /[\dA-Z]|.{25}/.test(name)) ? hidden : `${name}=${hidden}`;
}

/** At most 200 characters of a text, with the values of secret-looking fields and long opaque words hidden. */
export function redactText(text: string): string {
  // Cut first, with room for what redaction removes: the text may be megabytes.
  const shown = cutText(text, 400)
    .replace(/(\w:\/\/)[^\s/?#@]*@/g, '$1')
    .replace(/\b((?:set-)?cookie|(?:proxy-)?authorization)\s*[:=]\s*(?!["'])[^\r\n<>]+/gi, `$1: ${hidden}`)
    // "Token expired" says what to do; no other word is known to be no token.
    .replace(
      /\b(Bearer|Basic|Key|Token)\s+(?!(?:is|has|not|expired|missing|invalid|required)\.?(?![\w.~+/=-]))[\w.~+/=-]+/gi,
      `$1 ${hidden}`,
    )
    .replace(
      /((["']?)([\w-]{1,64})\2\s*[:=]\s*)("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s,;&}"'<>]+)/g,
      (whole, head: string, _quote, name: string) => (isSecretName(name) ? `${head}${hidden}` : whole),
    )
    .replace(/[\w+/=.~-]{40,}/g, hidden);
  return shown.length > 200 || text.length > 400 ? `${cutText(shown, 199)}…` : shown;
}

/** The start of a text, without a word that the cut splits: half of a secret would not be recognized. */
export const cutText = (text: string, most: number): string => {
  const start = text.slice(0, most);
  return /[\w.~+/=%-]/.test(text.charAt(most)) ? start.replace(/[\w.~+/=%-]+$/, '') : start;
};

/** JSON.parse quotes the text that it can't read: this removes it. Other errors are returned unchanged. */
export function withoutExcerpt(error: unknown): unknown {
  const excerpt = /"[^]*"/;
  const message = isA(error, SyntaxError) ? peek(error, 'message') : undefined;
  if (typeof message !== 'string' || !excerpt.test(message)) return error;
  return new SyntaxError(message.replace(excerpt, hidden));
}
