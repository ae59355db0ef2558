import { ConfigError } from '../errors.js';
import { inText } from '../placements/in-template.js';
import { offset } from '../strategies/offset.js';
import type { Check, Placement } from '../strategy.js';
import { redactText } from '../values/redact.js';
import { listed, sparseList } from './parts/lists.js';
import { profile, type Profile, type ProfileOptions } from './profile.js';

/**
 * QuickBooks Online's queries: the position is added to the text of `query`.
 *
 *     GET /v3/company/4620816365/query?query=SELECT * FROM Customer
 *     ▸  GET …/query?query=SELECT * FROM Customer STARTPOSITION 1001 MAXRESULTS 1000   ▸   { "QueryResponse": { "Customer": [ … ], "startPosition": 1001, "maxResults": 321 } }
 *
 *     const { strategy, check, throttle } = quickbooks<Customer>();
 *
 * If `items` names no list, the items are the only list in `QueryResponse`, which has none past the end. The walk ends
 * there (https://developer.intuit.com/app/developer/qbo/docs/learn/explore-the-quickbooks-online-api/data-queries).
 */
export const quickbooks = <Item = unknown>({ items, size = 1000, ...rest }: ProfileOptions = {}): Profile<Item> =>
  profile(
    listed(offset<Item>, items),
    {
      items: sparseList<Item>(items, {
        within: 'QueryResponse',
        isPage: (body) => Object.hasOwn(body, 'QueryResponse'),
      }),
      size,
      maxSize: 1000,
      start: 1,
      place: inQueryText,
    },
    // Of a company: 500 requests a minute, ten a second.
    { check: checkQuickbooks, throttle: { limit: 8, interval: 1000 } },
    { of: 'quickbooks', rest },
  );

/** @throws ConfigError for a request without a query */
const inQueryText: Placement = (request, params) => {
  const text = new URLSearchParams(/\?([^#]*)/.exec(request.url ?? '')?.[1] ?? '').get('query') ?? '';
  if (text === '')
    throw new ConfigError('quickbooks: the URL has no query; write one, as in …/query?query=SELECT * FROM Customer');
  if (/\b(STARTPOSITION|MAXRESULTS)\b/i.test(text))
    throw new ConfigError('quickbooks: remove STARTPOSITION and MAXRESULTS from the query; the profile adds them');
  return inText('query', `${text} STARTPOSITION {offset} MAXRESULTS {limit}`)(request, params);
};

/** The documented wait in milliseconds after too many requests. */
const documentedWait = 60_000;

/** An answer with a `Fault` is a failure, whatever its status. */
export const checkQuickbooks: Check = ({ status, headers, body }) => {
  if (status === 429)
    return headers.get('retry-after') === null
      ? { retry: 'QuickBooks: too many requests', throttled: true, afterMs: documentedWait }
      : undefined;
  const { Fault: fault } = (body ?? {}) as {
    Fault?: { Error?: readonly { Message?: unknown; Detail?: unknown; code?: unknown }[] } | null;
  };
  if (status < 200 || status >= 300 || fault === undefined || fault === null) return undefined;
  const { code, Message: message, Detail: detail } = fault.Error?.[0] ?? {};
  return { fail: redactText(['QuickBooks:', code, message, detail].filter((part) => typeof part === 'string').join(' ')) }; // prettier-ignore
};
