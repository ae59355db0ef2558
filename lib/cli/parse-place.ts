import type { PagingKind } from '../detect/paging.js';
import type { Arguments } from './arguments.js';
import type { RequestDraft } from './draft-request.js';
import { UsageError } from './usage-error.js';

const places = /^(query|form|headers|path|variables|body(:.*)?)$/s;

/** Reads `--in`; `undefined` where it was not given. @throws UsageError */
export function parsePlace({ in: place }: Arguments, { method }: RequestDraft): string | undefined {
  if (place === undefined) return undefined;
  if (!places.test(place))
    throw new UsageError(`--in ${place}: give query, body, body:PATH, form, headers, path or variables`);
  if (place === 'body:')
    throw new UsageError(`--in ${place} names no path; give body:pagination, say, or body for its top`);
  if (/^(body|form|variables)/.test(place) && (method === 'GET' || method === 'HEAD'))
    throw new UsageError(
      `--in ${place}: a ${method} request has no body; add -X POST, -d or --json, or give --in query`,
    );
  return place;
}

/** Where a kind writes its parameters, which may be left out where only one place comes into question. @throws UsageError */
export function placeFor(kind: PagingKind, args: Arguments, draft: RequestDraft): string | undefined {
  const place = parsePlace(args, draft);
  if (place !== undefined) return place;
  if (kind === 'relay') return 'variables';
  const writes = kind !== 'none' && (args.size !== undefined || (kind !== 'link' && kind !== 'next-url'));
  if (writes && draft.body?.object)
    throw new UsageError(
      'with a JSON body, --in must say where paging is written: --in body, --in body:PATH (such as body:pagination), or --in query',
    );
  return undefined;
}

/** What a place makes of the body: an object to write into, a form, or what was given, byte for byte. */
export const bodyUse = (place: string | undefined): 'object' | 'form' | 'bytes' =>
  place === undefined ? 'bytes' : /^(body|variables)/.test(place) ? 'object' : place === 'form' ? 'form' : 'bytes';
