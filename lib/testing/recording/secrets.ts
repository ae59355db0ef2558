import { fingerprint } from '../../values/compare.js';
import { isSecretName } from '../../values/redact.js';

const credential =
  /auth(?!ors?(?![a-z]))|cookie|api[-_.]?key|(access|security|private|client)[-_.]?(key|token)|secret|passw|credential|session|signature|^(key|token|sig|pat)$/i;

/**
 * The kind of secret in a header or parameter of this name. A credential belongs to the tester: it is dropped and not
 * compared. A cursor must be recognised later: a stand-in replaces it.
 */
export function secretKind(name: string): 'credential' | 'cursor' | undefined {
  if (credential.test(name)) return 'credential';
  return isSecretName(name) ? 'cursor' : undefined;
}

/** Replaces a credential. */
export const dropped = 'redacted';

/**
 * A URL as recordings hold it: no userinfo, fragment or credentials; cursors under names like `page_token` are replaced
 * by stand-ins.
 */
export function recordedUrl(url: string): string {
  const [whole = ''] = url.split('#', 1);
  const at = whole.indexOf('?');
  const path = (at === -1 ? whole : whole.slice(0, at)).replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/\\]*@/i, '$1');
  return at === -1
    ? path
    : `${path}?${whole
        .slice(at + 1)
        .split('&')
        .map(recordedParam)
        .join('&')}`;
}

function recordedParam(param: string): string {
  const at = param.indexOf('=');
  if (at === -1) return param;
  const name = param.slice(0, at);
  const kind = secretKind(decoded(name));
  if (kind === undefined) return param;
  return `${name}=${kind === 'credential' ? dropped : standIn(decoded(param.slice(at + 1)))}`;
}

/** Decodes text of a query; text with broken encoding stays as is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

const made = /^redacted(-[0-9a-z]+)?$/;

/**
 * Replaces a secret in a recording. The same text always has the same stand-in, so a cursor can still be recognised; a
 * stand-in stays unchanged. It can't be reversed, but anyone with a guess can test it: keep short passwords out of
 * bodies and URLs.
 *
 *     recordTransport(fetchTransport(), { redact: (body) => ({ ...body, next: standIn(body.next) }) })
 */
export const standIn = (text: string): string => (made.test(text) ? text : `redacted-${fingerprint(text)}`);
