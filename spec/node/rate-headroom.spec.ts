import { describe, expect, it } from '@jest/globals';
import { headroom } from '../../lib/node/run/answer-headers.js';

describe('what headers say of the rate limit', () => {
  it.each<[Record<string, string>, object]>([
    [{}, {}],
    [
      { 'x-ratelimit-remaining': '42', 'x-ratelimit-limit': '60' },
      { remaining: 42, limit: 60 },
    ],
    [
      { 'ratelimit-remaining': '0', 'ratelimit-limit': '100, 100;w=60' },
      { remaining: 0, limit: 100 },
    ],
    [{ 'x-rate-limit-remaining': '7' }, { remaining: 7 }],
    [
      { ratelimit: '"default";r=50;t=30', 'ratelimit-policy': '"default";q=100;w=60' },
      { remaining: 50, limit: 100 },
    ],
    [
      {
        ratelimit: '"burst";r=9;t=1, "day";r=4;t=900',
        'ratelimit-policy': '"burst";q=10;w=1, "day";q=5000;w=86400',
      },
      { remaining: 4, limit: 5000 },
    ],
    [{ ratelimit: 'limit=10, remaining=5', 'ratelimit-remaining': '5' }, { remaining: 5 }],
    [{ 'ratelimit-remaining': 'many' }, {}],
    [{ 'ratelimit-remaining': '-1' }, {}],
    [{ 'ratelimit-remaining': '9', 'ratelimit-limit': '5' }, { remaining: 9 }],
  ])('%j', (headers, found) => {
    expect(headroom((name) => headers[name])).toEqual(found);
  });
});
