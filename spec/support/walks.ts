import type { Observable } from 'rxjs';
import {
  paginate, retryRequests, type EndEvent, type Page, type PageResponse, type PaginateOptions, type ResumeToken, type Strategy, type Transport, type WalkEvent,
} from 'pagewise'; // prettier-ignore

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

/** A whole walk, without retries unless the options have a policy: its pages, its error, and what its events say. */
export async function walked<Item>(
  url: string,
  strategy: Strategy<Item, never>,
  options: PaginateOptions<NoInfer<Item>> = {},
) {
  const events: WalkEvent[] = [];
  const pages: Page<Item>[] = [];
  const policy = retryRequests({ retries: 0 });
  let error: (Error & { resume?: ResumeToken }) | undefined;
  try {
    const walk = paginate({ url }, strategy, { policy, events: { next: (event) => events.push(event) }, ...options });
    for await (const page of walk) pages.push(page);
  } catch (caught) {
    error = caught as Error;
  }
  const gaps = events.flatMap((event) => (event.type === 'gap' ? [event] : []));
  const notices = events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
  return { pages, items: itemsOf(pages), error, gaps, notices, end: events.at(-1) as EndEvent };
}
