import { randomBytes } from 'node:crypto';
import type { CheckpointStore, LeaseTaken } from '../checkpoint.js';
import { checkOptions, invalid } from '../values/options.js';
import { type RedisClient, scriptsOf } from '../values/redis-client.js';

export interface RedisLeaseOptions {
  /** What the names of the keys in Redis begin with. @default 'pagewise:' */
  readonly prefix?: string | undefined;
}

/**
 * A store of checkpoints in Redis, with leases: runs of all machines that use this Redis are kept apart.
 *
 *     checkpoint(redisLease(new Redis(url)), 'orders')   ▸   pagewise:{orders}, and while a run uses it pagewise:{orders}:lease
 *
 * A commit checks its lease in the script that stores it, and all times are those of the Redis server. The two keys of a
 * checkpoint have one hash tag, so that they are on one node of a cluster. Redis loses what it has not written to its
 * disk: set `appendonly yes` if a job must not start over after a crash of Redis.
 * @param client a client of ioredis or node-redis; it is not closed
 * @throws ConfigError for anything else
 */
export function redisLease(
  client: RedisClient,
  options: RedisLeaseOptions = {},
): Required<CheckpointStore> & { delete(key: string): Promise<void> } {
  const send = scriptsOf('redisLease', client);
  checkOptions('redisLease', options, ['prefix'] satisfies (keyof RedisLeaseOptions)[]);
  const { prefix = 'pagewise:' } = options;
  if (typeof prefix !== 'string') throw invalid('redisLease', 'prefix', prefix, 'a text');

  function run(script: string, key: string, ...args: readonly (string | number)[]): Promise<unknown> {
    const keys = [`${prefix}{${key}}`, `${prefix}{${key}}:lease`];
    return send(script, keys, args.map(String));
  }
  return {
    get: (key) => run("return redis.call('GET', KEYS[1])", key),
    set: (key, text) => run("redis.call('SET', KEYS[1], ARGV[1]) return 1", key, text),
    async lease(key, holder, ms) {
      const token = randomBytes(12).toString('hex');
      const time = Math.ceil(ms);
      const taken = takenOf(await run(take, key, token, time, holder));
      if (taken) return taken;
      return {
        renew: async () => takenOf(await run(renew, key, token, time)) ?? true,
        set: async (text) => takenOf(await run(store, key, token, time, text)) ?? true,
        release: () => run(release, key, token),
      };
    },
    async delete(key) {
      await run("return redis.call('DEL', KEYS[1])", key);
    },
  };
}

// The lease is a hash: token, holder, since, until. It stays for a week after its time, so that a run that was stopped
// can continue if no other run came. Redis hands numbers of Lua over as integers of 64 bits, but 1e12 as text in full.
const now = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function text(n) return string.format('%.0f', n) end
local function holder()
  local held = redis.call('HMGET', KEYS[2], 'holder', 'since', 'until')
  return { held[1] or '', held[2] or '', held[3] or '' }
end
local function extend()
  redis.call('HSET', KEYS[2], 'until', text(now + ARGV[2]))
  redis.call('PEXPIRE', KEYS[2], text(ARGV[2] + 604800000))
end
`;

const take = `${now}
local ends = redis.call('HGET', KEYS[2], 'until')
if ends and tonumber(ends) >= now then return holder() end
redis.call('HSET', KEYS[2], 'token', ARGV[1], 'holder', ARGV[3], 'since', text(now))
extend()
return 1`;

const ifHeld = `${now}
if redis.call('HGET', KEYS[2], 'token') ~= ARGV[1] then return holder() end`;

const renew = `${ifHeld}
extend()
return 1`;

const store = `${ifHeld}
redis.call('SET', KEYS[1], ARGV[3])
extend()
return 1`;

const release = `
if redis.call('HGET', KEYS[2], 'token') == ARGV[1] then redis.call('DEL', KEYS[2]) end
return 1`;

/** What a script returns if another run holds the lease. */
function takenOf(result: unknown): LeaseTaken | undefined {
  if (!Array.isArray(result)) return undefined;
  const [holder = '', since = '', until = ''] = (result as unknown[]).map(String);
  const time = (text: string) => (text === '' ? undefined : Number(text));
  return { holder: holder === '' ? undefined : holder, since: time(since), until: time(until) };
}
