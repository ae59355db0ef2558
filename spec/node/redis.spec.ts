import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import KeyvRedis from '@keyv/redis';
import { createClient } from '@redis/client';
import { Redis } from 'ioredis';
import Keyv from 'keyv';
import { checkpoint, type CheckpointStore, type Lease, LeaseError, type LeaseTaken, paginate } from 'pagewise';
import { redisLease } from 'pagewise/node';
import { counting, echo, rejection, thrown } from '../support/walks.js';

// `npm run test:redis` starts a server, and says where.
const path = process.env['REDIS_SOCKET'];

async function take(store: CheckpointStore | Keyv, count: number, query = 0): Promise<number[]> {
  const seen: number[] = [];
  const pages = paginate({ body: { query } }, counting(4), { transport: echo, checkpoint: checkpoint(store, 'job') });
  for await (const { index } of pages) if (seen.push(index) === count) break;
  return seen;
}

(path ? describe : describe.skip)('Redis (by npm run test:redis)', () => {
  const open: Keyv[] = [];
  /** As in another process: with its own connection. */
  const connect = () => {
    const keyv = new Keyv({ store: new KeyvRedis({ socket: { path: path! } } as never), throwOnErrors: true });
    open.push(keyv);
    return keyv;
  };
  afterAll(() => Promise.all(open.map((keyv) => keyv.disconnect())));

  it('a checkpoint in a Keyv over Redis resumes over another connection, and belongs to one query', async () => {
    expect(await take(connect(), 2)).toEqual([0, 1]);
    expect((await rejection(take(connect(), 2, 1))).message).toContain('was made with another request body');
    expect(await take(connect(), 2)).toEqual([1, 2]);
    expect(await take(connect(), 9)).toEqual([2, 3]);
    expect(await take(connect(), 9)).toEqual([]);
  });

  const clients: [name: string, make: () => Promise<{ client: Parameters<typeof redisLease>[0]; close(): void }>][] = [
    [
      'ioredis',
      async () => {
        const client = new Redis(path!);
        return { client, close: () => client.disconnect() };
      },
    ],
    [
      'node-redis',
      async () => {
        const client = createClient({ socket: { path: path!, tls: false } });
        await client.connect();
        return { client, close: () => client.destroy() };
      },
    ],
  ];
  describe.each(clients)('redisLease with %s', (_, make) => {
    const opened: { close(): void }[] = [];
    const store = async (options?: { prefix: string }) => {
      const one = await make();
      opened.push(one);
      return redisLease(one.client, options);
    };
    const admin = new Redis(path ?? '', { lazyConnect: true });
    beforeEach(() => admin.flushall());
    afterAll(() => {
      for (const one of [...opened, { close: () => admin.disconnect() }]) one.close();
    });
    const lease = async (of: CheckpointStore, holder: string, ms = 60_000) =>
      (await of.lease!('job', holder, ms)) as Lease & LeaseTaken;

    it('resumes over another connection, and keeps its keys on one node of a cluster', async () => {
      expect(await take(await store(), 2)).toEqual([0, 1]);
      expect(await admin.keys('*')).toEqual(['pagewise:{job}']);
      expect(await take(await store(), 9)).toEqual([1, 2, 3]);
      const again = await store();
      expect(await take(again, 9)).toEqual([]);
      await again.delete('job');
      expect(await take(again, 1)).toEqual([0]);
      expect(await take(await store({ prefix: 'mine:' }), 2)).toEqual([0, 1]);
      expect((await admin.keys('mine*')).sort()).toEqual(['mine:{job}']);
    });

    it('refuses a run of another machine while the first is under way, and says who that is', async () => {
      const first = await lease(await store(), 'worker-1, Ärger "x"');
      expect((await admin.keys('*')).sort()).toEqual(['pagewise:{job}:lease']);
      const refused = await rejection(take(await store(), 9));
      expect(refused).toBeInstanceOf(LeaseError);
      expect(refused['holder']).toBe('worker-1, Ärger "x"');
      expect(Math.abs(Number(refused['since']) - Date.now())).toBeLessThan(60_000);
      expect(Number(refused['until']) - Number(refused['since'])).toBe(60_000);
      await first.release();
      expect(await take(await store(), 9)).toEqual([0, 1, 2, 3]);
      expect(await admin.keys('*')).toEqual(['pagewise:{job}']);
    });

    it('of many that begin at once, one gets the lease', async () => {
      const stores = await Promise.all(Array.from({ length: 8 }, () => store()));
      const results = await Promise.all(stores.map((one, i) => lease(one, `worker-${i}`)));
      expect(results.filter((one) => 'set' in one)).toHaveLength(1);
    });

    it('a lease that was taken over renews, commits and releases nothing', async () => {
      const [one, other] = [await store(), await store()];
      const first = await lease(one, 'worker-1', 500);
      expect(await first.set('1')).toBe(true);
      expect(await lease(other, 'worker-2')).not.toHaveProperty('set');
      await new Promise((resolve) => setTimeout(resolve, 600));
      const second = await lease(other, 'worker-2');
      expect(await other.get('job')).toBe('1');
      expect(await first.set('late')).toMatchObject({ holder: 'worker-2' });
      expect(await first.renew()).toMatchObject({ holder: 'worker-2' });
      await first.release();
      expect(await second.set('2')).toBe(true);
      expect(await one.get('job')).toBe('2');
      await second.release();
      expect(await first.set('late')).toEqual({ holder: undefined, since: undefined, until: undefined });
      expect(await one.get('job')).toBe('2');
    });

    it('a lease that is over, and that no one took, continues; renewing and commits extend it', async () => {
      const one = await store();
      const first = await lease(one, 'worker-1', 500);
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect(await first.set('1')).toBe(true);
      expect(await lease(one, 'worker-2')).toMatchObject({ holder: 'worker-1' });
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect(await first.renew()).toBe(true);
      expect(await lease(one, 'worker-2')).toMatchObject({ holder: 'worker-1' });
    });

    it('a Redis that is away is an error, and no empty checkpoint', async () => {
      const { client, close } = await make();
      close();
      expect(await rejection(take(redisLease(client), 9))).toMatchObject({ name: 'CallbackError', callback: 'checkpoint.lease' }); // prettier-ignore
    });
  });
});

describe('redisLease', () => {
  it('refuses anything but a client', () => {
    expect(thrown(() => redisLease('redis://localhost' as never)).message).toBe(
      'redisLease: the client must be a connected client of ioredis or of redis (node-redis), not "redis://localhost"',
    );
    const client = { eval: () => Promise.resolve(null) };
    expect(thrown(() => redisLease(client, { prefix: 1 as never })).message).toBe(
      'redisLease: prefix must be a text, not 1',
    );
    expect(thrown(() => redisLease(client, { prefx: '' } as never)).message).toContain('prefx');
  });
});
