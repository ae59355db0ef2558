import type { PageRequest } from '../request.js';
import { isHarmlessHeader, isSecretName } from './redact.js';

/** What a request has sent, so that it can be hidden where a server or a client repeats it. */
export interface Sent {
  /** Headers, cursors, and parameters with the name of a secret: hidden also in part. */
  readonly secrets: ReadonlySet<string>;
  /** Other values of the query: hidden as a whole. */
  readonly others: ReadonlySet<string>;
}

/**
 * The values that a request has sent, and what is in them: `abc` of `Bearer abc`. Takes any request, and never throws.
 */
export function sentBy(request: PageRequest, position?: unknown): Sent {
  const secrets = new Set<string>();
  const others = new Set<string>();
  const addParams = (query: string, to = others) => {
    for (const param of query.replace(/^[^?]*\??|#.*/gs, '').split('&')) {
      const [, name = '', value = param] = /^([^=]*)=(.*)$/s.exec(param) ?? [];
      const set = name === '' || isSecretName(name) ? secrets : to;
      set.add(value).add(decoded(value));
    }
  };
  try {
    const { url = '', headers, body } = request;
    for (const [name, value] of Object.entries(typeof headers === 'object' ? headers : {}))
      if (!isHarmlessHeader(name)) for (const part of partsOf(value)) secrets.add(part);
    addParams(url);
    // Members of a body only if their name is that of a secret; those of a position all.
    const add = (all: boolean) => (name: string, value: unknown) => {
      if (!all && !isSecretName(name)) return value;
      if (typeof value === 'number' && value >= 1e7) secrets.add(String(value));
      if (typeof value !== 'string') return value;
      if (/^\w*:?\/\/|^\/.*\?/.test(value)) addParams(value, secrets);
      else if (value !== url) secrets.add(value);
      return value;
    };
    if (typeof body === 'object') JSON.stringify(body, add(false));
    JSON.stringify(position, add(true));
  } catch {
    // What could be read is hidden.
  }
  // The text of no value, sent by mistake, is no secret; shorter ones are never hidden.
  for (const set of [secrets, others]) set.delete('undefined');
  return { secrets, others };
}

/** A header's value, the words in it, and the user and password of `Basic …`. */
function partsOf(value: string): readonly string[] {
  const words = value.split(/[\s;,]+/).map((word) => word.replace(/^[\w-]+=(?=.)/, '').replace(/^"(.*)"$/, '$1'));
  const [, encoded] = /^Basic\s+(\S+)$/i.exec(value) ?? [];
  const user = encoded === undefined ? '' : unpacked(encoded);
  return [value, ...words, user, ...user.split(/:(.*)/s)];
}

const unpacked = (base64: string): string => {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0)));
  } catch {
    return '';
  }
};

const decoded = (value: string): string => {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return value;
  }
};

/** How servers write a value: as it is, percent-encoded, within JSON, in base64. */
const forms: readonly ((value: string) => string)[] = [
  (value) => value,
  encodeURIComponent,
  encodeURI,
  (value) => JSON.stringify(value).slice(1, -1),
  (value) => btoa(String.fromCharCode(...new TextEncoder().encode(value))).replace(/=+$/, ''),
];

export const formsOf = (value: string): ReadonlySet<string> =>
  new Set(
    forms.flatMap((form) => {
      try {
        return [form(value)];
      } catch {
        return []; // Half a surrogate pair.
      }
    }),
  );

/** Shorter values may be parts of words. */
const long = 8;
/** No header or cursor is longer that a server takes. */
const longest = 20_000;

/** What to look for in a text: whole values, and parts of 8 characters. */
interface Wanted {
  readonly wholes: readonly string[];
  readonly parts: ReadonlySet<string>;
}

// A server may fail ten thousand times, and each error has several texts.
const wanted = /* @__PURE__ */ new WeakMap<ReadonlySet<string>, Wanted>();

function wantedOf(values: ReadonlySet<string>, inParts: boolean): Wanted {
  const known = wanted.get(values);
  if (known) return known;
  const wholes: string[] = [];
  const parts = new Set<string>();
  for (const value of values) {
    if (value.length < 4) continue;
    for (const form of formsOf(value.slice(0, longest))) {
      const found = form.toLowerCase();
      if (!inParts || found.length < long || /\s/.test(found)) wholes.push(found);
      else for (let at = 0; at <= found.length - long; at++) parts.add(found.slice(at, at + long));
    }
  }
  const all = { wholes, parts };
  wanted.set(values, all);
  return all;
}

/**
 * A text without what was sent, in any case and form. Of secrets, parts of 8 characters and more are hidden too:
 * servers mask secrets, and texts are cut.
 * @param short whether values of 4 to 7 characters are hidden, if they are words of their own. Not in a text of this
 * library, whose words they may be
 */
export function hideSent(text: string, { secrets, others }: Sent, short: boolean): string {
  const lower = text.toLowerCase();
  const searched = lower.length === text.length ? lower : text; // Some letters get longer.
  const marks = new Uint8Array(text.length);
  const isWord = (at: number) => /\w/.test(searched.charAt(at));
  const mark = (found: string) => {
    for (let at = searched.indexOf(found); at !== -1; at = searched.indexOf(found, at + 1))
      if (found.length >= long || !(isWord(at - 1) || isWord(at + found.length))) marks.fill(1, at, at + found.length);
  };
  const { wholes, parts } = wantedOf(secrets, true);
  for (const found of [...wholes, ...wantedOf(others, false).wholes]) if (short || found.length >= long) mark(found);
  if (parts.size > 0)
    for (let at = 0; at <= searched.length - long; at++)
      if (parts.has(searched.slice(at, at + long))) marks.fill(1, at, at + long);
  const shown = shownParts(text, marks);
  if (!shown.includes('%')) return shown;
  // Servers may also encode what needs no encoding.
  return shown
    .split(/(\s+)/)
    .map((word) => {
      const plain = /%[\da-f]{2}/i.test(word) ? decoded(word).replaceAll('%', ' ') : word;
      const safe = plain === word ? word : hideSent(plain, { secrets, others }, short);
      return safe === plain ? word : safe;
    })
    .join('');
}

/** A text with `…` for each run of marked characters. */
function shownParts(text: string, marks: Uint8Array): string {
  let shown = '';
  for (let from = 0; from < text.length;) {
    const start = marks.indexOf(1, from);
    if (start === -1) return shown + text.slice(from);
    const end = marks.indexOf(0, start);
    shown += `${text.slice(from, start)}…`;
    if (end === -1) return shown;
    from = end;
  }
  return shown;
}
