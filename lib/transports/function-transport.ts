import { from, type ObservableInput } from 'rxjs';
import { ConfigError, TransportError } from '../errors.js';
import type { Attempt, PageRequest, PageResponse, Transport } from '../request.js';
import { Task } from '../task.js';
import { describe } from '../values/describe.js';
import { peek } from '../values/peek.js';

/**
 * Carries requests with any function that returns the body of an answer: an SDK's method, a database query, a cache.
 *
 *     const transport = functionTransport(({ body }, { signal }) => client.listInputs(body, { signal }));
 *     paginate({ body: { appId } }, pageNumber<Input>({ items: 'inputs', place: inBody() }), { transport })
 *
 * The body may come in a promise, an Observable or an iterable (of which it is the first value), or as it is, if it is
 * an object or a text. The request holds the parameters where the placement wrote them. An error that the function
 * throws is the `cause` of the page's error. It is retried if it has a retryable network code or HTTP status. If
 * answers have a status and headers of their own, write a transport: a function that returns a PageResponse.
 * @throws ConfigError if it is not a function
 */
export function functionTransport(
  call: (request: PageRequest, attempt: Attempt) => ObservableInput<unknown> | object | string,
): Transport {
  if (typeof call !== 'function')
    throw new ConfigError(
      `functionTransport: give it a function that returns the body of an answer, not ${describe(call)}; as a transport, write functionTransport(…), not functionTransport`,
    );
  return (request, attempt) =>
    new Task<PageResponse>((observer) => {
      let answered = false;
      const error = (thrown: unknown) => observer.error(thrown);
      const next = (body: unknown) => {
        answered = true;
        const problem = problemOf(body);
        if (problem === undefined) observer.next(answer(request, body));
        else error(odd(problem));
      };
      const complete = () => {
        if (answered) observer.complete();
        else error(odd('nothing'));
      };
      let given: unknown;
      try {
        given = call(request, attempt);
        if (Array.isArray(given) && given.length > 1)
          throw odd(`${describe(given)}, of which only the first would be a body: wrap it, as in [list]`);
      } catch (thrown) {
        error(thrown);
        return undefined;
      }
      // A promise needs no Observable.
      if (given instanceof Promise) given.then(next, error);
      else if (isInput(given)) return from(given).subscribe({ next, error, complete });
      else {
        next(given);
        complete();
      }
      return undefined;
    }, undefined);
}

/** Not retried: the function has to be fixed. */
const odd = (problem: string) => new TransportError(new TypeError(`the function of functionTransport gave ${problem}`));

/** Why a value is not the body of an answer, if it is none. */
function problemOf(body: unknown): string | undefined {
  if (body === undefined) return 'undefined; return the body of an answer';
  if (typeof body === 'function') return 'a function; call it, and return what it gives';
  const isResponse =
    typeof peek(body, 'status') === 'number' && typeof peek(peek(body, 'headers'), 'get') === 'function';
  return isResponse
    ? `a whole response, ${describe(body)}; return its body (of a Response: await response.json()), or use fetchTransport({ fetch })`
    : undefined;
}

/** Whether a value holds bodies, rather than being one. A text is one, though it is iterable. */
const isInput = (given: unknown): given is ObservableInput<unknown> =>
  typeof given === 'object' &&
  given !== null &&
  ('then' in given ||
    'subscribe' in given ||
    Symbol.asyncIterator in given ||
    Array.isArray(given) ||
    (Symbol.iterator in given && 'next' in given) ||
    'getReader' in given ||
    (Symbol.observable ?? '@@observable') in given);

// `get` is not its own: functions can't be cloned.
const noHeaders = /* @__PURE__ */ Object.create({ get: () => null }) as PageResponse['headers'];

const answer = ({ url = '' }: PageRequest, body: unknown): PageResponse => ({
  status: 200,
  url,
  headers: noHeaders,
  body,
});
