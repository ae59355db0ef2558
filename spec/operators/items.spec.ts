import { describe, expect, it } from '@jest/globals';
import { items, paginate, type Page } from 'pagewise';
import { lastValueFrom, of, take, toArray } from 'rxjs';
import { counting, echo, rejection, thrown } from '../support/walks.js';

describe('items', () => {
  const pages = (options = {}) => paginate({ body: {} }, counting(3), { transport: echo, ...options });

  it('emits the items of all pages in order, and no more than are taken of a page', async () => {
    expect(await lastValueFrom(pages().pipe(items(), toArray()))).toEqual([1, 2, 3]);
    const page = { items: [1, 2, 3] };
    expect(await lastValueFrom(of(page, page).pipe(items(), take(2), toArray()))).toEqual([1, 2]);
  });

  it('passes on the error of a walk, after the items before it', async () => {
    const seen: number[] = [];
    const check = (_: unknown, position: unknown) => (position === 2 ? { fail: 'no' } : undefined);
    const error = await rejection(
      pages({ check })
        .pipe(items())
        .forEach((item) => seen.push(item)),
    );
    expect([error.name, error['pageIndex'], seen]).toEqual(['CheckError', 1, [1]]);
  });

  it.each<[value: unknown, words: string]>([
    [5, '5'],
    [null, 'null'],
    [undefined, 'undefined'],
    [{ items: 'text' }, 'an object with items'],
    [{}, 'an empty object'],
  ])('refuses a source that emits %j instead of pages', async (value, words) => {
    const { name, message } = await rejection(lastValueFrom(of(value as Page<number>).pipe(items())));
    expect([name, message]).toEqual(['ConfigError', `items: the source must emit pages, not ${words}; put items(…) before operators that change the pages`]); // prettier-ignore
  });

  it('is refused in pipe without its parentheses', () => {
    expect(thrown(() => pages().pipe(items as never)).message).toMatch(
      /^items: takes no arguments, not .*; if items itself is passed, add the parentheses: pages\.pipe\(items\(\)\)$/,
    );
  });
});
