import type { Observable } from 'rxjs';
import type { Page, PageResponse, Strategy, Transport } from 'pagewise';

/** A strategy whose positions are 1 … last, and whose items are the position. */
export const counting = (last: number): Strategy<number, number> => ({
  name: 'counting',
  first: 1,
  place: (request, position) => ({ ...request, body: { page: position } }),
  items: (body) => [(body as { page: number }).page],
  next: ({ position }) => (position < last ? position + 1 : undefined),
});

export const answer = (body: unknown, status = 200, headers: Record<string, string> = {}): PageResponse => ({
  status,
  url: '',
  headers: { get: (name) => headers[name.toLowerCase()] ?? null },
  body,
});

/** Answers synchronously, with the request. */
export const echo: Transport = ({ body }) => [answer(body)];

/** No retries, no throttle. */
export const plain = <T>(source: Observable<T>): Observable<T> => source;

export const itemsOf = <Item>(pages: readonly Page<Item>[]): Item[] => pages.flatMap((page) => page.items);

/** What a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
}

/** What a function throws. */
export function thrown(call: () => unknown): Error & Record<string, unknown> {
  try {
    call();
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error('expected it to throw');
}
