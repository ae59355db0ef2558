import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 1,200 titles, 10 a page by default and at most 500; every error comes with HTTP 200. */
export const imitation: Imitation = {
  origin: 'https://en.wikipedia.org',
  start:
    () =>
    ({ url }, response) => {
      const given = Object.fromEntries(url.searchParams) as Partial<
        Record<'format' | 'action' | 'list' | 'aplimit' | 'apcontinue' | 'continue', string>
      >;
      const refuse = (code: string, info: string) =>
        json(response, { error: { code, info, docref: 'See /w/api.php' } }, 200, { 'mediawiki-api-error': code });
      if (url.pathname !== '/w/api.php' || given.format !== 'json') {
        response.writeHead(200, { 'content-type': 'text/html' });
        return void response.end('<!DOCTYPE html><title>MediaWiki API help</title>');
      }
      if (given.action !== 'query' || given.list !== 'allpages')
        return refuse('badvalue', 'Unrecognized value for parameter "action" or "list"');
      const limit = given.aplimit === 'max' ? 500 : Math.min(500, Number(given.aplimit ?? 10));
      const from = given.apcontinue === undefined ? '0' : /^Title_(\d{4})$/.exec(given.apcontinue)?.[1];
      if (from === undefined || (given.apcontinue === undefined) !== (given.continue === undefined))
        return refuse('badcontinue', 'Invalid continue param. You should pass the original value returned');
      const start = Number(from);
      const title = (number: number, space: string) => `Title${space}${String(number).padStart(4, '0')}`;
      const allpages = rows(1200)
        .slice(start, start + limit)
        .map((number) => ({ pageid: 100 + number, ns: 0, title: title(number, ' ') }));
      const capped = Number(given.aplimit ?? 0) > 500;
      json(response, {
        ...(start + limit < 1200
          ? { continue: { apcontinue: title(start + limit, '_'), continue: '-||' } }
          : { batchcomplete: '' }),
        ...(capped ? { warnings: { allpages: { '*': '"aplimit" may not be over 500' } } } : {}),
        query: { allpages },
      });
    },
};
