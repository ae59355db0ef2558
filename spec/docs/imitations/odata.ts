import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 250 people, 8 a page or as many as the client prefers, at most 100; `$top` limits the whole result. */
export const imitation: Imitation = {
  origin: 'https://services.odata.org',
  start:
    () =>
    ({ url, headers }, response) => {
      const error = (status: number, code: string, message: string) =>
        json(response, { error: { code, message } }, status);
      if (url.pathname !== '/V4/TripPinService/People') return error(404, 'NotFound', 'The resource is not found');
      const whole = (name: string, otherwise: number) => Number(url.searchParams.get(name) ?? otherwise);
      const from = whole('$skiptoken', 0);
      const end = Math.min(250, whole('$top', 250));
      if (!(from >= 0 && end >= 0)) return error(400, 'BadRequest', 'The query is not valid');
      const preferred = /(?:^|[\s,;])(?:odata\.)?maxpagesize=(\d+)/.exec(String(headers['prefer'] ?? ''))?.[1];
      const to = Math.min(end, from + Math.min(100, Number(preferred ?? 8)));
      const next = new URLSearchParams(url.searchParams);
      next.set('$skiptoken', String(to));
      json(
        response,
        {
          '@odata.context': 'https://services.odata.org/V4/TripPinService/$metadata#People',
          ...(url.searchParams.get('$count') === 'true' ? { '@odata.count': 250 } : {}),
          value: rows(250)
            .slice(from, to)
            .map((number) => ({ UserName: `person${number}` })),
          ...(to < end
            ? { '@odata.nextLink': `http://${String(headers.host)}${url.pathname}?${next.toString()}` }
            : {}),
        },
        200,
        {
          'odata-version': '4.0',
          ...(preferred === undefined ? {} : { 'preference-applied': `odata.maxpagesize=${preferred}` }),
        },
      );
    },
};
