import { ConfigError } from '../../errors.js';
import { describe } from '../../values/describe.js';
import { checkName, checkOptions, invalid } from '../../values/options.js';
import type { Part, Parts } from './parts.js';

/** Parts of text that begin with the same characters. */
export interface PrefixOptions {
  /** Wire name of the prefix. It is left out while the prefix is empty. */
  readonly param: string;
  /** The characters that texts consist of, in order: `'a-z0-9 .-'`. For an API that ignores case, only one of both. */
  readonly alphabet: string;
  /** The prefixes that the walk begins with. @default [''] */
  readonly start?: readonly string[] | undefined;
}

/** Prefixes, made longer by one character. A part is the index of its first prefix, and those of its characters. */
export function prefixes(options: PrefixOptions): Parts {
  const of = 'splitRanges: prefixes';
  checkOptions(of, options, ['param', 'alphabet', 'start']);
  const { param, alphabet, start = [''] } = options;
  checkName(of, 'param', param);
  const letters = lettersOf(alphabet);
  if (!Array.isArray(start) || start.length === 0 || !start.every((each: unknown) => typeof each === 'string'))
    throw invalid(of, 'start', start, 'a list of texts');
  const all = start as readonly string[];
  const double = all.find((each, i) => all.some((other, j) => i !== j && other.startsWith(each)));
  if (double !== undefined)
    throw new ConfigError(`holds ${describe(double)}, and a text that begins with it: its rows would come twice`, {
      of,
      options: ['start'],
      value: start,
    });
  const textOf = ([first = 0, ...others]: Part): string =>
    (all[Number(first)] ?? '') + others.map((index) => letters[Number(index)] ?? '').join('');

  return {
    first: all.map((_text, index) => [index]),
    identity: { param, alphabet, start },
    cut: (part) => (part.length > 100 ? undefined : letters.map((_letter, index) => [...part, index])),
    params: (part) => ({ [param]: textOf(part) === '' ? undefined : textOf(part) }),
    words: (part) => `${param} ${JSON.stringify(textOf(part))}`,
    holds: (part, value) =>
      typeof value === 'string' ? value.toLowerCase().startsWith(textOf(part).toLowerCase()) : undefined,
    isPart: (part): part is Part =>
      Array.isArray(part) &&
      part.length > 0 &&
      part.length <= 101 &&
      part.every(
        (index: unknown, at) =>
          Number.isSafeInteger(index) &&
          (index as number) >= 0 &&
          (index as number) < (at === 0 ? all.length : letters.length),
      ),
    parameters: param,
    uncut: 'a hundred characters are not enough; split by another field',
    fewer:
      'rows whose next character is not in `alphabet`, and those that are exactly this prefix, would be lost: add the characters, or split by another field',
    more: 'rows would come twice: an API that ignores case needs an `alphabet` with only one case',
  };
}

/** The characters of `a-z0-9_`. A hyphen at the beginning or the end is itself. */
function lettersOf(alphabet: unknown): readonly string[] {
  const about = { of: 'splitRanges: prefixes', options: ['alphabet'], value: alphabet };
  const given = typeof alphabet === 'string' ? Array.from(alphabet) : [];
  const letters: string[] = [];
  for (let i = 0; i < given.length; i++) {
    const [low = '', dash, high] = given.slice(i, i + 3);
    if (dash !== '-' || high === undefined) letters.push(low);
    else {
      const [first = 0, last = 0] = [low.codePointAt(0), high.codePointAt(0)];
      if (first > last || last - first > 1000)
        throw new ConfigError(`holds ${describe(`${low}-${high}`)}, which is no range of characters`, about);
      for (let code = first; code <= last; code++) letters.push(String.fromCodePoint(code));
      i += 2;
    }
  }
  if (letters.length < 2)
    throw new ConfigError(`must be the characters of the texts, such as 'a-z0-9', not ${describe(alphabet)}`, about);
  const double = letters.find((letter, i) => letters.indexOf(letter) !== i);
  if (double !== undefined) throw new ConfigError(`holds ${describe(double)} twice`, about);
  return letters;
}
