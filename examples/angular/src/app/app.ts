import { ChangeDetectionStrategy, Component, inject, viewChild, type ElementRef } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { filter, skip } from 'rxjs';

@Component({
  selector: 'app-root',
  imports: [RouterLink, RouterLinkActive, RouterOutlet],
  template: `
    <a class="skip" href="#content" (click)="focusContent($event)">Skip to the books</a>
    <header>
      <p class="brand">
        <svg viewBox="0 0 18 18" aria-hidden="true">
          <path d="M1 2h4v15H1zM6 5h3v12H6zM10.5 3.2l3.4-1 3.9 13.9-3.4 1z" />
        </svg>
        Books, page by page
      </p>
      <nav aria-label="Lists">
        @for (link of links; track link.path) {
          <a
            [routerLink]="link.path"
            routerLinkActive="here"
            ariaCurrentWhenActive="page"
            [routerLinkActiveOptions]="{ exact: true }"
            >{{ link.name }}</a
          >
        }
      </nav>
    </header>
    <main id="content" tabindex="-1" #content><router-outlet /></main>
    <footer>An example of <a href="https://www.npmjs.com/package/pagewise">Pagewise</a> with Angular.</footer>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class App {
  protected readonly links = [
    { path: '/', name: 'Browse' },
    { path: '/all', name: 'All' },
    { path: '/search', name: 'Search' },
    { path: '/busy', name: 'Rate limit' },
    { path: '/outage', name: 'Outage' },
  ];
  private readonly content = viewChild.required<ElementRef<HTMLElement>>('content');

  constructor() {
    // Like a page load: screen readers and keyboards continue in the new content.
    inject(Router)
      .events.pipe(
        filter((event) => event instanceof NavigationEnd),
        skip(1),
        takeUntilDestroyed(),
      )
      .subscribe(() => this.focusContent());
  }

  protected focusContent(event?: Event): void {
    event?.preventDefault(); // With <base href>, "#content" would lead to another page.
    this.content().nativeElement.focus({ preventScroll: true }); // The router scrolls: to the top, or where Back leads.
  }
}
