// The API of the playground: what it holds, and what it answers. `answer` knows no time but the one that it is given, so a
// fetch in the page and a server on a port answer alike.
import type { Knobs } from './knobs.js';

export interface Order {
  readonly id: number;
  readonly customer: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const address = 'https://api.example.com/orders';

const customers = ['Ada', 'Grace', 'Edsger', 'Barbara', 'Alan', 'Radia', 'Ken', 'Margaret'];
const order = (id: number): Order => ({ id, customer: customers[id % customers.length] ?? '' });

/** How many rows move after each page, and in all: a list that grew for ever would have no end. */
const moved = 3;
const movedInAll = 30;

export class FakeApi {
  /** Newest first. */
  #rows: Order[];
  readonly #atFirst: readonly number[];
  readonly #poisoned: number | undefined;
  #newest: number;
  #requests = 0;
  #moved = 0;
  #starts: number[] = [];

  constructor(private readonly knobs: Knobs) {
    const { rows, cap, size, poison, poisoned } = knobs;
    this.#rows = Array.from({ length: rows }, (_, i) => order(rows - i));
    this.#atFirst = this.#rows.map(({ id }) => id);
    this.#newest = rows;
    const held = cap > 0 ? Math.min(cap, size) : size;
    this.#poisoned = poison === 'no' ? undefined : this.#rows[(poisoned - 1) * held]?.id;
  }

  /** The ids of rows that it held from the first request until now. */
  get lasting(): readonly number[] {
    const now = new Set(this.#rows.map(({ id }) => id));
    return this.#atFirst.filter((id) => now.has(id));
  }

  /** @param now milliseconds, for the rate limit */
  answer(url: URL, now: number): ApiAnswer {
    const { rate, fail, poison } = this.knobs;
    this.#starts = this.#starts.filter((start) => start > now - 1000);
    if (rate > 0 && this.#starts.length >= rate) return this.#refusal(429, 'too many requests');
    this.#starts.push(now);
    if (fail > 0 && ++this.#requests % fail === 0) return this.#refusal(503, 'overloaded');
    const { rows, body, headers = {} } = this.#page(url);
    if (rows.some(({ id }) => id === this.#poisoned))
      return poison === '500'
        ? { status: 500, headers: {}, body: '{"error":"a row could not be read"}' }
        : { status: 200, headers, body: JSON.stringify(body).slice(0, -9) };
    this.#move();
    return { status: 200, headers, body: JSON.stringify(body) };
  }

  #refusal(status: number, error: string): ApiAnswer {
    const { after } = this.knobs;
    const headers: Record<string, string> = after > 0 ? { 'retry-after': String(after) } : {};
    return { status, headers, body: JSON.stringify({ error }) };
  }

  #page(url: URL): { rows: readonly Order[]; body: unknown; headers?: Record<string, string> } {
    const { paging, cap } = this.knobs;
    const number = (name: string, otherwise: number) => Number(url.searchParams.get(name) ?? otherwise);
    const size = (name: string) => Math.min(number(name, 10), cap > 0 ? cap : Infinity);
    const total = this.#rows.length;
    if (paging === 'page' || paging === 'link') {
      const page = number('page', 1);
      const length = size('per_page');
      const rows = this.#rows.slice((page - 1) * length, page * length);
      if (paging === 'page') return { rows, body: { data: rows, total } };
      const last = Math.max(1, Math.ceil(total / length));
      const link = (to: number, rel: string) => {
        const target = new URL(url);
        target.searchParams.set('page', String(to));
        return `<${target.href}>; rel="${rel}"`;
      };
      return {
        rows,
        body: rows,
        headers: page < last ? { link: `${link(page + 1, 'next')}, ${link(last, 'last')}` } : {},
      };
    }
    if (paging === 'offset') {
      const from = number('offset', 0);
      const rows = this.#rows.slice(from, from + size('limit'));
      return { rows, body: { data: rows, total } };
    }
    // The others continue after a row, by its id.
    const name = paging === 'cursor' ? 'cursor' : 'after';
    const given = url.searchParams.get(name);
    const after = given === null ? Infinity : Number(paging === 'cursor' ? atob(given) : given);
    const rest = this.#rows.filter(({ id }) => id < after);
    const rows = rest.slice(0, size('limit'));
    const last = rows.length < rest.length ? rows.at(-1)?.id : undefined;
    if (paging === 'keyset') return { rows, body: { data: rows, has_more: last !== undefined } };
    if (paging === 'cursor')
      return { rows, body: { data: rows, next_cursor: last === undefined ? null : btoa(String(last)) } };
    const next = new URL(url);
    next.searchParams.set('after', String(last));
    return { rows, body: { data: rows, next: last === undefined ? null : next.href } };
  }

  /** Between two pages, the list changes. */
  #move(): void {
    const { moves } = this.knobs;
    for (let i = 0; moves !== 'no' && i < moved && this.#moved < movedInAll; i++, this.#moved++)
      if (moves === 'insert') this.#rows.unshift(order(++this.#newest));
      else this.#rows.shift();
  }
}

/** A request that a fetch of the API has seen. */
export interface SeenRequest {
  readonly url: string;
  readonly start: number;
  /** When it was answered or aborted. */
  end?: number;
  /** The answer's; none if the request was aborted. */
  status?: number;
}

interface Clock {
  readonly now: number;
  readonly set: (run: () => void, ms: number) => number;
  readonly clear: (id: number) => void;
}

/**
 * The part of `fetch` that clients use, over the API: it answers after the latency, on the clock. What it gives has the
 * members of a Response that are needed, since reading a real one takes time that is on no clock.
 * @param see called when a request is sent, and when it is answered
 */
export function fetchOf(api: FakeApi, latency: number, clock: Clock, see: (seen: SeenRequest) => void) {
  return (url: string, init?: RequestInit): Promise<Response> =>
    new Promise((resolve, reject) => {
      const seen: SeenRequest = { url, start: clock.now };
      see(seen);
      const { status, headers, body } = api.answer(new URL(url), clock.now);
      const timer = clock.set(() => {
        Object.assign(seen, { end: clock.now, status });
        see(seen);
        resolve({
          status,
          ok: status < 300,
          url,
          headers: new Headers({ 'content-type': 'application/json', ...headers }),
          text: () => Promise.resolve(body),
          json: async () => Promise.resolve(JSON.parse(body) as unknown),
        } as Response);
      }, latency);
      init?.signal?.addEventListener('abort', () => {
        if (seen.end !== undefined) return;
        clock.clear(timer);
        seen.end = clock.now;
        reject(init.signal?.reason as Error);
      });
    });
}
