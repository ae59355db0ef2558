export { paginate, type OptionsFor, type PaginateOptions } from './paginate.js';
export type { Pages } from './pages.js';
export type { Answer, Gap, Json, Page, Position, PositionOf } from './page.js';
export type {
  Attempt,
  HeaderMap,
  HeaderSource,
  PageRequest,
  PagePolicy,
  PageResponse,
  Policy,
  RequestTemplate,
  ResponseHeaders,
  Transport,
} from './request.js';
export { withHeaders } from './request.js';
export { tellAll } from './events.js';
export type { Schema, StandardIssue, StandardResult, StandardSchema } from './schema.js';
export type { ResumeToken, TokenOwner } from './page.js';
export { newest, type NewestOptions } from './sync/newest.js';
export type { Sync, Taken } from './sync.js';
export {
  checkpoint,
  type Checkpoint,
  type CheckpointOptions,
  type CheckpointStore,
  type Lease,
  type LeaseOptions,
  type LeaseTaken,
  type OpenCheckpoint,
  type Place,
} from './checkpoint.js';
export type { Check, Params, Placement, Strategy, Verdict } from './strategy.js';
export type { AllowedOrigin } from './walk/origin-rule.js';
export type {
  EndEvent,
  EventListener,
  GapEvent,
  NoticeEvent,
  PageEvent,
  RequestEvent,
  ResponseEvent,
  WaitEvent,
  WalkEvent,
} from './events.js';

export { pageNumber, type PageNumberOptions, type PageNumberPosition } from './strategies/page-number.js';
export { contentRange, type ContentRangeOptions, type ContentRangePosition } from './strategies/content-range.js';
export { cursor, type CursorOptions, type CursorPosition } from './strategies/cursor.js';
export { keyset, type KeysetOptions, type KeysetPosition } from './strategies/keyset.js';
export { linkHeader, type LinkHeaderOptions } from './strategies/link-header.js';
export { nextUrl, type NextUrlOptions } from './strategies/next-url.js';
export { offset, type OffsetOptions, type OffsetPosition } from './strategies/offset.js';
export { relay, type RelayOptions, type RelayPosition } from './strategies/relay.js';
export { splitRanges, type SplitPosition } from './strategies/split/split-ranges.js';
export type { RangeParams, SplitRangesOptions } from './strategies/split/split-options.js';
export type { PrefixOptions } from './strategies/split/prefixes.js';
export type { Bounds } from './strategies/split/ranges.js';
export { singlePage, type SinglePagePosition } from './strategies/single-page.js';
export type { FollowUrlOptions, UrlPosition } from './strategies/parts/follow-url.js';
export type { LinkRequest } from './strategies/parts/link-request.js';
export type { ListOptions } from './strategies/parts/list-options.js';
export type { MissingNextOptions } from './strategies/parts/missing-next.js';
export type { NextRequest, NextRequestOptions } from './strategies/parts/next-request.js';
export type { SizeOptions } from './strategies/parts/size.js';
export type { TokenParam, TokenSource } from './strategies/parts/token.js';
export type { ItemPath } from './reading/path.js';
export { flag, header, not, type Read } from './reading/read.js';
export type { ItemsOptions, ListedItem } from './reading/items.js';

export { inBody } from './placements/in-body.js';
export { inForm } from './placements/in-form.js';
export { inHeaders } from './placements/in-headers.js';
export { inPath } from './placements/in-path.js';
export { inPlaces } from './placements/in-places.js';
export { inQuery, type InQueryOptions } from './placements/in-query.js';
export { inTemplate, inText, type Template } from './placements/in-template.js';
export { inVariables } from './placements/in-variables.js';
export type { ArrayStyle } from './placements/query-text.js';

export {
  detect,
  detectFrom,
  type DetectedCandidate,
  type DetectOptions,
  type Detection,
  type PastedAnswer,
} from './detect.js';

export type { HttpTransportOptions } from './transports/http-transport.js';
export { fetchTransport, type FetchTransportOptions } from './transports/fetch-transport.js';
export type { Decode, EncodedAnswer, ParseJson } from './transports/decode-body.js';
export type { Fetch } from './transports/fetch-wire.js';
export { functionTransport } from './transports/function-transport.js';

export { breakRequests, type CircuitBreaker } from './policies/break-requests.js';
export { retryRequests } from './policies/retry-requests.js';
export type { RetryOptions } from './policies/retry-options.js';
export { throttleRequests, type ThrottleOptions } from './policies/throttle-requests.js';

export type { RedactedRequest } from './values/redact.js';
export { failIf, okIf, retryIf } from './checks.js';
export { ExactNumber, parseExactJson, stringifyExactJson } from './reading/exact-json.js';
export { afterItems } from './stops.js';
export { afterPages } from './stops.js';
export type { RunCounts, StopCondition } from './stops.js';

export { distinctItems, type DriftReport } from './operators/distinct-items.js';
export { eachPage, type EachPageOptions } from './operators/each-page.js';
export { eachPartition, type EachPartitionOptions } from './operators/each-partition.js';
export type {
  OwnOptions,
  PartitionEvent,
  PartitionListener,
  PartitionWalk,
} from './operators/partitions/run-partitions.js';
export type { PartitionPages, PartitionSource } from './operators/partitions/source.js';
export type { PartitionEnd, PartitionsReport } from './partition.js';
export { items } from './operators/items.js';
export { whenVisible } from './operators/when-visible.js';
export { resumeOnError, type ResumeOnErrorOptions } from './operators/resume-on-error.js';

export {
  AttemptTimeoutError,
  BrokenCircuitError,
  CallbackError,
  CheckError,
  ConfigError,
  CrossOriginError,
  DetectionError,
  EmptyPagesError,
  ExtractError,
  HttpError,
  isPagewiseError,
  LeaseError,
  PageTimeoutError,
  PagewiseError,
  PaginationLoopError,
  ParseError,
  PartitionsError,
  PositionExpiredError,
  RateLimitError,
  RedirectError,
  ResponseTooLargeError,
  ResumeError,
  RetryBudgetError,
  SchemaError,
  TransportError,
  UnsafeCursorError,
  WriteError,
  type PageContext,
  type ResumeReason,
  type RejectedCandidate,
  type Advice,
  type WaitingFor,
} from './errors.js';
