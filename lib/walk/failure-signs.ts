import { isSet } from '../checks.js';
import { CheckError } from '../errors.js';
import type { Page } from '../page.js';
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
        `an empty page would be the last one, but ${what}; if that is no failure, accept it with the check ${acceptance(path, found)}`,
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
function signOf(body: unknown, items: readonly unknown[], within = ''): Sign | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  for (const [name, value] of Object.entries(body).slice(0, 100)) {
    const isShards = within === '_shards' && name === 'failed' && isSet(value);
    if (value !== items && (isShards || isFailure(name, value))) return [name, value];
    const inner = within === '' && holders.test(name) ? signOf(value, items, name) : undefined;
    if (inner) return [`${name}.${inner[0]}`, inner[1]];
  }
  return undefined;
}

function isFailure(name: string, value: unknown): boolean {
  const key = name.toLowerCase().replace(/[^a-z]/g, '');
  const text = typeof value === 'string' ? value.toLowerCase() : typeof value === 'boolean' ? String(value) : '';
  if (/^(is)?(success(ful)?|ok)$/.test(key)) return text === 'false';
  if (/^(errors?|errormessage|exception)$/.test(key)) return isSet(value) && !/^(false|none|null|ok)$/.test(text);
  return key === 'status' ? /^(error|fail(ed|ure)?)$/.test(text) : key === 'timedout' && text === 'true';
}
