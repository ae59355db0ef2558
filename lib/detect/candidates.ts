import type { PageRequest, PageResponse } from '../request.js';
import { byKey, byNumber } from './candidates/by-number.js';
import { byRange } from './candidates/by-range.js';
import { byConnection, byToken } from './candidates/by-token.js';
import { byLink, byLinkArray, byUrl } from './candidates/by-url.js';
import { type Candidate, isGraphql, paramOf, placesOf, renamed } from './candidates/candidate.js';
import type { FoundList } from './lists.js';
import { plainName, scanAnswer } from '../reading/scan-answer.js';

/** The possible kinds of paging, best first. `place` is the placement that the caller named. */
export function candidatesOf(
  request: PageRequest,
  response: PageResponse,
  list: FoundList,
  place: string | undefined,
): readonly Candidate[] {
  const members = scanAnswer(response.body);
  const places = place === undefined ? placesOf(request) : [place];
  const found: readonly Candidate[] = [
    ...byConnection(request, members, list),
    ...byLink(response, list),
    ...byRange(response, list),
    ...byLinkArray(response.body, list),
    ...byUrl(request, response, members, list),
    ...byToken(request, members, response, list, places),
    ...byKey(request, members, response, list, places),
    ...byNumber('page', request, members, response, list, places),
    ...byNumber('offset', request, members, response, list, places),
  ];
  return (isGraphql(request) ? declared(request, found) : [...found]).sort((a, b) => b.score - a.score);
}

/** Only the variables that a GraphQL query declares can be sent. */
function declared({ body }: PageRequest, found: readonly Candidate[]): Candidate[] {
  const variables = [...(body as { query: string }).query.matchAll(/\$(\w+)\s*:/g)].map(([, name = '']) => name);
  const done = new Set<string>();
  return found.flatMap((each) => {
    const { paging, others = [], unlikely = [] } = each;
    if (!['page', 'offset', 'cursor', 'keyset'].includes(paging.kind)) return [each];
    const names = [paging.options[paramOf(paging.kind)] ?? '', ...others, ...unlikely].map(plainName);
    const own = variables.filter((name) => names.includes(plainName(name)));
    const same = JSON.stringify([paging.kind, paging.options.next, paging.options.key]);
    if (own[0] === undefined || done.has(same)) return [];
    done.add(same);
    return [{ ...renamed(each, own[0]), paging: { ...renamed(each, own[0]).paging, place: 'variables' }, others: own.slice(1), blind: false }]; // prettier-ignore
  });
}
