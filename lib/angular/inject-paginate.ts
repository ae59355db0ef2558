import { HttpClient } from '@angular/common/http';
import { assertInInjectionContext, inject, InjectionToken, type Provider } from '@angular/core';
import type { Position, PositionOf } from '../page.js';
import type { Pages } from '../pages.js';
import { type OptionsFor, paginateOver, type PaginateOptions } from '../paginate.js';
import type { RequestTemplate } from '../request.js';
import type { Strategy } from '../strategy.js';
import { checkOptions } from '../values/options.js';
import { httpClientTransport, type HttpClientTransportOptions } from './http-client-transport.js';

/** `paginate` over the application's HttpClient, with the defaults that `providePagewise` sets. */
// P has a default so that one type argument names the items.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type InjectedPaginate = <Read, P extends Position = any, Item = Read>(
  request: RequestTemplate,
  strategy: Strategy<Read, P>,
  options?: OptionsFor<Item, P>,
) => Pages<Item, PositionOf<P>>;

/**
 * `paginate` for services and components. Call it in an injection context:
 *
 *     class Inputs {
 *       readonly #paginate = injectPaginate();
 *       readonly all$ = this.#paginate({ url: '/api/inputs' }, pageNumber<Input>({ size: 50, items: 'inputs' }));
 *     }
 */
export function injectPaginate(): InjectedPaginate {
  assertInInjectionContext(injectPaginate);
  const { attemptTimeout, context, withCredentials, transferCache, transport, ...defaults } = inject(pagewiseDefaults);
  const options = { attemptTimeout, context, withCredentials, transferCache };
  const carried = transport ?? httpClientTransport(inject(HttpClient), options);
  return (request, strategy, own = {}) => paginateOver(() => carried, request, strategy, { ...defaults, ...own });
}

/** Options shared by all walks of an application; each walk's own options override them. */
export interface PagewiseDefaults
  extends
    Pick<PaginateOptions, 'policy' | 'check' | 'totalTimeout' | 'allowOrigins' | 'events' | 'transport'>,
    HttpClientTransportOptions {}

/** @internal */
const pagewiseDefaults = new InjectionToken<PagewiseDefaults>('pagewise', { factory: () => ({}) });

const names = [
  'policy', 'check', 'totalTimeout', 'allowOrigins', 'events', 'transport', 'attemptTimeout', 'context', 'withCredentials', 'transferCache',
] as const satisfies readonly (keyof PagewiseDefaults)[]; // prettier-ignore

/**
 * Sets defaults for `injectPaginate`, `pagedResource` and `numberedResource`, in an application or in the part of it
 * below a component:
 *
 *     bootstrapApplication(App, { providers: [provideHttpClient(), providePagewise({ policy: retryRequests({ retries: 2 }) })] })
 *
 * A function that returns them is called once, where `inject` can be used:
 *
 *     providePagewise(() => {
 *       const auth = inject(Auth);
 *       return { policy: retryRequests({ onUnauthorized: () => auth.refresh() }) };
 *     })
 *
 * @throws ConfigError for options that it does not know; of a function, where the defaults are first used
 */
export function providePagewise(defaults: PagewiseDefaults | (() => PagewiseDefaults)): Provider {
  const checked = (given: PagewiseDefaults): PagewiseDefaults => {
    checkOptions('providePagewise', given, names);
    return given;
  };
  return typeof defaults === 'function'
    ? { provide: pagewiseDefaults, useFactory: () => checked(defaults()) }
    : { provide: pagewiseDefaults, useValue: checked(defaults) };
}
