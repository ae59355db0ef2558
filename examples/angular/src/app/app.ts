import { ChangeDetectionStrategy, Component, inject, viewChild, type ElementRef } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { distinctUntilChanged, filter, map, skip } from 'rxjs';
import { Announcer } from './announcer';
import { ThemeSwitch } from './theme-switch';

@Component({
  selector: 'app-root',
  imports: [RouterLink, RouterLinkActive, RouterOutlet, ThemeSwitch],
  template: `
    <a class="skip" href="#content" (click)="focusContent($event)">Skip to the books</a>
    <header>
      <p class="brand">
        <svg viewBox="0 0 18 18" aria-hidden="true">
          <path d="M1 2h4v15H1zM6 5h3v12H6zM10.5 3.2l3.4-1 3.9 13.9-3.4 1z" />
        </svg>
        Books, page by page
      </p>
      <app-theme-switch />
      <nav aria-label="Lists">
        @for (link of links; track link.path) {
          <a
            [routerLink]="link.path"
            routerLinkActive="here"
            ariaCurrentWhenActive="page"
            [routerLinkActiveOptions]="{
              paths: 'exact',
              queryParams: 'ignored',
              fragment: 'ignored',
              matrixParams: 'ignored',
            }"
            >{{ link.name }}</a
          >
        }
      </nav>
    </header>
    <main id="content" tabindex="-1" #content><router-outlet /></main>
    <p class="said" role="status">{{ said() }}</p>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class App {
  protected readonly links = [
    { path: '/', name: 'Browse' },
    { path: '/pages', name: 'Pages' },
    { path: '/all', name: 'All' },
    { path: '/search', name: 'Search' },
    { path: '/busy', name: 'Rate limit' },
    { path: '/outage', name: 'Outage' },
  ];
  protected readonly said = inject(Announcer).said.asReadonly();
  private readonly content = viewChild.required<ElementRef<HTMLElement>>('content');

  constructor() {
    // Like a page load: screen readers and keyboards continue in the new content. Another search or page of the same list
    // leaves the focus where it is.
    inject(Router)
      .events.pipe(
        filter((event) => event instanceof NavigationEnd),
        map(({ urlAfterRedirects }) => urlAfterRedirects.split('?')[0]),
        distinctUntilChanged(),
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
