import { describe, expect, it } from '@jest/globals';
import { eachPage, functionTransport, paginate, resumeOnError, type Transport } from 'pagewise';
import { lastValueFrom, type Observable, of, throwError, toArray } from 'rxjs';
import { heapInUse } from '../support/heap.js';
import { answer, counting, echo, itemsOf, plain } from '../support/walks.js';

const all = <T>(source: Observable<T>) => lastValueFrom(source.pipe(toArray()));

// Apart from the other specs of these features: these run for seconds.
describe('many pages', () => {
  it('E2 a million pages from a synchronous transport overflow no stack and do not grow the heap', async () => {
    let pages = 0;
    let early = 0;
    let late = 0;
    await new Promise<void>((complete, error) => {
      paginate({ body: {} }, counting(1_000_000), { transport: echo }).subscribe({
        next: () => {
          pages++;
          if (pages === 100_000) early = heapInUse();
          if (pages === 999_999) late = heapInUse();
        },
        complete,
        error,
      });
    });
    expect(pages).toBe(1_000_000);
    // Between them, 5 bytes a page: a single reference kept for each page would be 8.
    expect(late - early).toBeLessThan(5 * 900_000);
  }, 120_000);

  it('E2 keeps no page that has been emitted, with concurrency too', async () => {
    const filler = 'x'.repeat(1000);
    const transport: Transport = async ({ body }) => answer({ ...(body as object), filler: [filler + String(body)] });
    let before = 0;
    let after = 0;
    const pages = paginate(
      { body: {} },
      { ...counting(6000), guess: (from: number) => from + 1 },
      { transport, policy: plain, concurrency: 4 },
    );
    for await (const { index } of pages) {
      if (index === 1000) before = heapInUse();
      if (index === 5990) after = heapInUse();
    }
    expect(after - before).toBeLessThan(1_000_000); // 5,000 pages would be five times that, at least.
  });

  it('E2 eachPage works on 20,000 pages that are done synchronously, with a flat stack', async () => {
    const pages = paginate({ body: {} }, counting(20_000), { transport: echo });
    expect(await all(eachPage(pages, ({ items }) => of(items[0]!)))).toHaveLength(20_000);
  });

  it('skipFailedPages overflows no stack, however many pages fail in a row', async () => {
    const transport = functionTransport(({ body }) => {
      const { page } = body as { page: number };
      if (page > 1 && page < 3000) throw Object.assign(new Error('x'), { code: 'ECONNRESET' });
      return of({ page });
    });
    const strategy = { ...counting(3000), guess: (from: number) => from + 1 };
    const walk = paginate({ body: {} }, strategy, { transport, policy: (source) => source, skipFailedPages: { max: 1e6 } });
    expect(itemsOf(await all(walk))).toEqual([1, 3000]);
  }); // prettier-ignore

  it('resumeOnError overflows no stack, however often it resumes', async () => {
    let asked = 0;
    const transport = functionTransport(() => (++asked < 3000 ? throwError(() => new Error('down')) : [{ page: 1 }]));
    const pages = paginate({ body: {} }, counting(1), { transport, policy: plain });
    expect(itemsOf(await all(pages.pipe(resumeOnError({ times: Infinity }))))).toEqual([1]);
  });
});
