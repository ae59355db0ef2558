import type { PageRequest } from '../request.js';
import type { Arguments } from './arguments.js';
import { buildHeaders } from './build-headers.js';
import { checkUrl } from './check-url.js';
import { isInexact, readBody, type Body } from './read-body.js';
import { UsageError } from './usage-error.js';

/** The request as curl would make it, before it is decided where paging is written. */
export interface RequestDraft {
  readonly method: string;
  readonly url: string;
  readonly body: Body | undefined;
}

/** @throws UsageError */
export function draftRequest(args: Arguments): RequestDraft {
  const url = checkUrl(args.url);
  const body = readBody(args);
  const sent = args.get ? undefined : body;
  const method = (args.request ?? (sent ? 'POST' : 'GET')).toUpperCase();
  if (sent && (method === 'GET' || method === 'HEAD'))
    throw new UsageError(`-X ${method} can't have a body; add --get to send -d in the query, or leave -X out`);
  return { method, url: args.get && body ? withQuery(url, body.text) : url, body: sent };
}

/** The request template. Its body is an object where paging goes into it, and elsewhere byte for byte what was given. */
export function toRequest(args: Arguments, draft: RequestDraft, use: 'object' | 'form' | 'bytes'): PageRequest {
  const { method, url, body } = draft;
  if (!body) return { method, url, headers: buildHeaders(args, use === 'form' ? 'form' : undefined) };
  if (use === 'form' && body.object)
    throw new UsageError(
      '--in form writes paging into a form, and this body is JSON; give --in body, or a form with -d',
    );
  if (use !== 'object')
    // As bytes: to a string, fetch adds a Content-Type of its own.
    return { method, url, headers: buildHeaders(args, body.kind), body: new TextEncoder().encode(body.text) };
  if (!body.object)
    throw new UsageError(
      `${args.profile === undefined ? `--in ${args.in ?? 'body'}` : `--profile ${args.profile}`} writes paging into the body, and this one is no JSON object; give one with --json or -d`,
    );
  if (isInexact(body.text))
    throw new UsageError(
      'the body holds a whole number with more digits than JavaScript keeps, so with paging beside it another one would be sent; give it as a string, or --in query',
    );
  return { method, url, headers: buildHeaders(args, 'json'), body: body.object };
}

function withQuery(url: string, data: string): string {
  const [, base = '', fragment = ''] = /^([^#]*)(#.*)?$/s.exec(url) ?? [];
  return `${base}${base.includes('?') ? '&' : '?'}${data}${fragment}`;
}
