import { nextUrl } from '../strategies/next-url.js';
import type { Check } from '../strategy.js';
import { redactText } from '../values/redact.js';
import { named } from './parts/named.js';
import { type FollowingProfileOptions, profile, type UnratedProfile } from './profile.js';

/**
 * FHIR's searches and histories: the resources of a Bundle, by its link `next`.
 *
 *     GET /Patient?name=chalmers&_count=100   ▸   { "resourceType": "Bundle", "type": "searchset", "total": 321, "link": [{ "relation": "next", "url": "https://…" }],
 *     Accept: application/fhir+json                 "entry": [{ "resource": { "resourceType": "Patient", … }, "search": { "mode": "match" } }] }
 *
 *     const { strategy, check } = fhir<Patient>({ size: 100 });
 *
 * The items are all resources, also included ones, but not messages about the search (`mode` outcome). For matches
 * alone: `items: 'entry[search.mode=match].resource'`. The walk ends at a Bundle without such a link; `total` counts
 * matches alone (https://hl7.org/fhir/R4/http.html#paging, https://hl7.org/fhir/R4/search.html).
 */
export const fhir = <Item = unknown>({
  items,
  size,
  missingNext,
  ...rest
}: FollowingProfileOptions = {}): UnratedProfile<Item> =>
  profile(
    nextUrl<Item>,
    {
      items: items ?? named('entry', (body: unknown) => resources(body) as Item[]),
      missingItems: items === undefined ? 'error' : 'empty',
      size,
      sizeParam: '_count',
      next: 'link[relation=next].url',
      total: 'total',
      totalIs: 'estimate',
      missingNext,
    },
    { check: checkFhir },
    { of: 'fhir', rest, takes: ['missingNext'] },
  );

interface Bundle {
  readonly resourceType?: unknown;
  readonly entry?: readonly { readonly resource?: unknown; readonly search?: { readonly mode?: unknown } }[];
}

/** FHIR leaves out empty lists. An entry of a history may have no resource: it was deleted. */
function resources(body: unknown): unknown {
  const { resourceType, entry = [] } = (body ?? {}) as Bundle;
  if (resourceType !== 'Bundle' || !Array.isArray(entry)) return undefined;
  return (entry as NonNullable<Bundle['entry']>).flatMap(({ resource, search }) =>
    resource === undefined || search?.mode === 'outcome' ? [] : [resource],
  );
}

interface Outcome {
  readonly resourceType?: unknown;
  readonly issue?: readonly { readonly code?: unknown; readonly diagnostics?: unknown }[];
}

const transient = new Set<unknown>(['transient', 'lock-error', 'no-store', 'timeout', 'incomplete']);

/** An OperationOutcome says why there is no Bundle, whatever its status; its code says whether to try again. */
export const checkFhir: Check = ({ status, body }) => {
  const { resourceType, issue } = (body ?? {}) as Outcome;
  if (resourceType !== 'OperationOutcome') return undefined;
  const { code, diagnostics } = issue?.[0] ?? {};
  const reason = redactText(['FHIR:', code, diagnostics].filter((part) => typeof part === 'string').join(' '));
  if (code === 'throttled') return { retry: reason, throttled: true };
  if (transient.has(code)) return { retry: reason };
  return status >= 200 && status < 300 ? { fail: reason } : undefined;
};
