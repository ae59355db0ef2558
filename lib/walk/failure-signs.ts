import { isSet } from '../checks.js';
import { CheckError } from '../errors.js';
import type { Page } from '../page.js';
import { digitsOf } from '../values/compare.js';
import { describe } from '../values/describe.js';

/**
 * Looks for failures inside answers that nothing but their 2xx status has judged. An empty page that would end the walk
 * is an error if it looks like a failure; any other page is used, and the first one is reported in a notice.
 * @returns to call with each such page; it throws CheckError
 */
export function failureGuard(notice: (message: string) => void): (page: Page) => void {
  let noticed = false;
  return ({ index, items, next, body, response }) => {
    const sign = signOf(body, items);
    if (sign === undefined) return;
    const [path, found] = sign;
    const what = `${path} is ${describe(found)}`;
    if (items.length === 0 && next === undefined)
      throw new CheckError(
        `the page is empty and would be the last one, but ${what}, which looks like a failure. If it is none, accept it with the check ${acceptance(path, found)}`,
        response,
        {},
      );
    if (noticed) return;
    noticed = true;
    notice(
      `Page ${String(index + 1)} is used, but ${what}, so items may be missing. If that is a failure, reject it with the check failIf('${path}').`,
    );
  };
}

/** The check that accepts what was found. */
const acceptance = (path: string, found: unknown): string =>
  isSet(found) ? `okIf('${path}')` : `okIf('${path}', '${String(found)}')`;

type Sign = readonly [path: string, found: unknown];

/** Names of objects around the items that an answer says in how it went. */
const holders = /^(meta|metadata|status|result|response|header|envelope|data|_shards)$/i;

/** What says that the answer is a failure, at its top or in an object that is about all of it. */
function signOf(body: unknown, items: readonly unknown[]): Sign | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  for (const [name, value] of Object.entries(body).slice(0, 100)) {
    if (value !== items && isFailure(name, value)) return [name, value];
    if (!holders.test(name) || typeof value !== 'object' || value === null || Array.isArray(value)) continue;
    for (const [inner, member] of Object.entries(value as object)) {
      const isShards = name === '_shards' && inner === 'failed' && isSet(member);
      if (member !== items && (isShards || isFailure(inner, member))) return [`${name}.${inner}`, member];
    }
  }
  return undefined;
}

function isFailure(name: string, value: unknown): boolean {
  const text = typeof value === 'string' ? value.toLowerCase() : (digitsOf(value) ?? value);
  switch (name.toLowerCase().replace(/[^a-z]/g, '')) {
    case 'success':
    case 'ok':
    case 'successful':
    case 'issuccess':
      return text === false || text === 'false';
    case 'error':
    case 'errors':
    case 'errormessage':
    case 'exception':
      return isSet(value) && text !== 'false' && text !== 'none' && text !== 'null' && text !== 'ok';
    case 'status':
      return text === 'error' || text === 'fail' || text === 'failed' || text === 'failure';
    case 'timedout':
      return text === true;
    default:
      return false;
  }
}
