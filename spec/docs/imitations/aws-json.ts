import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** CloudWatch Logs: 120 log groups, and 100 events of which every other page has none; at most 50 a page. */
export const imitation: Imitation = {
  origin: 'https://logs.us-east-1.amazonaws.com',
  aliases: ['http://localhost:4566'],
  start:
    () =>
    ({ method, url, headers, body }, response) => {
      const refuse = (type: string, message: string) =>
        json(response, { __type: type, message }, 400, { 'content-type': 'application/x-amz-json-1.1' });
      if (method !== 'POST' || url.pathname !== '/' || url.search !== '')
        return refuse('UnknownOperationException', 'POST to / only');
      if (headers['content-type'] !== 'application/x-amz-json-1.1')
        return refuse('UnknownOperationException', 'The content type is application/x-amz-json-1.1');
      const action = /^Logs_20140328\.(\w+)$/.exec(String(headers['x-amz-target']))?.[1];
      const {
        limit = 50,
        nextToken = 'from-0',
        ...others
      } = JSON.parse(body) as { limit?: number; nextToken?: string };
      const from = Number(/^from-(\d+)$/.exec(nextToken)?.[1]);
      if (Number.isNaN(from)) return refuse('InvalidParameterException', 'The specified nextToken is invalid.');
      if (!(limit >= 1 && limit <= 50)) return refuse('InvalidParameterException', 'limit is from 1 to 50');
      if (action === 'DescribeLogGroups') {
        if (Object.keys(others).some((name) => name !== 'logGroupNamePrefix'))
          return refuse('SerializationException', 'unknown member');
        const logGroups = rows(120)
          .slice(from, from + limit)
          .map((number) => ({ logGroupName: `/aws/lambda/f${number}` }));
        return json(response, { logGroups, ...(from + limit < 120 ? { nextToken: `from-${from + limit}` } : {}) });
      }
      if (action === 'FilterLogEvents') {
        const events = from % 20 === 0 ? rows(10).map((number) => ({ eventId: String(from / 2 + number) })) : [];
        const more = from + 10 < 100 ? { nextToken: `from-${from + 10}` } : {};
        return json(response, { events, searchedLogStreams: [], ...more });
      }
      refuse('UnknownOperationException', 'no such action');
    },
};
