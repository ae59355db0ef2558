import { Injectable, signal } from '@angular/core';

/** What screen readers say. The application has one live region, so that each change is said once. */
@Injectable({ providedIn: 'root' })
export class Announcer {
  readonly said = signal('');
}
