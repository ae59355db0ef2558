import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { forkJoin, lastValueFrom, pipe, toArray } from 'rxjs';
import { items, pageNumber, paginate, retryRequests, throttleRequests, type Policy, type Transport } from 'pagewise';
import { numbered, rows, serve } from '../support/server.js';
import { onEachTransport } from '../support/transports.js';
import { answer, counting } from '../support/walks.js';

/** Paces and retries, as each tenant builds it. */
const build = (): Policy =>
  pipe(throttleRequests({ limit: 2, interval: 1000, margin: 0 }), retryRequests({ retries: 2 }));

describe('policies are values', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  /** Concurrent walks, one for each policy; a transport can fail. @returns when each walk's requests were sent, in ms */
  const walk = async (
    policies: readonly Policy[],
    fail?: (tenant: number, request: number) => Transport | undefined,
  ) => {
    const begin = performance.now();
    const sent = policies.map((): number[] => []);
    const walks = policies.map((policy, tenant) => {
      const transport: Transport = (request, attempt) => {
        const own = fail?.(tenant, sent[tenant]!.length);
        sent[tenant]!.push(Math.round(performance.now() - begin));
        return own ? own(request, attempt) : [answer(request.body)];
      };
      return paginate({ body: {} }, counting(4), { transport, policy }).pipe(items(), toArray());
    });
    const done = lastValueFrom(forkJoin(walks));
    await jest.advanceTimersByTimeAsync(200_000);
    for (const all of await done) expect(all).toEqual([1, 2, 3, 4]);
    return sent;
  };

  it('E10 built once, a policy is shared by the pages of a walk, and by several walks', async () => {
    expect(await walk([build()])).toEqual([[0, 0, 1000, 1000]]);
    const one = build();
    expect((await walk([one, one])).flat().sort((a, b) => a - b)).toEqual([0, 0, 1000, 1000, 2000, 2000, 3000, 3000]);
  });

  it('E10 and keeps its state for the second walk: what the first has used up stays used up', async () => {
    const one = build();
    const pages = paginate({ body: {} }, counting(2), { transport: ({ body }) => [answer(body)], policy: one });
    const first = lastValueFrom(pages);
    await jest.advanceTimersByTimeAsync(0);
    await first;
    expect(await walk([one])).toEqual([[1000, 1000, 2000, 2000]]);
  });

  it("S12 one tenant's rate is not another's", async () => {
    const alone = [0, 0, 1000, 1000];
    expect(await walk([build(), build(), build()])).toEqual([alone, alone, alone]);
  });

  it.each([
    ['a 429 with a hint', 429, { 'retry-after': '60' }],
    ['a 503 with a hint', 503, { 'retry-after': '60' }],
    ['a limit that is used up', 429, { 'ratelimit-remaining': '0', 'ratelimit-reset': '60' }],
  ])('S12 %s for one tenant pauses no other', async (_what, status, headers) => {
    const refused = (tenant: number, request: number) =>
      tenant === 0 && request === 0 ? () => [answer({}, status, headers)] : undefined;
    const [limited, other] = await walk([build(), build()], refused);
    expect(limited?.[1]).toBeGreaterThanOrEqual(60_000);
    expect(other).toEqual([0, 0, 1000, 1000]);
    // With one value for both it does pause the other, so the test can detect it.
    const one = build();
    const [, shared] = await walk([one, one], refused);
    expect(shared?.at(-1)).toBeGreaterThanOrEqual(60_000);
  });

  it('S12 one tenant whose server is dead takes no attempts from another', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    const dead = (tenant: number, request: number) =>
      tenant === 0 && request % 3 < 2 ? () => [answer({}, 503)] : undefined;
    const [, other] = await walk([build(), build()], dead);
    expect(other).toEqual([0, 0, 1000, 1000]);
  });
});

onEachTransport('S12 tenants that share a transport and a policy', (make) => {
  const strategy = pageNumber<number>({ items: 'items', size: 10 });

  it("get none of each other's headers, and no cookies at all", async () => {
    const server = await serve((seen, response) => {
      response.setHeader('set-cookie', `session=${seen.headers.authorization ?? ''}; Path=/`);
      numbered(35)(seen, response);
    });
    const transport = make();
    const policy = retryRequests();
    const walks = ['a', 'b', 'c'].map((tenant) =>
      paginate({ url: `${server.url}?tenant=${tenant}`, headers: { authorization: tenant } }, strategy, {
        transport,
        policy,
      }).pipe(items(), toArray()),
    );
    for (const all of await lastValueFrom(forkJoin(walks))) expect(all).toEqual(rows(35));
    expect(server.seen).toHaveLength(15);
    for (const { url, headers } of server.seen) {
      expect(headers.authorization).toBe(url.searchParams.get('tenant'));
      expect(headers.cookie).toBeUndefined();
    }
  });

  it('also if headers are a function', async () => {
    const server = await serve(numbered(35));
    const transport = make();
    const walks = ['a', 'b'].map((tenant) => {
      const headers = () => Promise.resolve({ authorization: tenant });
      return paginate({ url: `${server.url}?tenant=${tenant}`, headers }, strategy, { transport });
    });
    await lastValueFrom(forkJoin(walks));
    for (const { url, headers } of server.seen) expect(headers.authorization).toBe(url.searchParams.get('tenant'));
  });
});
