import { ExtractError } from '../errors.js';

/** One link of a Link header (RFC 8288): its target as written, and its parameters by lower-case name. */
export interface Link {
  readonly target: string;
  /** If a parameter is given twice, the first one counts. */
  readonly params: ReadonlyMap<string, string>;
}

const longest = 64 * 1024;
const isSpace = (character: string | undefined) => character === ' ' || character === '\t';

/**
 * The links of a Link header, in order, lazily: errors after the link that is wanted do not matter. Linear in its
 * input.
 *
 *     Link: <https://api.example.com/items?page=2>; rel="next", <…>; rel="last"
 *
 * @throws ExtractError if the header can't be read; such a header never ends a walk
 */
export function* scanLinks(text: string): Generator<Link> {
  if (text.length > longest)
    throw new ExtractError(
      'next',
      'header Link',
      `the header has ${String(text.length)} characters; at most ${String(longest)} are read`,
    );
  let at = 0;
  const skipSpace = () => {
    while (isSpace(text[at])) at++;
  };
  const unreadable = (expected: string): ExtractError =>
    new ExtractError(
      'next',
      'header Link',
      `can't be read at character ${String(at + 1)}, where ${expected} was expected`,
    );
  /** Reads up to one of the characters in `ends`, or to the end of the text. */
  const until = (ends: string): string => {
    const start = at;
    while (at < text.length && !ends.includes(text.charAt(at))) at++;
    return text.slice(start, at).trimEnd();
  };
  const quoted = (): string => {
    let value = '';
    for (at++; text[at] !== '"'; at++) {
      if (text[at] === '\\') at++;
      if (at >= text.length) throw unreadable('a closing quote');
      value += text.charAt(at);
    }
    at++;
    return value;
  };
  const parameters = (): Map<string, string> => {
    const params = new Map<string, string>();
    for (;;) {
      skipSpace();
      if (text[at] !== ';') return params;
      at++;
      skipSpace();
      // If a comma is missing, a < must not become part of a word: the next link would be lost in it.
      const name = until('=;,<').toLowerCase();
      let value = '';
      if (text[at] === '=') {
        at++;
        skipSpace();
        value = text[at] === '"' ? quoted() : until(';,<');
      }
      if (name !== '' && !params.has(name)) params.set(name, value);
    }
  };
  for (;;) {
    while (isSpace(text[at]) || text[at] === ',') at++;
    if (at >= text.length) return;
    if (text[at] !== '<') throw unreadable('<');
    const end = text.indexOf('>', at);
    if (end === -1) throw unreadable('a closing >');
    const target = text.slice(at + 1, end);
    at = end + 1;
    yield { target, params: parameters() };
    if (at < text.length && text[at] !== ',') throw unreadable('a comma');
  }
}

/**
 * The first link with this relation whose context is the answer itself: a link with another `anchor` says nothing about
 * it. `undefined` if there is none.
 */
export function findLink(text: string, rel: string, url: string): Link | undefined {
  for (const link of scanLinks(text)) {
    const rels = link.params
      .get('rel')
      ?.toLowerCase()
      .split(/[ \t]+/);
    if (rels?.includes(rel.toLowerCase()) && isHere(link.params.get('anchor'), url)) return link;
  }
  return undefined;
}

/** The target of that link. */
export const linkTarget = (text: string, rel: string, url: string): string | undefined =>
  findLink(text, rel, url)?.target;

function isHere(anchor: string | undefined, url: string): boolean {
  if (anchor === undefined) return true;
  try {
    return new URL(anchor, url).href === new URL(url).href;
  } catch {
    return anchor === '';
  }
}
