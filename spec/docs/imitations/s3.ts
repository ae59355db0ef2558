import { rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** A bucket of 25 objects, listed ten at a time in XML. */
export const imitation: Imitation = {
  origin: 'https://s3.example.org',
  start:
    () =>
    ({ url }, response) => {
      const from = Number(url.searchParams.get('continuation-token') ?? 0);
      const contents = rows(25)
        .slice(from, from + 10)
        .map((n) => `<Contents><Key>photos/${n}.jpg</Key><Size>${n * 100}</Size></Contents>`);
      const more = from + 10 < 25;
      const token = more ? `<NextContinuationToken>${from + 10}</NextContinuationToken>` : '';
      response.writeHead(200, { 'content-type': 'application/xml' });
      response.end(
        `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${String(more)}</IsTruncated>${token}${contents.join('')}</ListBucketResult>`,
      );
    },
};
