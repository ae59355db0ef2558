import { isSecretName } from '../../values/redact.js';

/**
 * A redacted URL that shows the page numbers, offsets and sizes that the paging wrote into its query: whole numbers of
 * up to nine digits that the request template does not have. Ids and cursors stay hidden.
 */
export function withPlacedNumbers(
  redacted: string | undefined,
  sent: string | URL = '',
  template: string | URL = '',
): string | undefined {
  const [path = '', query] = redacted?.split('?', 2) ?? [];
  if (query === undefined) return redacted;
  const params = queryOf(sent);
  const given = new Set(queryOf(template));
  const shown = query.split('&').map((hidden, at) => {
    const param = params[at] ?? '';
    const [, name = ''] = /^([^=]+)=\d{1,9}$/.exec(param) ?? [];
    const isNumber = name !== '' && hidden === `${name}=…` && !given.has(param);
    return isNumber && !isSecretName(name) && !isId(name) ? param : hidden;
  });
  return `${path}?${shown.join('&')}`;
}

const queryOf = (url: string | URL): readonly string[] =>
  (String(url).split('#', 1)[0] ?? '').split('?').slice(1).join('?').split('&');

const isId = (name: string): boolean => /id\b|id_|since|from|until|last/i.test(name);
