import type { HttpInterceptorFn } from '@angular/common/http';
import { inject, Injectable, signal } from '@angular/core';

/** What the demo API does wrong from page 3 on, as long as it is asked to. */
export const faults = {
  down: 'is down',
  limit: 'limits requests',
  missing: 'does not find the list',
  cut: 'breaks the connection',
  none: 'works',
} as const;

@Injectable({ providedIn: 'root' })
export class Fault {
  readonly kind = signal<string>('down');
}

/** Pagewise sends its requests by HttpClient, so interceptors see them all. */
export const askForFault: HttpInterceptorFn = (request, next) => {
  if (!request.url.startsWith('/api/outage')) return next(request);
  return next(request.clone({ setHeaders: { 'x-demo-fault': inject(Fault).kind() } }));
};
