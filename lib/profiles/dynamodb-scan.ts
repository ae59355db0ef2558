import { inBody } from '../placements/in-body.js';
import { cursor } from '../strategies/cursor.js';
import { checkAws } from './aws-json.js';
import { type FollowingProfileOptions, profile, type Profile } from './profile.js';

/**
 * DynamoDB's Scan, and Query, which pages the same way: the last evaluated key goes into the next request.
 *
 *     POST /
 *     X-Amz-Target: DynamoDB_20120810.Scan
 *     { "TableName": "orders", "Limit": 100, "ExclusiveStartKey": { "id": { "S": "42" } } }
 *                                         ▸   { "Items": [ … ], "LastEvaluatedKey": { "id": { "S": "142" } } }
 *
 *     const { strategy, check, throttle } = dynamodbScan<Order>({ size: 100 });
 *
 * `size` is how many items are evaluated. A filter may leave fewer of them, or none; the walk continues.
 */
export const dynamodbScan = <Item = unknown>({
  items = 'Items',
  size,
  missingNext,
  ...rest
}: FollowingProfileOptions = {}): Profile<Item> =>
  profile(
    cursor<Item>,
    {
      items,
      size,
      sizeParam: 'Limit',
      next: 'LastEvaluatedKey',
      missingNext,
      cursorParam: 'ExclusiveStartKey',
      place: inBody(),
      // A page is a megabyte of evaluated items: a filter with few matches in a large table yields thousands of empty
      // pages.
      maxEmptyPages: 1_000_000,
    },
    { check: checkAws, throttle: { limit: 20, interval: 1000 } },
    { of: 'dynamodbScan', rest, takes: ['missingNext'] },
  );
