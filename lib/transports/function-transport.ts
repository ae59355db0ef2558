import { from, type ObservableInput } from 'rxjs';
import type { Attempt, PageRequest, PageResponse, Transport } from '../request.js';
import { Task } from '../task.js';

/**
 * Carries requests by any function that gives the body of an answer: an SDK's method, a database query, a cache.
 *
 *     const transport = functionTransport(({ body }, { signal }) => client.listInputs(body, { signal }));
 *     paginate({ body: { appId } }, pageNumber<Input>({ items: 'inputs', place: inBody() }), { transport })
 *
 * The request holds the parameters where the placement wrote them. What the function throws is retried if it carries a
 * network code or an HTTP status that is worth another attempt; otherwise it is the error's `cause`. For answers with a
 * status and headers of their own, write a transport: a function that gives a PageResponse.
 */
export const functionTransport =
  (call: (request: PageRequest, attempt: Attempt) => ObservableInput<unknown>): Transport =>
  (request, attempt) =>
    new Task<PageResponse>((observer) => {
      let given: ObservableInput<unknown>;
      try {
        given = call(request, attempt);
      } catch (error) {
        observer.error(error);
        return undefined;
      }
      const next = (body: unknown) => observer.next(answer(request, body));
      const error = (thrown: unknown) => observer.error(thrown);
      // A promise needs no Observable.
      if (given instanceof Promise) {
        given.then(next, error);
        return undefined;
      }
      return from(given).subscribe({ next, error, complete: () => observer.complete() });
    }, undefined);

const noHeaders = { get: () => null };

const answer = ({ url = '' }: PageRequest, body: unknown): PageResponse => ({
  status: 200,
  url,
  headers: noHeaders,
  body,
});
