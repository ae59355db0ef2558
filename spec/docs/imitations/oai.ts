import { rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 25 records by OAI-PMH: a resumption token is an exclusive argument, and an empty element at the end. */
export const imitation: Imitation = {
  origin: 'https://oai.example.org',
  start:
    () =>
    ({ url }, response) => {
      const token = url.searchParams.get('resumptionToken');
      const answer = (inner: string) => {
        response.writeHead(200, { 'content-type': 'text/xml' });
        response.end(`<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">${inner}</OAI-PMH>`);
      };
      if (token !== null && url.searchParams.has('metadataPrefix'))
        return answer('<error code="badArgument">resumptionToken is an exclusive argument</error>');
      const from = Number(token ?? 0);
      const records = rows(25)
        .slice(from, from + 10)
        .map((n) => `<record><header><identifier>oai:example:${n}</identifier></header></record>`);
      const next = from + 10 < 25 ? String(from + 10) : '';
      answer(
        `<ListRecords>${records.join('')}<resumptionToken completeListSize="25">${next}</resumptionToken></ListRecords>`,
      );
    },
};
