import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 250 patients; the Bundle of the first page has a message about the search too, and each page includes its practice. */
export const imitation: Imitation = {
  origin: 'https://fhir.example.org',
  start:
    (total = 250) =>
    ({ url, headers }, response) => {
      const outcome = (status: number, code: string, diagnostics: string) =>
        json(response, { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, diagnostics }] }, status);
      const query = url.searchParams;
      if (url.pathname !== '/Patient' && query.get('_getpages') === null)
        return outcome(404, 'not-found', 'Unknown resource type');
      if ((query.get('_getpages') ?? 's1') !== 's1') return outcome(410, 'processing', 'Search ID does not exist');
      const size = Number(query.get('_count') ?? 10);
      const from = Number(query.get('_getpagesoffset') ?? 0);
      const at = (offset: number) => `http://${String(headers.host)}/?_getpages=s1&_getpagesoffset=${offset}&_count=${size}`; // prettier-ignore
      const entry = [
        ...rows(total)
          .slice(from, from + size)
          .map((id) => ({ resource: { resourceType: 'Patient', id: String(id) }, search: { mode: 'match' } })),
        ...(from === 0
          ? [{ resource: { resourceType: 'OperationOutcome', issue: [] }, search: { mode: 'outcome' } }]
          : []),
      ];
      json(
        response,
        {
          resourceType: 'Bundle',
          type: 'searchset',
          total,
          link: [
            { relation: 'self', url: at(from) },
            ...(from + size < total ? [{ relation: 'next', url: at(from + size) }] : []),
          ],
          ...(total === 0 && from > 0 ? {} : { entry }),
        },
        200,
        { 'content-type': 'application/fhir+json' },
      );
    },
};
