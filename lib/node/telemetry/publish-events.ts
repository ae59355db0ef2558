import { channel, type Channel } from 'node:diagnostics_channel';
import type { EventListener, WalkEvent } from '../../events.js';

const types = [
  'request',
  'response',
  'wait',
  'page',
  'gap',
  'notice',
  'end',
] as const satisfies readonly WalkEvent['type'][];

/**
 * A listener that publishes each event on a channel of `node:diagnostics_channel`: `pagewise:request`,
 * `pagewise:response`, `pagewise:wait`, `pagewise:page`, `pagewise:gap`, `pagewise:notice`, `pagewise:end`. The message
 * is the event. If a channel has no subscriber, nothing is published.
 *
 *     paginate(request, strategy, { events: publishEvents() })
 *
 * @param name the part before the colon, to distinguish walks. @default 'pagewise'. @default 'pagewise'
 */
export function publishEvents(name = 'pagewise'): EventListener {
  const channels = Object.fromEntries(types.map((type) => [type, channel(`${name}:${type}`)])) as Record<
    WalkEvent['type'],
    Channel
  >;
  return {
    next(event) {
      const to = channels[event.type];
      if (to.hasSubscribers) to.publish(event);
    },
  };
}
