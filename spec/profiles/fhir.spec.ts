import { describe, expect, it } from '@jest/globals';
import { CheckError, ExtractError, PositionExpiredError } from 'pagewise';
import { checkFhir, fhir } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/fhir.js';
import { json, serve } from '../support/server.js';
import { answer, rejection } from '../support/walks.js';
import { atEverySize, queries, serveExcept, walk, walkPages } from './walk.js';

interface Patient {
  id: string;
}
const patients = (origin: string) => ({ url: `${origin}/Patient?name=chalmers` });
const outcome = (code: string, diagnostics = 'No') => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code, diagnostics }],
});

describe('the FHIR profile', () => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => fhir<Patient>({ size: 5 }),
    request: patients,
    number: ({ id }) => Number(id),
    requests: [1, 1, 1, 2, 3],
  });

  it('follows the next link, which says nothing of the search', async () => {
    const server = await serve(imitation.start(7));
    const pages = await walkPages(patients(server.origin), fhir({ size: 5 }));
    expect(pages.map(({ items, total }) => [items.length, total])).toEqual([5, 2].map((n) => [n, 7]));
    expect(queries(server)).toEqual(['?name=chalmers&_count=5', '?_getpages=s1&_getpagesoffset=5&_count=5']);
  });

  it('takes included resources too, or matches alone; a Bundle without entries is empty', async () => {
    const entry = [
      { resource: 'patient', search: { mode: 'match' } },
      { resource: 'practice', search: { mode: 'include' } },
      { resource: 'message', search: { mode: 'outcome' } },
      { request: { method: 'DELETE' } },
    ];
    const bundle = { resourceType: 'Bundle', total: 1, link: [] };
    const server = await serve((_seen, response) => json(response, { ...bundle, entry }));
    expect(await walk(fhir(), patients(server.origin))).toEqual(['patient', 'practice']);
    const matches = fhir({ items: 'entry[search.mode=match].resource' });
    expect(await walk(matches, patients(server.origin))).toEqual(['patient']);
    expect(fhir().strategy.totalIs).toBe('estimate');
    const empty = await serve((_seen, response) => json(response, { ...bundle, total: 0 }));
    expect(await walk(fhir(), patients(empty.origin))).toEqual([]);
    expect(await walk(matches, patients(empty.origin))).toEqual([]);
    const odd = await serve((_seen, response) => json(response, { resourceType: 'Patient' }));
    expect(await rejection(walk(fhir(), patients(odd.origin)))).toBeInstanceOf(ExtractError);
  });

  it('an OperationOutcome says whether to try again', async () => {
    expect(checkFhir(answer(outcome('throttled'), 429), {})).toEqual({ retry: 'FHIR: throttled No', throttled: true });
    expect(checkFhir(answer(outcome('transient'), 500), {})).toEqual({ retry: 'FHIR: transient No' });
    expect(checkFhir(answer(outcome('not-found'), 404), {})).toBeUndefined();
    expect(checkFhir(answer('<html>', 502), {})).toBeUndefined();
    const busy = await serveExcept(imitation, 1, (_seen, response) => json(response, outcome('timeout')));
    expect(await walk(fhir({ size: 100 }), patients(busy.origin))).toHaveLength(250);
    const failing = await serveExcept(imitation, 1, (_seen, response) => json(response, outcome('exception')));
    const error = await rejection(walk(fhir({ size: 100 }), patients(failing.origin)));
    expect(error).toBeInstanceOf(CheckError);
    expect(error.message).toMatch(/^Page 2 failed: FHIR: exception No/);
  });

  it('a search that the server has forgotten is an expired position', async () => {
    const gone = await serveExcept(imitation, 1, (_seen, response) => json(response, outcome('processing'), 410));
    expect(await rejection(walk(fhir(), patients(gone.origin)))).toBeInstanceOf(PositionExpiredError);
  });
});
