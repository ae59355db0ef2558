import type { Arguments } from './arguments.js';
import type { RequestDraft } from './draft-request.js';
import { UsageError } from './usage-error.js';

/** Where paging is written. */
export type Place = { readonly in: 'query' } | { readonly in: 'body'; readonly path: string };

/** Reads `--in`, which may be left out where only one place comes into question. @throws UsageError */
export function parsePlace(args: Arguments, { method, body }: RequestDraft): Place {
  const given = args.in;
  if (given === undefined) {
    if (body?.object)
      throw new UsageError(
        'with a JSON body, --in must say where paging is written: --in body, --in body:PATH (such as body:pagination), or --in query',
      );
    return { in: 'query' };
  }
  if (given === 'query') return { in: 'query' };
  const [, path] = /^body(?::(.*))?$/s.exec(given) ?? [];
  if (!/^body(:|$)/.test(given)) throw new UsageError(`--in ${given}: give query, body or body:PATH`);
  if (path === '') throw new UsageError(`--in ${given} names no path; give body:pagination, say, or body for its top`);
  if (method === 'GET' || method === 'HEAD')
    throw new UsageError(
      `--in ${given}: a ${method} request has no body; add -X POST, -d or --json, or give --in query`,
    );
  return { in: 'body', path: path ?? '.' };
}
