import type { Fault, WalkCase } from './walk-case.js';

/** A request as it is on the wire. */
export interface Wired {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Its text. */
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What goes wrong besides the status. */
  readonly fault?: 'reset' | 'cut' | 'hang' | undefined;
  /** Milliseconds until it is sent. */
  readonly ms?: number;
}

/** One request, as the API understood it. */
export interface Asked {
  readonly run: number;
  /** The items of its page: indexes in the list, the second one not included. */
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  readonly fault: Fault['kind'] | undefined;
  /** Milliseconds, in the time of the case. */
  readonly at: number;
}

export const idOf = (index: number): number => index * 3 + 1;
const sign = (from: number): string => `t${String(from * 7919 + 13)}`;
const unsign = (token: string): number => (Number(token.slice(1)) - 13) / 7919;

/** An API that tells the truth, apart from the faults of its case. It shares no code with the library. */
export class Api {
  readonly asked: Asked[] = [];
  run = 0;
  #counts = new Map<string, number>();

  constructor(
    readonly of: WalkCase,
    /** Without a slash at its end. */
    readonly origin: string,
  ) {}

  /** Answers, and notes what was asked for. @throws if the request is not one that this API documents */
  answer(wired: Wired): Reply {
    const { of } = this;
    const url = new URL(wired.url, this.origin);
    const { from, limit } = this.#read(url, wired);
    if (!Number.isInteger(from) || from < 0)
      throw new Error(`the API can't read the position of ${wired.url} ${wired.body}`);
    const size = Math.min(limit, of.cap);
    const to = Math.max(from, Math.min(of.items, from + size));
    const fault = this.#fault(from, to, Math.min(limit, of.cap));
    this.asked.push({
      run: this.run,
      from,
      to,
      limit,
      fault: fault?.kind === 'slow' ? undefined : fault?.kind,
      at: performance.now(),
    });
    const json = { 'content-type': 'application/json' };
    const failed = (status: number, headers = {}): Reply => ({ status, headers: { ...json, ...headers }, body: '{"message":"out of order"}' }); // prettier-ignore
    switch (fault?.kind) {
      case '500':
      case '503':
      case '422':
        return failed(Number(fault.kind));
      case '429':
        return failed(429, { 'retry-after-ms': String(this.origin.endsWith('.test') ? fault.n * 10 : 1) });
      case 'heavy':
        return failed(413);
      case 'html':
        return { status: 200, headers: { 'content-type': 'text/html' }, body: '<p>Please wait' };
      case 'reset':
      case 'cut':
      case 'hang':
        return { ...this.#page(from, to, size), fault: fault.kind };
      case 'slow':
        return { ...this.#page(from, to, size), ms: fault.n * 10 };
      case undefined:
        return this.#page(from, to, size);
    }
  }

  #fault(from: number, to: number, limit: number): Fault | undefined {
    return this.of.faults.find((fault, at) => {
      if (this.run >= fault.runs || fault.item < from || fault.item >= to) return false;
      if (fault.kind === 'heavy' && limit <= fault.n) return false;
      const key = `${String(this.run)} ${String(at)} ${String(from)} ${String(to)}`;
      const count = (this.#counts.get(key) ?? 0) + 1;
      this.#counts.set(key, count);
      return count <= fault.times || fault.kind === 'heavy';
    });
  }

  /** Where a request begins, and how many items it wants. */
  #read(url: URL, { headers, body }: Wired): { from: number; limit: number } {
    const { strategy, placement, size, cap } = this.of;
    const params = ((): Readonly<Record<string, string | number | null | undefined>> => {
      const query = Object.fromEntries(url.searchParams);
      switch (placement) {
        case 'query':
          return query;
        case 'body':
          return (JSON.parse(body) as { paging: Record<string, string | number> }).paging;
        case 'form':
          return Object.fromEntries(new URLSearchParams(body));
        case 'headers':
          return headers as Record<string, string>;
        case 'variables':
          return (JSON.parse(body) as { variables: Record<string, string | number | null> }).variables;
        case 'path': {
          const [, , at] = url.pathname.split('/');
          const name = { pageNumber: 'x-page', offset: 'x-offset', cursor: 'x-cursor', keyset: 'x-after' }[strategy as 'offset']; // prettier-ignore
          return { ...query, ...(at === undefined ? {} : { [name]: at }) };
        }
      }
    })();
    const asked = Number(params['x-limit'] ?? params['first'] ?? size);
    const limit = Math.min(asked, cap);
    switch (strategy) {
      case 'pageNumber':
        return { from: (Number(params['x-page']) - 1) * limit, limit: asked };
      case 'offset':
        return { from: Number(params['x-offset']), limit: asked };
      case 'cursor':
        return { from: params['x-cursor'] === undefined ? 0 : unsign(String(params['x-cursor'])), limit: asked };
      case 'keyset':
        return { from: params['x-after'] === undefined ? 0 : (Number(params['x-after']) - 1) / 3 + 1, limit: asked };
      case 'relay':
        return { from: params['after'] == null ? 0 : unsign(String(params['after'])), limit: asked };
      case 'nextUrl':
        return { from: params['at'] === undefined ? 0 : unsign(String(params['at'])), limit: size };
      case 'linkHeader':
        return { from: (Number(params['page'] ?? 1) - 1) * limit, limit: size };
      case 'contentRange': {
        const [, first, last] = /^items=(\d+)-(\d+)$/.exec(String(headers['range'])) ?? [];
        return { from: Number(first), limit: Number(last) - Number(first) + 1 };
      }
    }
  }

  #page(from: number, to: number, size: number): Reply {
    const { strategy, items: total, end } = this.of;
    const items = Array.from({ length: Math.max(0, to - from) }, (_, i) => ({ id: idOf(from + i) }));
    const more = to < total;
    const json = { 'content-type': 'application/json' };
    const reply = (body: unknown, headers = {}, status = 200): Reply => ({ status, headers: { ...json, ...headers }, body: JSON.stringify(body) }); // prettier-ignore
    switch (strategy) {
      case 'pageNumber':
      case 'offset':
      case 'keyset':
        return reply({
          items,
          ...(end === 'total' ? { total } : {}),
          ...(end === 'hasMore' ? { more } : {}),
          ...(end === 'totalPages' ? { pages: Math.ceil(total / size) } : {}),
        });
      case 'cursor':
        return reply({ items, next: more ? sign(to) : null });
      case 'relay':
        return reply({ data: { items: { nodes: items, pageInfo: { hasNextPage: more, endCursor: more ? sign(to) : null } } } }); // prettier-ignore
      case 'nextUrl':
        return reply({ items, next: more ? `${this.origin}/items?at=${sign(to)}` : null });
      case 'linkHeader': {
        const page = Math.floor(from / size) + 1;
        const link = (n: number, rel: string) => `<${this.origin}/items?page=${String(n)}>; rel="${rel}"`;
        const last = Math.ceil(total / size);
        return reply(items, more ? { link: `${link(page + 1, 'next')}, ${link(last, 'last')}` } : {});
      }
      case 'contentRange':
        if (from >= total) return reply({}, { 'content-range': `items */${String(total)}` }, 416);
        return reply(items, { 'content-range': `items ${String(from)}-${String(to - 1)}/${String(total)}` }, 206);
    }
  }
}
