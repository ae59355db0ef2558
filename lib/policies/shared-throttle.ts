import { type Observable, Subscription } from 'rxjs';
import { CallbackError } from '../errors.js';
import type { Policy } from '../request.js';
import { type Scope, start, Task } from '../task.js';
import { describe, describeError } from '../values/describe.js';
import { checkName, checkNumber, checkOptions, checkWhole, factory } from '../values/options.js';
import { type RedisClient, scriptsOf } from '../values/redis-client.js';
import { startTimer } from '../values/timer.js';
import { PauseWatcher, throttledScope } from './throttle-requests.js';

export interface SharedThrottleOptions {
  /** What shares the rate, such as the name of the API and of the account: the same in all processes. */
  readonly key: string;
  /** How many requests of all processes together may start within one interval. */
  readonly limit: number;
  /** Milliseconds that one limit covers, as a sliding window. @default 1000 */
  readonly interval?: number | undefined;
  /**
   * Milliseconds that are added to the interval: half of it for the answer of Redis, half for the way to the server. A
   * turn whose answer took longer than that half is given up, so Redis must answer faster. @default 100
   */
  readonly margin?: number | undefined;
  /**
   * Longest pause in milliseconds that a server can impose on all processes; longer ones are left to the retry policy.
   * @default 120_000
   */
  readonly maxPause?: number | undefined;
  /** Milliseconds that a request waits for Redis while it doesn't answer; then it fails. @default 60_000 */
  readonly maxWait?: number | undefined;
}

const known = [
  'key', 'limit', 'interval', 'margin', 'maxPause', 'maxWait',
] as const satisfies readonly (keyof SharedThrottleOptions)[]; // prettier-ignore

/**
 * `throttleRequests` over all processes that have the same Redis: at most `limit` requests of all of them, retries
 * included, start within any `interval` and its margin, and a 429 or 503 that says how long to wait pauses them all.
 *
 *     const policy = pipe(sharedThrottle(redis, { key: 'orders', limit: 10 }), retryRequests());
 *
 * Requests take their turns by one atomic script, on the clock of Redis: one command for a request that may start at
 * once, two or three for one that waits. While Redis doesn't answer, nothing is sent: a notice says so, and after
 * `maxWait` the page fails with a CallbackError that a later run can resume. All processes must have the same `limit`
 * and `interval`.
 *
 * Keys in Redis: `pagewise:throttle:{KEY}:grants`, `:slots` and `:state`, which expire after the last request's window.
 * @param redis a client of ioredis or node-redis; it is neither connected nor closed here
 * @throws ConfigError for invalid options
 */
