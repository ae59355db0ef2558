import { ConfigError } from '../errors.js';
import { describe } from './describe.js';

/** A connected client of Redis 5 or later: ioredis, or `redis` (node-redis), or a cluster of either. */
export interface RedisClient {
  // Methods of each differ: ioredis takes the number of keys, the keys and the arguments, node-redis one object.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  eval(script: string, ...args: any[]): Promise<unknown>;
  // Only node-redis has it under this name, which tells the two apart.
  evalSha?: unknown;
}

/** @returns a function that runs a script @throws ConfigError for anything but a client of Redis */
export function scriptsOf(
  of: string,
  client: RedisClient,
): (script: string, keys: readonly string[], args: readonly string[]) => Promise<unknown> {
  if (typeof (client as Partial<RedisClient> | undefined)?.eval !== 'function')
    throw new ConfigError(
      `${of}: the client must be a connected client of ioredis or of redis (node-redis), not ${describe(client)}`,
    );
  return client.evalSha === undefined
    ? (script, keys, args) => client.eval(script, keys.length, ...keys, ...args)
    : (script, keys, args) => client.eval(script, { keys, arguments: args });
}
