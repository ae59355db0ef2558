import { redactText } from '../values/redact.js';

/** What the API's own answer says of a failure, in one line, where the message does not say it already. */
export function apiSays(error: unknown): string | undefined {
  const body = (error as { response?: { body?: unknown } | null } | null)?.response?.body;
  const text = messageIn(body);
  if (text === undefined || text.trim() === '') return undefined;
  const shown = redactText(text.replace(/\s+/g, ' ').trim());
  return error instanceof Error && error.message.includes(shown) ? undefined : shown;
}

function messageIn(body: unknown, depth = 0): string | undefined {
  if (typeof body === 'string') return depth > 0 ? body : undefined; // A whole page of HTML explains little.
  if (typeof body !== 'object' || body === null || depth === 3) return undefined;
  if (Array.isArray(body)) return messageIn(body[0], depth + 1);
  const members = body as Record<string, unknown>;
  for (const name of ['message', 'error_description', 'detail', 'description', 'error', 'errors', 'title', 'status']) {
    const found = Object.hasOwn(members, name) ? messageIn(members[name], depth + 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
