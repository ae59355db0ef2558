import { from, type ObservableInput } from 'rxjs';
import type { Attempt, PageRequest, PageResponse, Transport } from '../request.js';
import { Task } from '../task.js';

/**
 * Carries requests with any function that returns the body of an answer: an SDK's method, a database query, a cache.
 *
 *     const transport = functionTransport(({ body }, { signal }) => client.listInputs(body, { signal }));
 *     paginate({ body: { appId } }, pageNumber<Input>({ items: 'inputs', place: inBody() }), { transport })
 *
 * The request holds the parameters where the placement wrote them. An error that the function throws is the `cause` of
 * the page's error. It is retried if it has a retryable network code or HTTP status. If answers have a status and
 * headers of their own, write a transport: a function that returns a PageResponse.
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
