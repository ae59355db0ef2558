import { standIn } from '../stand-in.js';
import { dropped, secretKind } from './secret-kind.js';

/** A URL as recordings hold it: no userinfo, no fragment, no credentials; stand-ins for cursors of a secret's name. */
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

/** Text of a query; what is broken stays as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
