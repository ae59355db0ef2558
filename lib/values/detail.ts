import type { PageRequest } from '../request.js';
import { peek } from './peek.js';
import { redactText, redactUrls } from './redact.js';

/**
 * What the API says about a failure: the message in the answer's body, on one line of up to 200 characters, without the
 * values that this request has sent in headers, the query or as a cursor. Takes any error and never throws.
 * @returns `undefined` if the body holds no message
 */
export function detailOf(error: unknown, request: PageRequest, position?: unknown): string | undefined {
  try {
    const response = peek(error, 'response') ?? peek(peek(error, 'cause'), 'response');
    const text = messageIn(peek(response, 'body'));
    if (text === undefined || text.trim() === '') return undefined;
    // Cut first: the text may be megabytes.
    const line = text.slice(0, 4000).replace(/[\s\p{Cc}]+/gu, ' ').trim(); // prettier-ignore
    return redactText(redactUrls(without(sentValues(request, position), line)));
  } catch {
    return undefined;
  }
}

/** Members of a body that may hold its message, the clearest first. */
const names = ['message', 'error_description', 'detail', 'description', 'error', 'errors', 'title', 'status'];

function messageIn(body: unknown, depth = 0): string | undefined {
  if (typeof body === 'string') return depth > 0 ? body : undefined; // A whole HTML page explains little.
  if (typeof body !== 'object' || body === null || depth === 4) return undefined;
  if (Array.isArray(body)) return messageIn(body[0], depth + 1);
  for (const name of names) {
    const found = Object.hasOwn(body, name) ? messageIn(peek(body, name), depth + 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Headers whose values are no secrets, and words that messages use. */
const harmless = /^(accept|content-type|user-agent|prefer)/i;

/** The values that a request has sent, and what is in them: `abc` of `Bearer abc`. */
function sentValues({ url = '', headers }: PageRequest, position: unknown): readonly string[] {
  const found: string[] = [];
  const add = (text: string) => found.push(text, encodeURIComponent(text));
  for (const [name, value] of Object.entries(typeof headers === 'object' ? headers : {}))
    if (!harmless.test(name)) for (const part of [value, ...value.split(/[\s;,]+/)]) add(part.replace(/^[\w-]+=/, ''));
  for (const value of new URLSearchParams(url.replace(/^[^?]*\??|#.*/gs, '')).values()) add(value);
  JSON.stringify(position, (_name, value: unknown) => {
    if (typeof value === 'string' && value !== url) add(value);
    return value;
  });
  return found;
}

/** A text without these values. A short one may be a part of a word: only whole words are replaced then. */
const without = (values: readonly string[], text: string): string =>
  [...values]
    .sort((a, b) => b.length - a.length)
    .reduce((shown, value) => {
      if (value.length < 4) return shown;
      if (value.length >= 8) return shown.replaceAll(value, '…');
      const isWord = (letter: string | undefined) => letter !== undefined && /\w/.test(letter);
      return shown.split(value).reduce((before, after) => `${before}${isWord(before.at(-1)) || isWord(after[0]) ? value : '…'}${after}`);
    }, text); // prettier-ignore
