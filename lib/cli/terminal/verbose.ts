import { from, tap } from 'rxjs';
import type { EventListener } from '../../events.js';
import type { Transport } from '../../request.js';
import { redactRequest } from '../../values/redact.js';
import { reasonOf } from '../output/tally.js';
import { shownUrl, type Template, writtenBeside } from './shown-request.js';
import { wordError } from './word-error.js';
import { counted } from './words.js';

type Log = (line: string) => void;

const seconds = (ms: number) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/**
 * Logs each request when it is sent, and each answer. Values that may be secret are hidden; the numbers and sizes of
 * pages that Pagewise wrote are shown.
 */
export function verboseTransport(transport: Transport, template: Template, log: Log): Transport {
  const logged: Transport = (request, attempt) => {
    const { method } = redactRequest(request, template);
    const words = [method, shownUrl(request, template), ...writtenBeside(request, template)].join(' ');
    const page = `page ${attempt.pageIndex + 1}`;
    const started = performance.now();
    log(`> ${page}${attempt.attempt > 1 ? `, attempt ${attempt.attempt}` : ''}: ${words}`);
    return from(transport(request, attempt)).pipe(
      tap({
        next: ({ status }) => {
          log(`< ${page}: ${status} after ${seconds(performance.now() - started)}`);
        },
      }),
    );
  };
  return Object.assign(logged, transport);
}

/** Logs waits, and passes events on. The pages of detection are no pages of the walk. */
export const verboseWaits = (listener: EventListener, log: Log): EventListener => ({
  next(event) {
    listener.next(event);
    if (event.type !== 'wait') return;
    const failed = event.error instanceof Error ? `: ${wordError(event.error)}` : '';
    log(`  waits ${seconds(event.ms)} ${reasonOf(event)}${failed}`);
  },
});

/** Logs waits and pages, and passes events on. */
export const verboseEvents = (listener: EventListener, log: Log): EventListener => ({
  next(event) {
    verboseWaits(listener, log).next(event);
    if (event.type === 'page')
      log(
        `  page ${event.pageIndex + 1}: ${counted(event.items, 'item')}${event.total === undefined ? '' : ` of ${event.total.toLocaleString('en-US')}`}`,
      );
    else if (event.type === 'gap') log(`  page ${event.pageIndex + 1} is skipped: ${wordError(event.error)}`);
  },
});
