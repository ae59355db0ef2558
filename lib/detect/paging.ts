import { ConfigError } from '../errors.js';
import { inBody } from '../placements/in-body.js';
import { inForm } from '../placements/in-form.js';
import { inHeaders } from '../placements/in-headers.js';
import { inPath } from '../placements/in-path.js';
import { inQuery } from '../placements/in-query.js';
import { inTemplate, inText, type Template } from '../placements/in-template.js';
import { inVariables } from '../placements/in-variables.js';
import { flag, header, not, type Read } from '../reading/read.js';
import type { Params, Placement, Strategy } from '../strategy.js';
import { describe } from '../values/describe.js';
import { kinds, optionNames, type PagingKind, pagingOptions, type PagingOptions, tokens } from './kinds.js';

/**
 * How an API pages, in words: detection and the command's flags make a Paging, from which code, flags and strategies
 * are made. A read is a path or `header:NAME`; with a `cursorParam` of `*`, the token's fields are the parameters.
 */
export interface Paging {
  readonly kind: PagingKind;
  /**
   * `query`, `body`, `body:PATH`, `form`, `headers`, `path`, `variables`, `text:NAME=TEXT` or `template:JSON`.
   * @default the strategy's own
   */
  readonly place?: string | undefined;
  readonly options: PagingOptions;
}

/** @throws ConfigError */
export const strategyOf = (paging: Paging): Strategy =>
  kinds[paging.kind].make(strategyOptions(paging) as never) as Strategy;

/** The options of a strategy, with reads, keys and placements instead of their words. @throws ConfigError */
export function strategyOptions({ kind, options, place }: Paging): object {
  const { names = {} } = kinds[kind];
  const made = optionNames.flatMap((name) => {
    const value = options[name];
    if (value === undefined || name === 'hasMoreIfAbsent') return [];
    return [[names[name] ?? name, name === 'hasMore' ? hasMoreOf(options) : meant(name, value)] as const];
  });
  return Object.fromEntries(place === undefined ? made : [...made, ['place', placementOf(place)]]);
}

function meant(name: keyof PagingOptions, value: unknown): unknown {
  const { means } = pagingOptions[name];
  if (means === 'read') return read(value as string);
  if (means === 'source') return typeof value === 'string' ? read(value) : readEach(value as Record<string, string>);
  if (means === 'parameter') return value === '*' ? everyField : value;
  if (means === 'tokens') return tokens(value as readonly string[]);
  return means === 'fields' && (value as readonly string[]).length === 1 ? (value as readonly string[])[0] : value;
}

/** A path, or `header:NAME`. */
export const read = (text: string) => (text.startsWith('header:') ? header(text.slice('header:'.length)) : text);

const readEach = (texts: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, read(text)]));

/** A has-more, or after an `!` a flag that says the opposite; and what an answer without it means. */
function hasMoreOf({ hasMore = '', hasMoreIfAbsent }: PagingOptions): Read<unknown> {
  const opposite = hasMore.startsWith('!');
  const flagged = read(opposite ? hasMore.slice(1) : hasMore);
  const absent = (hasMoreIfAbsent === 'true') !== opposite;
  const said = hasMoreIfAbsent === undefined ? flagged : flag(flagged, { absent });
  return opposite ? not(said) : said;
}

const everyField = (token: unknown): Params => token as Params;

/** @throws ConfigError */
export function placementOf(text: string): Placement {
  const [, word = text, rest = ''] = /^(body|text|template):(.+)$/s.exec(text) ?? [];
  switch (word) {
    case 'query':
      return inQuery();
    case 'body':
      return inBody(rest);
    case 'form':
      return inForm();
    case 'headers':
      return inHeaders();
    case 'path':
      return inPath();
    case 'variables':
      return inVariables();
    case 'text':
      return inText(...nameAndText(rest));
    case 'template':
      return inTemplate(parsedTemplate(rest));
    default:
      throw new ConfigError(
        `${text} is not a placement; use query, body, body:PATH, form, headers, path, variables, text:NAME=TEXT or template:JSON`,
      );
  }
}

/** `NAME=TEXT`: a parameter, and the text that names the parameters to write into it. */
export function nameAndText(text: string): [name: string, text: string] {
  const at = text.indexOf('=');
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** @throws ConfigError */
export function parsedTemplate(text: string): Readonly<Record<string, Template>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, Template>>;
  } catch {
    throw new ConfigError(`the template ${describe(text)} is not JSON; give one like {"/query/startAt": "{after}"}`);
  }
}
