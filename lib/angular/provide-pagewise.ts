import { InjectionToken, type Provider } from '@angular/core';
import type { PaginateOptions } from '../paginate.js';
import type { HttpClientTransportOptions } from './http-client-transport.js';

/** What all walks of an application have in common; each walk's own options overrule it. */
export interface PagewiseDefaults
  extends
    Pick<PaginateOptions, 'policy' | 'check' | 'totalTimeout' | 'allowOrigins' | 'events' | 'transport'>,
    HttpClientTransportOptions {}

/** @internal */
export const pagewiseDefaults = new InjectionToken<PagewiseDefaults>('pagewise', { factory: () => ({}) });

/**
 * Sets what `injectPaginate` and `pagedResource` use, for an application or for the part of it that a component provides for:
 *
 *     bootstrapApplication(App, { providers: [provideHttpClient(), providePagewise({ policy: retryRequests({ retries: 2 }) })] })
 */
export const providePagewise = (defaults: PagewiseDefaults): Provider => ({
  provide: pagewiseDefaults,
  useValue: defaults,
});
