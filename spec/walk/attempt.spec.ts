import { describe, expect, it } from '@jest/globals';
import { type Check, paginate, retryRequests, type Transport } from 'pagewise';
import { config, lastValueFrom } from 'rxjs';
import { answer, counting, plain, rejection } from '../support/walks.js';

const request = { url: 'https://api.example/items' };
const policy = retryRequests({ retries: 3, base: 0, cap: 0 });

describe('an answer that is not a response', () => {
  const answers: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['5', 5],
    ['"ok"', 'ok'],
  ];
  it.each(answers)('%s is a TransportError that says so', async (text, given) => {
    const ways: Transport[] = [() => Promise.resolve(given as never), () => [given as never]];
    for (const transport of ways) {
      const error = await rejection(lastValueFrom(paginate(request, counting(2), { transport, policy: plain })));
      expect(error).toMatchObject({ name: 'TransportError', pageIndex: 0, attempts: 1 });
      expect(error.message).toContain(`the transport returned ${text}; it must return a response`);
    }
  });
});

describe('a check that returns what is not a verdict', () => {
  const verdicts: [string, unknown][] = [
    ['true', true],
    ['null', null],
    ['"maybe"', 'maybe'],
    ['0', 0],
  ];
  it.each(verdicts)('%s is a CallbackError that names it, and is not retried', async (text, verdict) => {
    let sent = 0;
    const transport: Transport = () => {
      sent++;
      return [answer({ page: 1 })];
    };
    const check: Check = () => verdict as never;
    const error = await rejection(lastValueFrom(paginate(request, counting(2), { transport, policy, check })));
    expect(error).toMatchObject({ name: 'CallbackError', callback: 'check', pageIndex: 0, attempts: 1 });
    expect(error.message).toContain(
      `it returned ${text}, which is not a verdict; return 'ok', 'end', { retry }, { fail }, { expired } or undefined`,
    );
    expect(sent).toBe(1);
  });
});

describe('an abort', () => {
  it('H3 reaches the subscriber with its own reason, if a listener throws at the end event', async () => {
    const unheard: unknown[] = [];
    config.onUnhandledError = (error) => unheard.push(error);
    const controller = new AbortController();
    const reason = new Error('enough');
    const ends: unknown[] = [];
    const walk = paginate(request, counting(9), {
      transport: () => new Promise(() => undefined),
      signal: controller.signal,
      events: {
        next(event) {
          if (event.type === 'end') {
            ends.push(event);
            throw new Error('the listener is broken');
          }
        },
      },
    });
    const failed = rejection(lastValueFrom(walk));
    controller.abort(reason);
    expect(await failed).toBe(reason);
    config.onUnhandledError = null;
    expect(ends).toHaveLength(1);
    expect(unheard).toMatchObject([{ name: 'CallbackError', callback: 'events' }]);
  });
});
