import { provideHttpClient, withFetch, withInterceptors } from '@angular/common/http';
import {
  provideBrowserGlobalErrorListeners,
  provideZonelessChangeDetection,
  type ApplicationConfig,
} from '@angular/core';
import { provideClientHydration, withHttpTransferCacheOptions } from '@angular/platform-browser';
import { provideRouter, withComponentInputBinding, withInMemoryScrolling } from '@angular/router';
import { retryRequests } from 'pagewise';
import { providePagewise } from 'pagewise/angular';
import { askForFault } from './fault';
import { routes } from './routes';

export const config: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideZonelessChangeDetection(),
    provideHttpClient(withFetch(), withInterceptors([askForFault])),
    // The router scrolls: up on a new page, and on Back to where the list was left.
    provideRouter(routes, withComponentInputBinding(), withInMemoryScrolling({ scrollPositionRestoration: 'enabled' })),
    // The pages that the server has rendered come with the document; the browser does not ask for them again. The search
    // is a POST that changes nothing.
    provideClientHydration(withHttpTransferCacheOptions({ includePostRequests: true })),
    // One policy for the whole application: all lists share one retry budget.
    providePagewise({ policy: retryRequests({ retries: 2, base: 200 }) }),
  ],
};
