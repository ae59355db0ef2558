interface Param {
  readonly name: string;
  readonly value: string;
}

/**
 * The URL after another one, where the links of an answer show how they count: `next` and `last` differ in one query
 * parameter, a number, as `page=2` and `page=40` do. `undefined` past the last one, and where they show no such thing.
 */
export function guessLink(from: string, next: string, last: string): string | undefined {
  const [url, a, b] = [split(from), split(next), split(last)];
  const differ = a.params.flatMap(({ value }, index) => (value === b.params[index]?.value ? [] : [index]));
  const at = differ[0];
  if (at === undefined || differ.length > 1 || !sameNames(a.params, b.params) || !sameNames(a.params, url.params))
    return undefined;
  const number = count(url.params[at]);
  const end = count(b.params[at]);
  if (number === undefined || count(a.params[at]) === undefined || end === undefined || number >= end) return undefined;
  const params = url.params.map(({ name, value }, index) => `${name}${index === at ? `=${number + 1}` : value}`);
  return `${url.path}?${params.join('&')}`;
}

/** As text, so that every byte but the number stays; a value keeps its `=`. */
function split(url: string): { readonly path: string; readonly params: readonly Param[] } {
  const at = url.indexOf('?');
  if (at === -1) return { path: url, params: [] };
  const params = url
    .slice(at + 1)
    .split('&')
    .map((param) => {
      const equals = param.indexOf('=');
      return equals === -1 ? { name: param, value: '' } : { name: param.slice(0, equals), value: param.slice(equals) };
    });
  return { path: url.slice(0, at), params };
}

const sameNames = (a: readonly Param[], b: readonly Param[]): boolean =>
  a.length === b.length && a.every(({ name }, index) => name === b[index]?.name);

const count = (param: Param | undefined): number | undefined =>
  param !== undefined && /^=\d{1,15}$/.test(param.value) ? Number(param.value.slice(1)) : undefined;