export const sharedThrottle = /* @__PURE__ */ factory(
  'sharedThrottle',
  (redis: RedisClient, options: SharedThrottleOptions): Policy => {
    const run = scriptsOf('sharedThrottle', redis);
    checkOptions('sharedThrottle', options, known);
    const { key, limit, interval = 1000, margin = 100, maxPause = 120_000, maxWait = 60_000 } = options;
    checkName('sharedThrottle', 'key', key);
    checkWhole('sharedThrottle', 'limit', limit, 1);
    checkNumber('sharedThrottle', 'interval', interval, 1);
    checkNumber('sharedThrottle', 'margin', margin, 0);
    checkNumber('sharedThrottle', 'maxPause', maxPause, 0, true);
    checkNumber('sharedThrottle', 'maxWait', maxWait, 0, true);

    const keys = ['grants', 'slots', 'state'].map((name) => `pagewise:throttle:{${key}}:${name}`);
    const spacing = String(Math.ceil((interval + margin) * 1000));
    /** Milliseconds that an answer of Redis may take: a turn that was given earlier may come too late. */
    const patience = margin === 0 ? Infinity : margin / 2;
    /** The latest turn that this process knows, in microseconds on the clock of Redis, and when it may be forgotten. */
    let latest = '0';
    let pausedUntil = -Infinity;

    /** Runs the script. @param slot the reserved turn, `''` for a new one */
    const take = async (slot: string, pauseOnly = false): Promise<readonly string[]> => {
      const pause = Math.ceil(Math.max(0, pausedUntil - performance.now()) * 1000);
      const answer = await run(script, keys, [
        String(limit),
        spacing,
        slot,
        latest,
        String(pause),
        pauseOnly ? '1' : '',
      ]);
      if (!Array.isArray(answer)) throw new Error(`the script returned ${describe(answer)}`);
      return answer.map(String);
    };

    function pause(ms: number | undefined): void {
      if (ms === undefined || ms <= 0 || ms > maxPause) return;
      // Here too: each later turn of this process brings the pause along, should Redis not get it now.
      pausedUntil = Math.max(pausedUntil, performance.now() + ms);
      take('', true).catch(() => undefined);
    }

    /** Resolves when the request may start, or when `life` has ended. */
    async function turn(scope: Scope | undefined, life: Subscription): Promise<void> {
      const wait = async (ms: number) => {
        scope?.wait({ reason: 'throttle', ms });
        if (!life.closed) await new Promise<void>((done) => life.add(startTimer(ms, done)));
      };
      let slot = '';
      let late = 0;
      let silentSince: number | undefined;
      while (!life.closed) {
        const asked = performance.now();
        silentSince ??= asked;
        const answer = await answered(take(slot), silentSince + maxWait - asked, life, () =>
          scope?.notice(waiting('no answer', maxWait)),
        );
        const took = performance.now() - asked;
        if ('error' in answer) {
          const reason = describeError(answer.error);
          if (performance.now() - silentSince + retryEvery > maxWait)
            throw new CallbackError('sharedThrottle', silent(maxWait, reason));
          scope?.notice(waiting(reason, maxWait));
          await wait(retryEvery);
          continue;
        }
        silentSince = undefined;
        const [state, value = '0', reserved = ''] = answer.value;
        if (state === 'wait') {
          slot = reserved;
          await wait(Math.ceil(Number(value) / 1000));
          continue;
        }
        if (Number(value) > Number(latest)) latest = value;
        if (took <= patience) return;
        // This turn may have been given long ago: other processes have taken theirs since.
        slot = '';
        if (++late === 10) throw new CallbackError('sharedThrottle', tooLate(took, margin));
      }
    }

    return <T>(source: Observable<T>): Observable<T> => {
      const scope = throttledScope(source, 'sharedThrottle');

      return new Task<T>((observer, life) => {
        if (life.closed) return undefined; // A request that is never sent does not count towards the limit.
        const held = new Subscription();
        turn(scope, held).then(
          () => {
            if (!held.closed) held.add(start(source, new PauseWatcher(observer, pause), life));
          },
          (error: unknown) => {
            if (!held.closed) observer.error(error);
          },
        );
        return held;
      }, scope);
    };
  },
);

/** Milliseconds between two tries to reach Redis. */
const retryEvery = 500;

/**
 * The result of a command, or why there is none after `ms`: a client may hold its commands back for ever.
 * @param silent called if there is none after a second
 */
async function answered<T>(
  command: Promise<T>,
  ms: number,
  life: Subscription,
  silent: () => void,
): Promise<{ readonly value: T } | { readonly error: unknown }> {
  const timers = new Subscription();
  life.add(timers);
  try {
    return await Promise.race([
      command.then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      ),
      new Promise<{ error: unknown }>((resolve, reject) => {
        timers.add(startTimer(ms, () => resolve({ error: 'no answer' })));
        timers.add(
          startTimer(1000, () => {
            try {
              silent();
            } catch (error) {
              reject(error); // Of the listener of the walk.
            }
          }),
        );
      }),
    ]);
  } finally {
    timers.unsubscribe();
    life.remove(timers);
  }
}

