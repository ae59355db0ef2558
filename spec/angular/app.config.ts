import { HttpClient, provideHttpClient, withInterceptors, type HttpInterceptorFn } from '@angular/common/http';
import { inject, Injectable, signal, type ApplicationConfig } from '@angular/core';
import { retryRequests } from 'pagewise';
import { providePagewise } from 'pagewise/angular';
import { tap, type Observable } from 'rxjs';

@Injectable({ providedIn: 'root' })
export class Auth {
  readonly #http = inject(HttpClient);
  readonly token = signal('');
  refresh(): Observable<string> {
    return this.#http.post('/api/token', null, { responseType: 'text' }).pipe(tap((token) => this.token.set(token)));
  }
}

const signed: HttpInterceptorFn = (request, next) =>
  next(request.clone({ setHeaders: { authorization: `Bearer ${inject(Auth).token()}` } }));

export const appConfig: ApplicationConfig = {
  providers: [
    provideHttpClient(withInterceptors([signed])),
    providePagewise(() => {
      const auth = inject(Auth);
      return { policy: retryRequests({ retries: 2, onUnauthorized: () => auth.refresh() }) };
    }),
  ],
};
