import { Subscription, timer, type Unsubscribable } from 'rxjs';
import type { PageTimeoutError } from '../errors.js';
import type { Position } from '../page.js';
import type { PageResponse } from '../request.js';
import type { AnswerObserver, PageAsk } from './page-ask.js';

/** One page that is asked for ahead of its turn: its answer, or its error, waits here until the walk arrives. */
export class Lane<P extends Position> implements AnswerObserver, Unsubscribable {
  readonly ask: PageAsk;
  readonly position: P;
  readonly #life = new Subscription();
  #observer: AnswerObserver | undefined;
  #outcome: ((observer: AnswerObserver) => void) | undefined;

  constructor(ask: PageAsk, position: P) {
    this.ask = ask;
    this.position = position;
  }

  /** @param delayMs while a rate limit holds everyone back */
  start(delayMs: number): this {
    const start = () => {
      try {
        this.#life.add(this.ask.start(this, this.#life));
      } catch (error) {
        this.error(error);
      }
    };
    if (delayMs > 0) this.#life.add(timer(delayMs).subscribe(start));
    else start();
    return this;
  }

  /** The walk has arrived: what is known already is told at once. */
  observe(observer: AnswerObserver): this {
    this.#observer = observer;
    if (this.#outcome) {
      this.ask.time(observer, this.#life); // Reading it is the page's time too.
      this.#outcome(observer);
    }
    return this;
  }

  next(response: PageResponse): void {
    this.#tell((observer) => {
      observer.next(response);
      observer.complete();
    });
  }

  error(error: unknown): void {
    this.#tell((observer) => {
      observer.error(error);
    });
  }

  late(error: PageTimeoutError): void {
    if (this.#observer) this.#observer.late(error);
    else this.error(error);
  }

  complete(): void {
    this.#tell((observer) => {
      observer.complete();
    });
  }

  #tell(outcome: (observer: AnswerObserver) => void): void {
    if (this.#outcome) return;
    this.#outcome = outcome;
    if (this.#observer) outcome(this.#observer);
    else this.ask.timer?.unsubscribe(); // Waiting for its turn is no time that the page takes.
  }

  unsubscribe(): void {
    this.#life.unsubscribe();
  }
}
