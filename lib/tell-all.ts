import type { EventListener } from './events.js';

/**
 * One listener out of several, which are told in this order. Where some of them throw, the others are told all the same;
 * then the first error is thrown, which fails the stream.
 *
 *     paginate(request, strategy, { events: tellAll(progress, publishEvents()) })
 */
export const tellAll = (...listeners: readonly EventListener[]): EventListener => ({
  next(event) {
    const thrown: unknown[] = [];
    for (const listener of listeners) {
      try {
        listener.next(event);
      } catch (error) {
        thrown.push(error);
      }
    }
    if (thrown.length > 0) throw thrown[0];
  },
});
