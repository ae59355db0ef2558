import { ConfigError } from '../errors.js';
import { inBody } from '../placements/in-body.js';
import { inForm } from '../placements/in-form.js';
import { inHeaders } from '../placements/in-headers.js';
import { inPath } from '../placements/in-path.js';
import { inQuery } from '../placements/in-query.js';
import { inVariables } from '../placements/in-variables.js';
import { header } from '../reading/read.js';
import type { Params, Placement, Strategy } from '../strategy.js';
import { kinds, optionNames, type PagingKind, pagingOptions, type PagingOptions, tokens } from './kinds.js';

/**
 * How an API pages, in words: detection and the command's flags make a Paging, from which code, flags and strategies
 * are made. A read is a path or `header:NAME`; with a `cursorParam` of `*`, the token's fields are the parameters.
 */
export interface Paging {
  readonly kind: PagingKind;
  /** `query`, `body`, `body:PATH`, `form`, `headers`, `path` or `variables`. @default the strategy's own */
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
    return value === undefined ? [] : [[names[name] ?? name, meant(name, value)] as const];
  });
  return Object.fromEntries(place === undefined ? made : [...made, ['place', placementOf(place)]]);
}

function meant(name: keyof PagingOptions, value: unknown): unknown {
  const { means } = pagingOptions[name];
  if (means === 'read') return read(value as string);
  if (means === 'parameter') return value === '*' ? everyField : value;
  if (means === 'tokens') return tokens(value as readonly string[]);
  return means === 'fields' && (value as readonly string[]).length === 1 ? (value as readonly string[])[0] : value;
}

/** A path, or `header:NAME`. */
export const read = (text: string) => (text.startsWith('header:') ? header(text.slice('header:'.length)) : text);

const everyField = (token: unknown): Params => token as Params;

/** @throws ConfigError */
export function placementOf(text: string): Placement {
  const [, word = text, path] = /^(body):(.+)$/s.exec(text) ?? [];
  switch (word) {
    case 'query':
      return inQuery();
    case 'body':
      return inBody(path);
    case 'form':
      return inForm();
    case 'headers':
      return inHeaders();
    case 'path':
      return inPath();
    case 'variables':
      return inVariables();
    default:
      throw new ConfigError(`${text} is not a placement; use query, body, body:PATH, form, headers, path or variables`);
  }
}
