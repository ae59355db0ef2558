import { afterNextRender, ChangeDetectionStrategy, Component, DOCUMENT, inject, signal } from '@angular/core';

/** Light, dark, or what the system prefers. index.html applies the choice of the last visit before the first paint. */
@Component({
  selector: 'app-theme-switch',
  template: `
    <label>
      Theme
      <select #choice [value]="theme()" (change)="choose(choice.value)">
        <option value="auto">Auto</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ThemeSwitch {
  protected readonly theme = signal('auto');
  readonly #root = inject(DOCUMENT).documentElement;

  constructor() {
    afterNextRender(() => this.theme.set(this.#root.dataset['theme'] ?? 'auto'));
  }

  protected choose(theme: string): void {
    this.theme.set(theme);
    this.#root.dataset['theme'] = theme;
    try {
      localStorage.setItem('theme', theme);
    } catch {
      // The browser keeps no data: the choice lasts as long as the page.
    }
  }
}
