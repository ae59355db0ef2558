import { peek } from './peek.js';
import { redactText, redactUrls } from './redact.js';
import { hideSent, type Sent } from './sent.js';

/**
 * What the API says about a failure: the message in the answer's body, on one line of up to 200 characters, without the
 * values that this request has sent in headers, the query or as a cursor. Takes any error and never throws.
 * @returns `undefined` if the body holds no message
 */
export function detailOf(error: unknown, sent: Sent): string | undefined {
  try {
    const response = peek(error, 'response') ?? peek(peek(error, 'cause'), 'response');
    const text = messageIn(peek(response, 'body'));
    if (text === undefined || text.trim() === '') return undefined;
    // Cut first: the text may be megabytes.
    const line = text.slice(0, 4000).replace(/[\s\p{Cc}]+/gu, ' ').trim(); // prettier-ignore
    return redactText(redactUrls(hideSent(line, sent, true)));
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
