import { ConfigError } from '../errors.js';
import type { PageResponse } from '../request.js';
import { describe } from '../values/describe.js';
import { candidatesOf } from './candidates.js';
import { listOf } from './find-paging.js';
import { onlyPage } from './only-page.js';
import { toFlags, toTypeScript } from './write-paging.js';

/** An answer that somebody has copied, and the request for it. */
export interface PastedAnswer {
  /** The body: JSON text, or the value that it holds. */
  readonly body: unknown;
  /** Headers of the answer. @default none */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** URL of the request. @default unknown */
  readonly url?: string | undefined;
  /** @default 'GET' */
  readonly method?: string | undefined;
  /** Body of the request: an object is JSON, a string a form. @default none */
  readonly requestBody?: unknown;
  /** Path of the items, if the answer has several lists. */
  readonly items?: string | undefined;
}

/** A way in which an API may page, according to one answer: nothing has proved it. */
export interface DetectedCandidate {
  /** What in the answer suggests it. */
  readonly evidence: string;
  /** The strategy as code. */
  readonly typescript: string;
  /** The strategy as flags of the command. */
  readonly flags: string;
  /** How clearly the answer says it: from 100 (a standard names it) to 10 (a common name that could be tried). */
  readonly score: number;
}

/** @throws ConfigError, DetectionError */
export function readAnswer(pasted: PastedAnswer): readonly DetectedCandidate[] {
  const { headers = {}, url = '', method = 'GET', requestBody, items } = pasted;
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const body = typeof pasted.body === 'string' ? parsed(pasted.body) : pasted.body;
  const response: PageResponse = { status: 200, url, headers: { get: (name) => lower.get(name.toLowerCase()) ?? null }, body }; // prettier-ignore
  const list = listOf(response, items);
  const request = { url, method, ...(requestBody === undefined ? {} : { body: requestBody }) };
  const found = candidatesOf(request, response, list, undefined).map(({ paging, evidence, score }) => ({ evidence, typescript: toTypeScript(paging), flags: toFlags(paging), score })); // prettier-ignore
  const only = onlyPage(response, list);
  const alone = { kind: 'none', options: { items: list.read } } as const;
  return only === undefined
    ? found
    : [{ evidence: `${only.words}: this may be the only page`, typescript: toTypeScript(alone), flags: toFlags(alone), score: only.sure ? 90 : 40 }, ...found].sort((a, b) => b.score - a.score); // prettier-ignore
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`is not JSON: ${describe(text)}`, { of: 'detectFrom', options: ['body'], cause });
  }
}
