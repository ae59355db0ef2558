import type { HeaderMap, HeaderSource, PageRequest } from '../request.js';

/** A request as errors and logs may show it: no body, no query values, no secret headers. */
export interface RedactedRequest {
  readonly method: string;
  readonly url: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

const hidden = '…';
// The last ones hold cursors in many APIs.
const secretName =
  /auth|cookie|key|token|secret|password|passwd|credential|session|signature|cursor|next|after|before|continu|scroll|marker/i;

/** Whether a header, parameter or field of this name may hold a secret. */
export const isSecretName = (name: string): boolean => secretName.test(name);

/** @param template what the request was made from: what placements have written into its path and headers is hidden */
export const redactRequest = (request: PageRequest, template = request): RedactedRequest => ({
  method: (request.method ?? 'GET').toUpperCase(),
  url: request.url === undefined ? undefined : redactUrl(withNamedPath(request.url, template.url ?? '')),
  ...(typeof request.headers === 'object' ? { headers: redactHeaders(request.headers, template.headers) } : {}),
});

export const redactHeaders = (headers: HeaderMap, given: HeaderSource = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const placed = typeof given !== 'object' || given[name] !== value;
      return [name, placed || isSecretName(name) ? '[redacted]' : value];
    }),
  );

/** Where the template's path names parameters, as `/items{/cursor}` does, it is shown instead of their values. */
function withNamedPath(url: string, template: string): string {
  const [path = ''] = template.split(/[?#]/, 1);
  return /\{|%7B/i.test(path) ? path + url.replace(/^[^?#]*/, '') : url;
}

/** A URL without userinfo, query values and fragment. Works on text, so that a broken URL is redacted too. */
export function redactUrl(url: string): string {
  const [beforeFragment = ''] = url.split('#', 1);
  const [path = '', ...query] = beforeFragment.split('?');
  const shown = path.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/\\]*@/i, '$1');
  if (query.length === 0) return shown;
  const names = query.join('?').split('&').map(redactParam);
  return `${shown}?${names.join('&')}`;
}

/** A text with nothing but the origins of the URLs in it: clients put them into their messages, keys and cursors and all. */
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
    .replace(/\b((?:set-)?cookie|(?:proxy-)?authorization)\s*[:=]\s*(?!["'])[^\r\n<>]+/gi, `$1: ${hidden}`)
    .replace(/\b(Bearer|Basic|Key|Token)\s+[\w.~+/=-]+/gi, `$1 ${hidden}`)
    .replace(
      /((["']?)([\w-]{1,64})\2\s*[:=]\s*)("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s,;&}"'<>]+)/g,
      (whole, head: string, _quote, name: string) => (isSecretName(name) ? `${head}${hidden}` : whole),
    )
    .replace(/[\w+/=.~-]{40,}/g, hidden);
  return shown.length > 200 || text.length > 400 ? `${shown.slice(0, 199)}…` : shown;
}

/** JSON.parse quotes the text that it can't read; here is such an error without it. Others are given back as they are. */
export function withoutExcerpt(error: unknown): unknown {
  const excerpt = /"[^]*"/;
  if (!(error instanceof SyntaxError) || !excerpt.test(error.message)) return error;
  return new SyntaxError(error.message.replace(excerpt, hidden));
}
