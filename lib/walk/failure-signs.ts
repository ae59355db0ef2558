import { isSet } from '../checks.js';
import { CheckError } from '../errors.js';
import type { Page } from '../page.js';
import { digitsOf } from '../values/compare.js';
import { describe } from '../values/describe.js';

/**
 * Looks for failures inside answers that nothing but their 2xx status has judged. An empty page that would end the walk
 * is an error if it looks like a failure; any other page is used, and the first one is reported in a notice.
 * @returns a function to call with each such page, and whether it ends a list; it throws CheckError
 */
export function failureGuard(notice: (message: string) => void): (page: Page, isEnd?: () => boolean) => void {
  let noticed = false;
  const read = memberReader();
  return (page, isEnd = () => page.next === undefined) => {
    const { index, items, response } = page;
    const sign = signOf(page, read);
    if (sign === undefined) return;
    const [path, found] = sign;
    const what = `${path} is ${describe(found)}`;
    if (items.length === 0 && isEnd())
      throw new CheckError(
        `an empty page would be the last one, but ${what}; if that is not a failure, accept it with the check \`${acceptance(path, found)}\``,
        response,
        {},
      );
    if (noticed) return;
    noticed = true;
    notice(
      `Page ${String(index + 1)} is used, but ${what}, so items may be missing. If that is a failure, reject it with the check \`failIf('${path}')\`.`,
    );
  };
}

/** The check that accepts what was found. */
const acceptance = (path: string, found: unknown): string =>
  isSet(found) ? `okIf('${path}')` : `okIf('${path}', '${String(found)}')`;

type Sign = readonly [path: string, found: unknown];

/** Names of objects in which an answer reports how the request went. */
const holders =
  /^(meta|metadata|status|result|response|(response)?header|response_?metadata|head|envelope|data|_shards)$/i;

/** The member that says that the answer is a failure: at the top level, or in an object about the whole answer. */
function signOf(page: Page, read: (name: string) => Member, holder = page.body, within?: string): Sign | undefined {
  const { items, response } = page;
  if (typeof holder !== 'object' || holder === null || Array.isArray(holder)) return undefined;
  for (const name of Object.keys(holder).slice(0, 100)) {
    const value = (holder as Readonly<Record<string, unknown>>)[name];
    const [isHolder, fails] = read(name);
    const isShards = within === '_shards' && name === 'failed' && isSet(value);
    if ((isShards || fails(value)) && !holds(value, items) && !isSent(response.url, name, value)) return [name, value];
    const inner = within === undefined && isHolder ? signOf(page, read, value, name) : undefined;
    if (inner) return [`${name}.${inner[0]}`, inner[1]];
  }
  return undefined;
}

/** Scalars that report a failure, as `name=value`, with the name in plain letters. */
const failures =
  /^((is)?(success(ful)?|succeeded|ok)|jobcomplete)=false$|^(success|ok)=0$|^((is|has)errors?|failed|timedout|partial(results)?|incomplete(results|search))=true$|^((response|result)?stat(us)?|result|object)=(error|fail(ed|ure)?)$|^(http)?(status|code|statuscode)=(401|403|408|429|5\d\d)$/;
const errors = /^(odata)?(err(or)?(s|no|code|message|description|list)?|exception|fault|failure)$/;
const noError = /^(0+|200|none|no[ _-]?errors?|false|null|nil|ok|success(ful)?)[.!]?$/;

/** What the name of a member says: whether it is a holder, and which values report a failure. */
type Member = readonly [isHolder: boolean, fails: (value: unknown) => boolean];

/** Reads each name once: all answers of a walk have the same. */
function memberReader(): (name: string) => Member {
  const known = new Map<string, Member>();
  return (name) => {
    let member = known.get(name);
    if (!member) {
      if (known.size === 1000) known.clear(); // Names that are data.
      known.set(name, (member = [holders.test(name), failsBy(name)]));
    }
    return member;
  };
}

function failsBy(name: string): (value: unknown) => boolean {
  const plain = name.toLowerCase().replace(/[^a-z]/g, '');
  if (errors.test(plain)) return (value) => saysError(value);
  const fails = (text: string) => failures.test(`${plain}=${text}`);
  const canFail = ['false', '0', 'true', 'error', '500'].some(fails);
  return (value) => canFail && fails(textOf(value));
}

/** Whether the value of an error member reports an error: `{ "code": 0, "message": "OK" }` has nothing. */
function saysError(value: unknown, depth = 0): boolean {
  if (!isObject(value) || depth === 3 || Array.isArray(value)) return isSet(value) && !noError.test(textOf(value));
  return Object.values(value).some((member) => saysError(member, depth + 1));
}

/** A scalar as text, cut to 20 characters: no text that matters here is longer. */
const textOf = (value: unknown): string =>
  String(isObject(value) ? digitsOf(value) : value)
    .slice(0, 20)
    .toLowerCase();

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Whether a value holds the items: if the items are errors, that is not a failure. */
const holds = (value: unknown, items: unknown, depth = 0): boolean =>
  value === items ||
  (isObject(value) && depth < 3 && Object.values(value).some((member) => holds(member, items, depth + 1)));

/** Whether the request's query has this name and value: answers often repeat filters. */
const isSent = (url: string, name: string, value: unknown): boolean =>
  `&${url.replace(/^.*?\?|#.*$/g, '')}&`.includes(`&${name}=${String(value)}&`);
