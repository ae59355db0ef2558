import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 250 customers of a company, by query; at most 1,000 an answer, 100 without MAXRESULTS. */
export const imitation: Imitation = {
  origin: 'https://quickbooks.api.intuit.com',
  start:
    (total = 250) =>
    ({ url, headers }, response) => {
      const fault = (status: number, code: string, Message: string) =>
        json(response, { Fault: { Error: [{ Message, Detail: Message, code }], type: 'ValidationFault' } }, status);
      if (!headers.authorization?.startsWith('Bearer ')) return fault(401, '3200', 'message=AuthenticationFailed');
      if (!/^\/v3\/company\/\d+\/query$/.test(url.pathname)) return fault(404, '610', 'Object Not Found');
      const [, start = '1', most = '100'] =
        /^SELECT \* FROM Customer(?: STARTPOSITION (\d+))?(?: MAXRESULTS (\d+))?$/.exec(
          url.searchParams.get('query') ?? '',
        ) ?? [undefined, undefined, 'none'];
      if (most === 'none') return fault(400, '4000', 'Error parsing query');
      const from = Number(start) - 1;
      const Customer = rows(total)
        .slice(from, from + Math.min(1000, Number(most)))
        .map((number) => ({ Id: String(number), DisplayName: `Customer ${number}` }));
      json(response, {
        QueryResponse: Customer.length === 0 ? {} : { Customer, startPosition: from + 1, maxResults: Customer.length },
        time: '2026-01-01T00:00:00.000-08:00',
      });
    },
};
