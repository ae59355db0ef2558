import type { PageRequest, PageResponse } from '../request.js';
import { byKey, byNumber } from './candidates/by-number.js';
import { byRange } from './candidates/by-range.js';
import { byConnection, byToken } from './candidates/by-token.js';
import { byLink, byLinkArray, byUrl } from './candidates/by-url.js';
import { type Candidate, placesOf } from './candidates/candidate.js';
import type { FoundList } from './lists.js';
import { scanAnswer } from '../reading/scan-answer.js';

/** The possible kinds of paging, best first. `place` is the placement that the caller named. */
export function candidatesOf(
  request: PageRequest,
  response: PageResponse,
  list: FoundList,
  place: string | undefined,
): readonly Candidate[] {
  const members = scanAnswer(response.body);
  const places = place === undefined ? placesOf(request) : [place];
  const found = [
    ...byConnection(request, members, list),
    ...byLink(response, list),
    ...byRange(response, list),
    ...byLinkArray(response.body, list),
    ...byUrl(request, response, members, list),
    ...byToken(members, response, list, places),
    ...byKey(request, members, response, list, places),
    ...byNumber('page', request, members, response, list, places),
    ...byNumber('offset', request, members, response, list, places),
  ];
  return found.sort((a, b) => b.score - a.score);
}
