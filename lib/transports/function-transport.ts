import { defer, from, map, type ObservableInput } from 'rxjs';
import type { Attempt, PageRequest, PageResponse, Transport } from '../request.js';

/**
 * Carries requests by any function that gives the body of an answer: an SDK's method, a database query, a cache.
 *
 *     const transport = functionTransport(({ body }, { signal }) => client.listInputs(body, { signal }));
 *     paginate({ body: { appId } }, pageNumber<Input>({ items: 'inputs', place: inBody() }), { transport })
 *
 * The parameters stand where the placement wrote them. What the function throws is retried where it carries a network
 * code or an HTTP status that is worth it, and given as the error's `cause` otherwise. For answers with a status and
 * headers of their own, write a transport: a function that gives a PageResponse.
 */
export const functionTransport =
  (call: (request: PageRequest, attempt: Attempt) => ObservableInput<unknown>): Transport =>
  (request, attempt) =>
    defer(() => from(call(request, attempt))).pipe(map((body): PageResponse => answer(request, body)));

const noHeaders = { get: () => null };

const answer = ({ url = '' }: PageRequest, body: unknown): PageResponse => ({
  status: 200,
  url,
  headers: noHeaders,
  body,
});
