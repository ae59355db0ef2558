import { afterAll, describe, expect, it } from '@jest/globals';
import KeyvRedis from '@keyv/redis';
import Keyv from 'keyv';
import { checkpoint, paginate } from 'pagewise';
import { counting, echo, rejection } from '../support/walks.js';

// `npm run test:redis` starts a server, and says where.
const path = process.env['REDIS_SOCKET'];

(path ? describe : describe.skip)('Redis (by npm run test:redis)', () => {
  const open: Keyv[] = [];
  /** As in another process: with its own connection. */
  const connect = () => {
    const keyv = new Keyv({ store: new KeyvRedis({ socket: { path: path! } } as never), throwOnErrors: true });
    open.push(keyv);
    return keyv;
  };
  afterAll(() => Promise.all(open.map((keyv) => keyv.disconnect())));

  async function take(keyv: Keyv, count: number, query = 0): Promise<number[]> {
    const seen: number[] = [];
    const pages = paginate({ body: { query } }, counting(4), { transport: echo, checkpoint: checkpoint(keyv, 'job') });
    for await (const { index } of pages) if (seen.push(index) === count) break;
    return seen;
  }

  it('a checkpoint in a Keyv over Redis resumes over another connection, and belongs to one query', async () => {
    expect(await take(connect(), 2)).toEqual([0, 1]);
    expect((await rejection(take(connect(), 2, 1))).message).toContain('was made with another request body');
    expect(await take(connect(), 2)).toEqual([1, 2]);
    expect(await take(connect(), 9)).toEqual([2, 3]);
    expect(await take(connect(), 9)).toEqual([]);
  });
});
