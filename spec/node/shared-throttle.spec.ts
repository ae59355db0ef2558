import { afterAll, describe, expect, it } from '@jest/globals';
import { createClient } from '@redis/client';
import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { defer, lastValueFrom, NEVER, of, pipe, throwError } from 'rxjs';
import { HttpError, paginate, retryRequests, type Policy, type WalkEvent } from 'pagewise';
import { type RedisClient, sharedThrottle, type SharedThrottleOptions } from 'pagewise/node';
import { answer, counting, echo, rejection, thrown } from '../support/walks.js';

/** A client whose script gives these answers. */
const fake = (run: (...args: unknown[]) => Promise<unknown>): RedisClient => ({ eval: run });
const go = () => Promise.resolve(['go', '1']);

/** A walk of two pages: its events, what it sent, and its error. */
async function walk(policy: Policy) {
  const events: WalkEvent[] = [];
  let sent = 0;
  const pages = paginate({ url: 'https://api.example.com' }, counting(2), {
    policy,
    transport: (request, attempt) => (sent++, echo(request, attempt)),
    events: { next: (event) => events.push(event) },
  });
  const error = await pages
    .forEach(() => undefined)
    .then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    );
  const notices = events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
  return { sent, error, notices, waits: events.filter(({ type }) => type === 'wait') };
}

describe('sharedThrottle', () => {
  it.each<[string, unknown, unknown, string]>([
    ['no client', undefined, { key: 'a', limit: 1 }, 'must be a connected client of ioredis or of redis (node-redis)'],
    ['a URL', 'redis://localhost', { key: 'a', limit: 1 }, 'must be a connected client of ioredis'],
    ['no key', fake(go), { limit: 1 }, 'key must be a non-empty string'],
    ['no limit', fake(go), { key: 'a' }, 'limit must be a whole number of at least 1'],
    ['half a request', fake(go), { key: 'a', limit: 0.5 }, 'limit must be a whole number of at least 1, not 0.5'],
    ['no interval', fake(go), { key: 'a', limit: 1, interval: 0 }, 'interval must be a number of at least 1'],
    ['a misspelt option', fake(go), { key: 'a', limit: 1, maxwait: 1 }, 'Did you mean maxWait?'],
  ])('refuses %s', (_, redis, options, message) => {
    const error = thrown(() => sharedThrottle(redis as RedisClient, options as SharedThrottleOptions));
    expect(error).toMatchObject({ name: 'ConfigError' });
    expect(error.message).toContain(message);
  });

  it('sends nothing while Redis fails, says so once, and gives up after maxWait', async () => {
    const redis = fake(() => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })));
    const { sent, error, notices, waits } = await walk(sharedThrottle(redis, { key: 'a', limit: 1, maxWait: 900 }));
    expect(sent).toBe(0);
    expect(error).toMatchObject({ name: 'CallbackError', callback: 'sharedThrottle', resume: { index: 0 } });
    expect(error?.message).toContain(
      'Redis has not answered for 0.9 s (Error: connect (ECONNREFUSED)), so nothing was sent',
    );
    expect(notices).toEqual([
      'sharedThrottle: Redis does not answer (Error: connect (ECONNREFUSED)), so nothing is sent; pages wait up to 0.9 s for it',
    ]);
    expect(waits.length).toBeGreaterThan(0);
  });

  it('and while its client holds commands back for ever', async () => {
    const redis = fake(() => new Promise(() => undefined));
    const { sent, error, notices } = await walk(sharedThrottle(redis, { key: 'a', limit: 1, maxWait: 1200 }));
    expect(sent).toBe(0);
    expect(error?.message).toContain('Redis has not answered for 1.2 s ("no answer")');
    expect(notices.length).toBe(1);
  });

  it('continues when Redis answers again', async () => {
    let asked = 0;
    const redis = fake(() => (asked++ === 0 ? Promise.reject(new Error('away')) : go()));
    expect(await walk(sharedThrottle(redis, { key: 'a', limit: 1 }))).toMatchObject({ sent: 2, error: undefined });
  });

  it('does not use a turn whose answer came late, since others have had theirs since', async () => {
    let asked = 0;
    const redis = fake(async () => {
      if (asked++ < 2) await new Promise((resolve) => setTimeout(resolve, 60));
      return ['go', '1'];
    });
    expect(await walk(sharedThrottle(redis, { key: 'a', limit: 1, margin: 100 }))).toMatchObject({ sent: 2 });
    expect(asked).toBe(4);
  });

  it('fails, with what to do, if each turn comes too late', async () => {
    const redis = fake(() => new Promise((resolve) => setTimeout(resolve, 10, ['go', '1'])));
    const { sent, error } = await walk(sharedThrottle(redis, { key: 'a', limit: 1, margin: 1 }));
    expect(sent).toBe(0);
    expect(error?.message).toMatch(
      /Redis answers too late to be sure of the rate.*raise `margin` from 1 to more than \d+/,
    );
  });

  it('says that retries pass it, if it is behind them', async () => {
    const { notices } = await walk(pipe(retryRequests(), sharedThrottle(fake(go), { key: 'a', limit: 1 })));
    expect(notices[0]).toContain('pipe(sharedThrottle(…), retryRequests(…))');
  });

  it('sends nothing for a request that is cancelled meanwhile', async () => {
    let answerNow!: (value: unknown) => void;
    const redis = fake(() => new Promise((resolve) => (answerNow = resolve)));
    let sent = 0;
    const request = defer(() => (sent++, of(1)));
    sharedThrottle(redis, { key: 'a', limit: 1 })(request).subscribe().unsubscribe();
    answerNow(['go', '1']);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(sent).toBe(0);
  });
});

