import { describe, expect, it } from '@jest/globals';
import { fetchTransport, pageNumber, paginate, retryRequests, type Transport } from 'pagewise';
import { concat, lastValueFrom, of, throwError, toArray } from 'rxjs';
import { json, serve } from './support/server.js';
import { answer, counting } from './support/walks.js';

describe('transports and policies that serve a walk without an Observable', () => {
  it('are still called by whoever wraps them and copies what else they have', async () => {
    const server = await serve((_, response) => json(response, { items: [1], pages: 1 }));
    const called: string[] = [];
    const inner = fetchTransport();
    const transport: Transport = Object.assign((...asked: Parameters<Transport>) => {
      called.push('transport');
      return inner(...asked);
    }, inner);
    const policy = Object.assign(<T>(source: T): T => {
      called.push('policy');
      return source;
    }, retryRequests());
    const strategy = pageNumber<number>({ items: 'items', totalPages: 'pages' });
    const pages$ = paginate({ url: server.url }, strategy, { transport, policy });
    expect(await lastValueFrom(pages$.pipe(toArray()))).toHaveLength(1);
    expect(called).toEqual(['policy', 'transport']);
  });

  it('take the first answer: what a transport says after it is no other attempt', async () => {
    let attempts = 0;
    const transport: Transport = () => {
      attempts++;
      return concat(
        of(answer({ page: 1 })),
        throwError(() => new Error('socket hang up')),
      );
    };
    const policy = retryRequests({ base: 0 });
    const pages$ = paginate({ url: 'http://api.test/' }, counting(1), { transport, policy });
    expect(await lastValueFrom(pages$.pipe(toArray()))).toHaveLength(1);
    expect(attempts).toBe(1);
  });
});
