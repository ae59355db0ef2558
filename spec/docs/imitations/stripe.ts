import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 250 customers, newest first, each page after the id that is asked for. */
export const imitation: Imitation = {
  origin: 'https://api.stripe.com',
  start: () => (seen, response) => {
    const { url, headers } = seen;
    const query = url.searchParams;
    const refuse = (status: number, error: Record<string, string>) =>
      json(response, { error: { type: 'invalid_request_error', ...error } }, status);
    if (!/^(Bearer|Basic) ./.test(headers.authorization ?? ''))
      return refuse(401, { message: 'You did not provide an API key.' });
    if (url.pathname !== '/v1/customers')
      return refuse(404, { message: `Unrecognized request URL (GET: ${url.pathname}).` });
    const size = Number(query.get('limit') ?? 10);
    if (!(size >= 1 && size <= 100))
      return refuse(400, { code: 'parameter_invalid_integer', param: 'limit', message: 'Must be between 1 and 100.' });
    const customers = rows(250).map((number) => ({ id: `cus_${1000 - number}`, object: 'customer' }));
    const after = query.get('starting_after');
    const start = after === null ? 0 : customers.findIndex(({ id }) => id === after) + 1;
    if (after !== null && start === 0)
      return refuse(400, {
        code: 'resource_missing',
        param: 'starting_after',
        message: `No such customer: '${after}'`,
      });
    json(response, {
      object: 'list',
      url: '/v1/customers',
      data: customers.slice(start, start + size),
      has_more: start + size < customers.length,
    });
  },
};
