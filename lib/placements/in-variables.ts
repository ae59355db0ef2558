import { ConfigError } from '../errors.js';
import type { Placement } from '../strategy.js';
import { inBody } from './in-body.js';

/**
 * Writes parameters into the `variables` of a GraphQL request.
 *
 *     POST { "query": "query ($after: String) { … }" }
 *     ▸  inVariables()(request, { after: 'Y3Vyc29y' })
 *     ▸  POST { "query": "query ($after: String) { … }", "variables": { "after": "Y3Vyc29y" } }
 *
 * @throws ConfigError for a body that is not a plain object, or a query that does not use a variable: servers ignore an
 * unused variable and answer with the first page forever
 */
export function inVariables(): Placement {
  const write = inBody('variables');
  return (request, params) => {
    const query = (request.body as { query?: unknown } | null | undefined)?.query;
    if (typeof query === 'string')
      for (const name of Object.keys(params))
        if (!new RegExp(`\\$${escaped(name)}\\b`).test(query))
          throw new ConfigError(
            `the query does not use the variable $${name}; declare $${name} and pass it to the connection, or name the query's own variable: \`cursorParam\`, \`sizeParam\``,
            { of: 'inVariables' },
          );
    return write(request, params);
  };
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
