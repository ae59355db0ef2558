import { ConfigError } from '../errors.js';
import { parsePlainPath } from '../reading/path.js';
import type { Params, Placement } from '../strategy.js';
import { withoutBytes } from '../values/bytes.js';
import { describe } from '../values/describe.js';
import { inBody } from './in-body.js';
import { inQuery } from './in-query.js';

const variable = /\{([\w.$-]+)\}/g;

/**
 * Writes parameters into a text, for APIs that page within a query language. The text names them: `{offset}`.
 *
 *     GET /query
 *     ▸  inText('query', 'SELECT * FROM Customer STARTPOSITION {offset} MAXRESULTS {limit}')(request, { offset: 101, limit: 100 })
 *     ▸  GET /query?query=SELECT%20*%20FROM%20Customer%20STARTPOSITION%20101%20MAXRESULTS%20100
 *
 * Values are written as they are, so only whole numbers and words (letters, digits, `_`, `-`, `.`, `:`, `+`, `/`, `=`)
 * are taken: anything else could change the query. A part in double braces, `{{ AND id > {after}}}`, is left out if one
 * of its parameters has no value (the first page's key).
 * @param name the parameter that holds the text
 * @param place where that parameter is written; inQuery() by default
 * @throws ConfigError for a parameter that the text does not name, a name without a parameter, or another value
 */
export function inText(name: string, text: string, place: Placement = inQuery()): Placement {
  if (typeof name !== 'string' || name === '')
    throw new ConfigError(`the name must be a non-empty string, not ${describe(name)}`, { of: 'inText' });
  if (typeof text !== 'string' || text.search(variable) === -1)
    throw new ConfigError(`the text must name a parameter, as in '… OFFSET {offset}', not ${describe(text)}`, {
      of: 'inText',
    });
  return (request, params) => place(request, { [name]: filled(text, params) });
}

function filled(text: string, params: Params): string {
  checkNamed('inText', [text], params);
  const valueOf = (param: string) => (Object.hasOwn(params, param) ? params[param] : undefined);
  const whole = text.replace(/\{\{((?:[^{}]|\{[\w.$-]+\})*)\}\}/g, (_part, inside: string) =>
    [...inside.matchAll(variable)].every(([, param = '']) => valueOf(param) !== undefined) ? inside : '',
  );
  return whole.replace(variable, (braced, param: string) => {
    const value = withoutBytes(valueOf(param));
    if (value === undefined)
      throw new ConfigError(
        `there is no value for ${braced}; if the value may be missing, write {{…${braced}…}} around the part that needs it`,
        { of: 'inText' },
      );
    const written = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
    if (typeof written !== 'string' || !/^[\w.:+/=-]+$/.test(written))
      throw new ConfigError(
        `parameter ${param} is ${describe(value)}, which could change the text; only numbers and words are written into it`,
        { of: 'inText' },
      );
    return written;
  });
}

/** JSON in which `'{name}'` stands for the value of a parameter. */
export type Template = string | number | boolean | null | readonly Template[] | { readonly [name: string]: Template };

/**
 * Writes parameters into templates of parts of the JSON body, for APIs that want a position in a form of its own.
 *
 *     inTemplate({
 *       '/structuredQuery/startAt': { values: [{ referenceValue: '{after}' }], before: false },
 *       '/structuredQuery/limit': '{limit}',
 *     })(request, { after: 'projects/p/…/b', limit: 100 })
 *     ▸  POST { "structuredQuery": { …, "startAt": { "values": [{ "referenceValue": "projects/p/…/b" }], "before": false },
 *          "limit": 100 } }
 *
 * A text that is only `'{name}'` becomes the value, whatever its type. A part is left out if one of its parameters has no
 * value (the first page's key).
 * @param parts templates by path of the body: a dot path or a JSON Pointer
 * @throws ConfigError for a parameter that no template names, a path that leads to a prototype, and for a body that is
 * not a plain object
 */
export function inTemplate(parts: Readonly<Record<string, Template>>): Placement {
  if (
    typeof parts !== 'object' ||
    (parts as unknown) === null ||
    Array.isArray(parts) ||
    Object.keys(parts).length === 0
  )
    throw new ConfigError(`give templates by path, as in { '/query/startAt': '{after}' }, not ${describe(parts)}`, {
      of: 'inTemplate',
    });
  const places = Object.entries(parts).map(([path, template]) => {
    const names = parsePlainPath('inTemplate', 'parts', path).segments;
    const name = names.at(-1);
    if (name === undefined)
      throw new ConfigError(`${describe(path)} is the whole body; give the path of a part of it`, { of: 'inTemplate' });
    const around = names
      .slice(0, -1)
      .map((each) => `/${each.replaceAll('~', '~0').replaceAll('/', '~1')}`)
      .join('');
    return { name, place: inBody(around), template, params: namesIn(template) };
  });
  const templates = Object.values(parts);
  return (request, params) => {
    checkNamed('inTemplate', templates, params);
    return places.reduce((placed, { name, place, template, params: needed }) => {
      const isWhole = needed.every((param) => Object.hasOwn(params, param) && params[param] !== undefined);
      return isWhole ? place(placed, { [name]: made(template, params) }) : placed;
    }, request);
  };
}

/** @throws ConfigError for a parameter that would not be sent */
function checkNamed(of: string, templates: readonly Template[], params: Params): void {
  const named = new Set(templates.flatMap(namesIn));
  for (const [name, value] of Object.entries(params))
    if (value !== undefined && !named.has(name))
      throw new ConfigError(`nothing names {${name}}; add it, or write ${name} elsewhere with \`inPlaces()\``, { of });
}

function namesIn(template: Template): readonly string[] {
  if (typeof template === 'string') return [...template.matchAll(variable)].map(([, name = '']) => name);
  return typeof template === 'object' && template !== null ? Object.values(template).flatMap(namesIn) : [];
}

function made(template: Template, params: Params): unknown {
  if (typeof template === 'string') {
    const [, only] = /^\{([\w.$-]+)\}$/.exec(template) ?? [];
    if (only !== undefined) return params[only];
    return template.replace(variable, (_braced, name: string) => String(withoutBytes(params[name])));
  }
  if (typeof template !== 'object' || template === null) return template;
  if (Array.isArray(template)) return template.map((each: Template) => made(each, params));
  return Object.fromEntries(Object.entries(template).map(([name, each]) => [name, made(each, params)]));
}
