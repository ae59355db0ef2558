import { ConfigError } from '../errors.js';
import { describe } from './describe.js';
import { peek } from './peek.js';

/** A connected client of Redis 5 or later: ioredis, or `redis` (node-redis), or a cluster of either. */
export interface RedisClient {
  // Methods of each differ: ioredis takes the number of keys, the keys and the arguments, node-redis one object.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  eval(script: string, ...args: any[]): Promise<unknown>;
  // Under the name of ioredis, and of node-redis.
  evalsha?: unknown;
  evalSha?: unknown;
}

type Run = (script: string, keys: readonly string[], args: readonly string[]) => Promise<unknown>;

/**
 * @returns a function that runs a script: by its text the first time, and whenever Redis does not know it; else by its
 * hash, which is shorter
 * @throws ConfigError for anything but a client of Redis
 */
export function scriptsOf(of: string, client: RedisClient): Run {
  if (typeof (client as Partial<RedisClient> | undefined)?.eval !== 'function')
    throw new ConfigError(
      `${of}: the client must be a connected client of ioredis or of redis (node-redis), not ${describe(client)}`,
    );
  const { evalSha, evalsha } = client;
  const arrange = (keys: readonly string[], args: readonly string[]): readonly unknown[] =>
    evalSha === undefined ? [keys.length, ...keys, ...args] : [{ keys, arguments: args }];
  const byText: Run = (script, keys, args) => client.eval(script, ...arrange(keys, args));
  const byHash = evalSha ?? evalsha;
  if (typeof byHash !== 'function') return byText;

  const hashes = new Map<string, string>();
  return async (script, keys, args) => {
    const hash = hashes.get(script);
    if (hash === undefined) {
      sha1(script).then(
        (known) => hashes.set(script, known),
        () => undefined,
      ); // Without hashes, by the text for ever.
      return byText(script, keys, args);
    }
    try {
      return await (Reflect.apply(byHash, client, [hash, ...arrange(keys, args)]) as Promise<unknown>);
    } catch (error) {
      if (!String(peek(error, 'message')).startsWith('NOSCRIPT')) throw error;
      return byText(script, keys, args); // Redis was restarted.
    }
  };
}

async function sha1(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
