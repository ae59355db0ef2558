import { ChangeDetectionStrategy, Component, input } from '@angular/core';

/** The heading of a page, what it shows, and the files that do it. */
@Component({
  selector: 'app-intro',
  template: `
    <h1>{{ heading() }}</h1>
    <p class="lead">
      <ng-content />
      <span class="source">
        Source:
        @for (file of files(); track file) {
          <a [href]="'/source/' + file">{{ file }}</a>
        }
      </span>
    </p>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Intro {
  readonly heading = input.required<string>();
  /** In src/app; the server shows them. */
  readonly files = input.required<readonly string[]>();
}
