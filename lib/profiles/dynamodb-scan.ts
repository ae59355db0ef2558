import { inBody } from '../placements/in-body.js';
import { cursor } from '../strategies/cursor.js';
import { checkAws } from './aws-json.js';
import { profile, type Profile, type ProfileOptions } from './profile.js';

/**
 * DynamoDB's Scan, and Query, which pages alike: the last key that was looked at goes into the next request.
 *
 *     POST /
 *     X-Amz-Target: DynamoDB_20120810.Scan
 *     { "TableName": "orders", "Limit": 100, "ExclusiveStartKey": { "id": { "S": "42" } } }
 *                                         ▸   { "Items": [ … ], "LastEvaluatedKey": { "id": { "S": "142" } } }
 *
 *     const { strategy, check, throttle } = dynamodbScan<Order>({ size: 100 });
 *
 * `size` is how many items are looked at: a filter leaves fewer of them, or none, and the walk goes on.
 */
export const dynamodbScan = <Item = unknown>({ items = 'Items', size }: ProfileOptions = {}): Profile<Item> =>
  profile(
    cursor<Item>,
    {
      items,
      size,
      sizeParam: 'Limit',
      next: 'LastEvaluatedKey',
      cursorParam: 'ExclusiveStartKey',
      place: inBody(),
      // A page is a megabyte that was looked at: a filter that finds little in a large table leaves thousands empty.
      maxEmptyPages: 1_000_000,
    },
    { check: checkAws, throttle: { limit: 20, interval: 1000 } },
  );
