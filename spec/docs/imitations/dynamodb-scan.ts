import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

interface Scan {
  TableName?: string;
  Limit?: number;
  FilterExpression?: string;
  ExclusiveStartKey?: { id?: { S?: string } };
}

/** The table `orders`: 250 items, of which at most 100 fit a page; with a filter, page 2 finds none. */
export const imitation: Imitation = {
  origin: 'https://dynamodb.us-east-1.amazonaws.com',
  aliases: ['http://localhost:8000'],
  start:
    () =>
    ({ method, headers, body }, response) => {
      const refuse = (type: string, message: string) =>
        json(response, { __type: type, message }, 400, { 'content-type': 'application/x-amz-json-1.0' });
      const action = /^DynamoDB_20120810\.(Scan|Query)$/.exec(String(headers['x-amz-target']))?.[1];
      if (method !== 'POST' || action === undefined || headers['content-type'] !== 'application/x-amz-json-1.0')
        return refuse('com.amazon.coral.service#UnknownOperationException', '');
      const { TableName, Limit = 100, FilterExpression, ExclusiveStartKey: start } = JSON.parse(body) as Scan;
      if (TableName !== 'orders')
        return refuse('com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', 'Requested resource not found');
      const last = start === undefined ? -1 : Number(/^o(\d+)$/.exec(start.id?.S ?? '')?.[1]);
      if (Number.isNaN(last) || !(Limit >= 1))
        return refuse('com.amazon.coral.validate#ValidationException', 'The provided starting key is invalid');
      const scanned = rows(250).slice(last + 1, last + 1 + Math.min(100, Limit));
      const found =
        FilterExpression === undefined ? scanned : scanned.filter((number) => number % 250 < 3 || number > 245);
      const end = scanned.at(-1);
      json(
        response,
        {
          Items: found.map((number) => ({ id: { S: `o${number}` }, total: { N: String(number) } })),
          Count: found.length,
          ScannedCount: scanned.length,
          // A page that ends with the table's last item has a key all the same.
          ...(end !== undefined && scanned.length >= Math.min(100, Limit)
            ? { LastEvaluatedKey: { id: { S: `o${end}` } } }
            : {}),
        },
        200,
        { 'content-type': 'application/x-amz-json-1.0' },
      );
    },
};
