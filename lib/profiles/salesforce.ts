import { inHeaders } from '../placements/in-headers.js';
import type { PageResponse } from '../request.js';
import { not } from '../reading/read.js';
import { nextUrl } from '../strategies/next-url.js';
import type { UrlPosition } from '../strategies/parts/follow-url.js';
import type { Placement, Verdict } from '../strategy.js';
import { redactText } from '../values/redact.js';
import { profile, type ProfileOptions, type UnratedProfile } from './profile.js';

/**
 * Salesforce's queries: SOQL by the REST API, by `nextRecordsUrl`, until `done`.
 *
 *     GET /services/data/v67.0/query?q=SELECT+Id+FROM+Contact
 *     Sforce-Query-Options: batchSize=2000   ▸   { "totalSize": 3222, "done": false, "nextRecordsUrl": "/services/data/v67.0/query/01g…-2000", "records": [ … ] }
 *
 *     const { strategy, check } = salesforce<Contact>({ size: 2000 });
 *
 * Sizes are from 200 to 2,000, and Salesforce may give fewer records
 * (https://developer.salesforce.com/docs/platform/api-rest/guide/resources-query-more-results.html).
 */
export const salesforce = <Item = unknown>({
  items = 'records',
  size,
  ...rest
}: ProfileOptions = {}): UnratedProfile<Item> =>
  profile(
    nextUrl<Item>,
    {
      items,
      size,
      maxSize: 2000,
      sizeParam: 'batchSize',
      next: 'nextRecordsUrl',
      hasMore: not('done'),
      total: 'totalSize',
      place: inQueryOptions,
    },
    { check: checkSalesforce },
    { of: 'salesforce', rest },
  );

const inQueryOptions: Placement = (request, { batchSize }) =>
  inHeaders()(request, { 'Sforce-Query-Options': `batchSize=${String(batchSize)}` });

/**
 * Errors are a list. A query locator that is gone after two days is an expired position. Limits have status 403; the
 * daily one is not worth another attempt.
 */
export const checkSalesforce = ({ status, body }: PageResponse, { url }: UrlPosition): Verdict | undefined => {
  if (status < 400 || !Array.isArray(body)) return undefined;
  const { errorCode, message } = (body[0] ?? {}) as { errorCode?: unknown; message?: unknown };
  const reason = redactText(`Salesforce: ${String(errorCode)} ${String(message)}`);
  if (url !== undefined && errorCode === 'INVALID_QUERY_LOCATOR') return { expired: reason };
  if (errorCode !== 'REQUEST_LIMIT_EXCEEDED') return undefined;
  return String(message).startsWith('TotalRequests') ? { fail: reason } : { retry: reason, throttled: true };
};