const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`;

const waiting = (reason: string, ms: number) =>
  `sharedThrottle: Redis does not answer (${reason}), so nothing is sent; pages wait up to ${seconds(ms)} for it`;

const silent = (ms: number, reason: string) =>
  new Error(
    `Redis has not answered for ${seconds(ms)} (${reason}), so nothing was sent; check that it runs, or wait longer with \`maxWait\``,
  );

const tooLate = (took: number, margin: number) =>
  new Error(
    `Redis answers too late to be sure of the rate, after ${Math.round(took)} ms, so nothing was sent; raise \`margin\` from ${margin} to more than ${Math.ceil(took * 2)} (milliseconds)`,
  );

// Times are microseconds on the clock of Redis. `grants`: when requests were let go. `slots`: turns that were handed
// out, some of them in the future, so that those who wait neither ask again and again nor overtake each other. A slot
// says only when to ask again: whether a request may go is always decided by the grants. `reached`: the latest slot
// whose request was let go. Those who come too early are told when there is room after all who were before them: with
// one time for all they would come again together, and only one could go.
const script = `
local grants, slots, state = KEYS[1], KEYS[2], KEYS[3]
local limit, spacing, slot = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local latest, pause = tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function text(number) return string.format('%.0f', number) end

local known = redis.call('HMGET', state, 'newest', 'paused', 'reached')
local newest, paused, reached = tonumber(known[1] or 0), tonumber(known[2] or 0), tonumber(known[3] or 0)
if newest > now + 1000000 then
  -- The clock went back: the times mean nothing, so that one window passes before the next request.
  redis.call('DEL', grants, slots)
  newest, paused, latest, reached = 0, now + spacing, 0, 0
elseif latest > newest and latest <= now and latest + spacing > now then
  -- Redis has lost what it had given: others may have turns that it does not know.
  paused = math.max(paused, now + spacing)
end
if pause > 0 then paused = math.max(paused, now + pause) end

-- When one more is allowed by a list of times. Those whose window is over are dropped.
local function free(list)
  while true do
    local first = redis.call('LINDEX', list, 0)
    if not first or first + spacing > now then break end
    redis.call('LPOP', list)
  end
  local nth = redis.call('LINDEX', list, -limit)
  return nth and nth + spacing or 0
end
-- How many slots are not later than this one.
local function upTo(slot)
  local low, high = 0, redis.call('LLEN', slots)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if tonumber(redis.call('LINDEX', slots, middle)) <= slot then low = middle + 1 else high = middle end
  end
  return low
end
-- When there is room for one more after those who wait, if that depends on requests that were let go.
local function after(waiting)
  local nth = waiting < limit and redis.call('LINDEX', grants, waiting - limit)
  return nth and nth + spacing or 0
end
local at = math.max(paused, free(grants))
local reply
local last = now
if ARGV[6] == '1' then
  reply = { 'paused' }
elseif slot and paused <= now then
  if at > now then
    at = math.max(at, after(upTo(slot - 1) - upTo(reached)))
    reply = { 'wait', text(at - now), text(slot) }
  end
else
  last = math.max(now, at, free(slots), tonumber(redis.call('LINDEX', slots, -1) or 0))
  if last > now then last = math.max(last, after(redis.call('LLEN', slots) - upTo(reached))) end
  redis.call('RPUSH', slots, text(last))
  if last > now then reply = { 'wait', text(last - now), text(last) } end
end
if not reply then
  redis.call('RPUSH', grants, text(now))
  newest = now
  reached = math.max(reached, slot or last)
  reply = { 'go', text(now) }
end
redis.call('HSET', state, 'newest', text(newest), 'paused', text(paused), 'reached', text(reached))
local ttl = math.ceil((math.max(last, paused, newest) - now + spacing) / 1000) + 1000
for _, name in ipairs(KEYS) do redis.call('PEXPIRE', name, text(math.max(ttl, redis.call('PTTL', name)))) end
return reply
`;