// `npm run test:redis` starts a server, and says where.
const path = process.env['REDIS_SOCKET'];

(path ? describe : describe.skip)('sharedThrottle on Redis (by npm run test:redis)', () => {
  const ends: (() => void)[] = [];
  afterAll(() => ends.forEach((end) => end()));
  const connectIo = () => {
    const redis = new Redis(path!);
    ends.push(() => redis.disconnect());
    return redis;
  };
  const connectNode = async () => {
    const redis = createClient({ socket: { path: path!, tls: false } });
    await redis.connect();
    ends.push(() => redis.destroy());
    return redis as unknown as RedisClient;
  };
  /** When requests were let go, in milliseconds on the clock of Redis. */
  const grants: number[] = [];
  const watched = (redis: RedisClient): RedisClient =>
    new Proxy(redis, {
      get(target, name) {
        const value = Reflect.get(target, name) as unknown;
        if (typeof value !== 'function' || !/^eval/i.test(String(name))) return value;
        return async (...args: unknown[]) => {
          const result = (await Reflect.apply(value, target, args)) as string[];
          if (result[0] === 'go') grants.push(Number(result[1]) / 1000);
          return result;
        };
      },
    });
  const send = (policy: Policy) => lastValueFrom(policy(defer(() => of(1))));

  it('lets go at most `limit` requests of all processes in any interval and its margin, whichever client they use', async () => {
    grants.length = 0;
    const options = { key: randomUUID(), limit: 5, interval: 150, margin: 50 };
    const policies = [
      sharedThrottle(watched(connectIo()), options),
      sharedThrottle(watched(connectIo()), options),
      sharedThrottle(watched(await connectNode()), options),
    ];
    await Promise.all(Array.from({ length: 33 }, (_, i) => send(policies[i % 3]!)));
    expect(grants.length).toBeGreaterThanOrEqual(33); // A turn whose answer came late is given up.
    grants.sort((a, b) => a - b);
    for (let i = 5; i < grants.length; i++) expect(grants[i]! - grants[i - 5]!).toBeGreaterThanOrEqual(200);
  });

  it('asks once for a request that may go, and twice for one that waits', async () => {
    let asked = 0;
    const redis = connectIo();
    const counted = fake((...args: unknown[]) => (asked++, Reflect.apply(redis.eval, redis, args) as Promise<unknown>));
    const policy = sharedThrottle(counted, { key: randomUUID(), limit: 4, interval: 300, margin: 2000 });
    await Promise.all([1, 2, 3, 4].map(() => send(policy)));
    expect(asked).toBe(4);
    await send(policy);
    expect(asked).toBeGreaterThan(5);
    expect(asked).toBeLessThan(8);
  });

  it('tells those that come before there is room different times, so that they do not all come again at once', async () => {
    const redis = connectIo();
    const key = randomUUID();
    let script = '';
    const spy = fake((text) => ((script = text as string), go()));
    await send(sharedThrottle(spy, { key, limit: 3 }));
    const keys = ['grants', 'slots', 'state'].map((name) => `pagewise:throttle:{${key}}:${name}`);
    const ask = async (slot = '') =>
      (await redis.eval(script, 3, ...keys, '3', '60000000', slot, '0', '0', '')) as [string, string, string];
    const [now] = (await redis.time()).map(Number);
    await redis.rpush(keys[0]!, ...[50, 30, 10].map((ago) => String((now! - ago) * 1e6)));
    const tens = (wait: string) => Math.round(Number(wait) / 10e6) * 10;
    const given = [await ask(), await ask(), await ask()];
    expect(given.map(([state, wait]) => [state, tens(wait)])).toEqual([10, 30, 50].map((s) => ['wait', s]));
    const early = await Promise.all(given.map(([, , slot]) => ask(slot)));
    expect(early.map(([state, wait]) => [state, tens(wait)])).toEqual([10, 30, 50].map((s) => ['wait', s]));
  });

  it('pauses all processes for the Retry-After that one of them received', async () => {
    grants.length = 0;
    const options = { key: randomUUID(), limit: 100, margin: 1000 };
    const one = sharedThrottle(watched(connectIo()), options);
    const other = sharedThrottle(watched(connectIo()), options);
    await send(other);
    const error = new HttpError(answer({}, 429, { 'retry-after': '1' }));
    await rejection(lastValueFrom(one(throwError(() => error))));
    await send(one); // Knows itself that it has to wait: what it tells Redis has arrived when it may go.
    await send(other);
    expect(grants[2]! - grants[1]!).toBeGreaterThanOrEqual(1000);
  });

  it('and the other one at once', async () => {
    const options = { key: randomUUID(), limit: 100, margin: 1000 };
    const redis = connectIo();
    const one = sharedThrottle(redis, options);
    await rejection(lastValueFrom(one(throwError(() => new HttpError(answer({}, 429, { 'retry-after': '60' }))))));
    await redis.ping(); // On the same connection, after the pause.
    const events: unknown[] = [];
    const pages = paginate({ url: 'https://api.example.com' }, counting(1), {
      policy: sharedThrottle(connectIo(), options),
      transport: () => NEVER,
      events: { next: (event) => events.push(event) },
    }).subscribe();
    while (events.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    pages.unsubscribe();
    expect(events[0]).toMatchObject({ type: 'wait', reason: 'throttle' });
    expect((events[0] as { ms: number }).ms).toBeGreaterThan(50_000);
  });

  it('lets one window pass if Redis has lost what it had given', async () => {
    grants.length = 0;
    const key = randomUUID();
    const redis = connectIo();
    const policy = sharedThrottle(watched(redis), { key, limit: 3, interval: 300, margin: 200 });
    await Promise.all([send(policy), send(policy)]);
    await redis.del(...['grants', 'slots', 'state'].map((name) => `pagewise:throttle:{${key}}:${name}`));
    await send(policy);
    expect(grants.at(-1)! - grants[1]!).toBeGreaterThanOrEqual(500);
  });

  it.each([
    ['ioredis', () => Promise.resolve(connectIo() as RedisClient)],
    ['node-redis', connectNode],
  ])('sends its script once, and again if Redis has forgotten it, by %s', async (_, connect) => {
    const redis = connectIo();
    const calls = async () => {
      const stats = await redis.info('commandstats');
      return ['eval', 'evalsha'].map((name) =>
        Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0),
      );
    };
    const policy = sharedThrottle(await connect(), { key: randomUUID(), limit: 100, margin: 10_000 });
    const [, before] = await calls();
    do await send(policy);
    while ((await calls())[1] === before); // The hash is made meanwhile.
    const [texts = 0, hashes = 0] = await calls();
    for (let i = 0; i < 5; i++) await send(policy);
    expect(await calls()).toEqual([texts, hashes + 5]);
    await redis.script('FLUSH');
    for (let i = 0; i < 5; i++) await send(policy);
    expect(await calls()).toEqual([texts + 1, hashes + 10]);
  });

  it('leaves nothing in Redis after a while', async () => {
    const key = randomUUID();
    const redis = connectIo();
    await send(sharedThrottle(redis, { key, limit: 3, interval: 20 }));
    for (const name of ['grants', 'slots', 'state']) {
      const ttl = await redis.pttl(`pagewise:throttle:{${key}}:${name}`);
      expect(ttl).toBeGreaterThan(0);
      expect(ttl).toBeLessThan(3000);
    }
  });
});
