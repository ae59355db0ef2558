export { paginate, type PaginateOptions } from './paginate.js';
export type { Pages } from './pages.js';
export type { Answer, Json, Page, Position } from './page.js';
export type {
  Attempt,
  HeaderMap,
  HeaderSource,
  PageRequest,
  PagePolicy,
  PageResponse,
  Policy,
  Transport,
} from './request.js';
export type { ResumeToken, TokenOwner } from './resume-token.js';
export type { Check, Params, Placement, Strategy, Verdict } from './strategy.js';
export type { AllowedOrigin } from './walk/origin-rule.js';
export type { EndEvent, EventListener, NoticeEvent, PageEvent, RequestEvent, WaitEvent, WalkEvent } from './events.js';

export { pageNumber, type PageNumberOptions, type PageNumberPosition } from './strategies/page-number.js';
export { header, type Read } from './values/read.js';

export { inBody } from './placements/in-body.js';
export { inQuery } from './placements/in-query.js';

export { fetchTransport, type FetchTransportOptions } from './transports/fetch-transport.js';
export type { Fetch } from './transports/platform.js';
export { functionTransport } from './transports/function-transport.js';

export { retryRequests, type RetryOptions } from './policies/retry-requests.js';
export { throttleRequests, type ThrottleOptions } from './policies/throttle-requests.js';

export { afterItems } from './stops/after-items.js';
export { afterPages } from './stops/after-pages.js';
export type { RunCounts, StopCondition } from './stops/stop-condition.js';

export { items } from './operators/items.js';

export * from './errors.js';
