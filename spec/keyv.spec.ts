import { describe, expect, it } from '@jest/globals';
import Keyv from 'keyv';
import { checkpoint, ConfigError, paginate } from 'pagewise';
import { counting, echo, rejection, thrown } from './support/walks.js';

const walk = (keyv: Keyv, key = 'job') =>
  paginate({ body: {} }, counting(4), { transport: echo, checkpoint: checkpoint(keyv, key) });
async function take(keyv: Keyv, count: number, key?: string): Promise<number[]> {
  const seen: number[] = [];
  for await (const page of walk(keyv, key)) if (seen.push(page.index) === count) break;
  return seen;
}

/** An adapter over a Map, which keeps what Keyv makes of values, and fails while it is down. */
class Adapter {
  opts: Record<string, unknown> = {};
  namespace?: string | undefined;
  down = false;
  readonly kept = new Map<string, unknown>();
  on = () => this;
  async get(key: string) {
    this.#check();
    return this.kept.get(key);
  }
  async set(key: string, value: unknown) {
    this.#check();
    this.kept.set(key, value);
    return true;
  }
  async delete(key: string) {
    return this.kept.delete(key);
  }
  async clear() {
    this.kept.clear();
  }
  #check() {
    if (this.down) throw new Error('no database');
  }
}
const over = (adapter: Adapter, options: object = { throwOnErrors: true }) => {
  const keyv = new Keyv({ store: adapter as never, ...options });
  keyv.on('error', () => undefined);
  return keyv;
};

describe('a checkpoint in a Keyv', () => {
  it('in memory returns what it was given, and resumes there', async () => {
    const keyv = new Keyv();
    for (const expected of [[0, 1], [1, 2], [2, 3], [3], []]) expect(await take(keyv, 2)).toEqual(expected);
    expect(JSON.parse((await keyv.get<string>('job'))!)).toMatchObject({ v: 1, resume: { done: true } });
  });

  it('over an adapter holds the same text, whatever Keyv wraps it in', async () => {
    const adapter = new Adapter();
    expect(await take(over(adapter), 3)).toEqual([0, 1, 2]);
    const kept = [...adapter.kept.values()];
    expect(kept.map((text) => typeof text)).toEqual(['string']);
    expect(Object.keys(JSON.parse(kept[0] as string) as object)).toContain('value');
    expect(await take(over(adapter), 9)).toEqual([2, 3]);
    expect(await take(over(adapter), 9, 'another job')).toEqual([0, 1, 2, 3]);
  });

  it('whose database is down fails the stream instead of starting over', async () => {
    const adapter = new Adapter();
    await take(over(adapter), 3);
    adapter.down = true;
    expect(await rejection(take(over(adapter), 1))).toMatchObject({ callback: 'checkpoint.get' });
    adapter.down = false;
    const pages = walk(over(adapter))[Symbol.asyncIterator]();
    expect((await pages.next()).value?.index).toBe(2);
    adapter.down = true;
    expect(await rejection(pages.next())).toMatchObject({ callback: 'checkpoint.set' });
  });

  it('is refused if Keyv would hide such a failure', () => {
    const error = thrown(() => checkpoint(over(new Adapter(), {}), 'job'));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain('must be made with { throwOnErrors: true }');
  });
});
