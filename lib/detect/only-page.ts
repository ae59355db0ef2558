import type { PageResponse } from '../request.js';
import {
  announcedIn,
  countOf,
  headerTotals,
  type Member,
  plainName,
  scanAnswer,
  sureTotals,
} from '../reading/scan-answer.js';
import { once } from '../reading/read.js';
import type { Asked, FoundList } from './lists.js';

/** Why an answer is the whole list, in words. */
export interface OnlyPage {
  readonly words: string;
  /** Whether that leaves no doubt. A total may be the length of a page. */
  readonly sure: boolean;
}

/** What an answer says about being the only page; `undefined` if it says nothing, or that there are more. */
export function onlyPage(
  { body, headers, url }: PageResponse,
  { items }: FoundList,
  asked: readonly Asked[] = [],
): OnlyPage | undefined {
  const members = scanAnswer(body);
  const announced = announcedIn(members, headers);
  const count = items.length;
  const flag = announced.hasMore[0];
  if (flag) return flag.value ? undefined : { words: `${flag.read.replace(/^!/, '')} says that this is the last page`, sure: true }; // prettier-ignore
  const pages = announced.totalPages.find(({ value }) => value <= 1);
  if (pages) return { words: `${pages.read} is ${String(pages.value)}`, sure: true };
  const ended = members.find(isEnded);
  if (ended) return { words: `${ended.path} is ${ended.value === '' ? "''" : String(ended.value)}`, sure: true };
  const total =
    members.find(({ plain, value }) => sureTotals.includes(plain) && countOf(value) === count)?.path ??
    headerTotals.find((name) => countOf(once(headers.get(name) ?? '')) === count);
  if (total === undefined) return undefined;
  // A page that is not full is the last one, also where the total is only that of the page.
  const room = roomOf(members, url, asked);
  const words = `${total} is ${String(count)}, the number of items`;
  return room !== undefined && room > count
    ? { words: `${words}, of ${String(room)} that fit the page`, sure: true }
    : { words, sure: false };
}

/** How many items a page may have: as the request asks, or as the answer says. */
function roomOf(members: readonly Member[], url: string, asked: readonly Asked[]): number | undefined {
  const query = [...new URLSearchParams(/\?([^#]*)/.exec(url)?.[1] ?? '')].map(([name, value]) => ({ name, value }));
  const requested = [...query, ...asked].filter(({ name }) => size.test(plainName(name)));
  const said = members.filter(({ plain, names }) => size.test(plain) && isAboutPages(names));
  return [...requested, ...said].flatMap(({ value }) => countOf(value) ?? [])[0];
}

const size =
  /^(page|paging|pagination)?(size|limit|perpage|itemsperpage|resultsperpage|maxresults|pagelength)$|^(first|top|take|rows)$/;

/** A next token or link that has no value, in a place where answers have such. */
const isEnded = ({ plain, names, value }: Member): boolean =>
  (value === null || value === '' || value === false) &&
  isAboutPages(names) &&
  /^(odata)?next(page|cursor|token|link|url|uri|href|marker|offset|start|results?|records?)*$|^.*(nextpagetoken|nextcursor|nexttoken|continuationtoken)$/.test(
    plain,
  );

/** Whether a member is in an object about paging, or in none. */
export const isAboutPages = (names: readonly string[]): boolean =>
  names.slice(0, -1).every((name) => holder.test(name));

const holder = /^_?(links?|meta(_?data)?|paging|paginat(ion|or)|pager?|page_?info|cursors?|response_?metadata|next|data|results?|response|body)$/i; // prettier-ignore
