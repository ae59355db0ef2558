import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { pagedResource } from 'pagewise/angular';
import { numbered } from './book';
import { BookList } from './book-list';
import { Fault, faults } from './fault';
import { injectWait } from './inject-wait';
import { Intro } from './intro';

/** Fails as often as it is asked to. What has arrived stays, and the list continues from there. */
@Component({
  selector: 'app-outage',
  imports: [BookList, Intro],
  template: `
    <app-intro heading="Outage" [files]="['outage.ts', 'trouble.ts', 'list-bar.ts']">
      From page 3 on, the server does what you choose. The loaded books stay, and the list continues from there.
    </app-intro>
    <p class="choice">
      <label for="fault">The server</label>
      <select id="fault" #choice [value]="fault.kind()" (change)="fault.kind.set(choice.value)">
        @for (kind of kinds; track kind[0]) {
          <option [value]="kind[0]">{{ kind[1] }}</option>
        }
      </select>
    </p>
    <app-book-list label="Books" [list]="books" [wait]="wait()" />
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Outage {
  protected readonly fault = inject(Fault);
  protected readonly kinds = Object.entries(faults);
  readonly #waits = injectWait();
  protected readonly wait = this.#waits.wait;
  protected readonly books = pagedResource(() => ({
    request: { url: '/api/outage' },
    strategy: numbered,
    options: { events: this.#waits.events },
  }));
}
