// Compiled, not run: what pagedResource and numberedResource infer.
import type { Signal } from '@angular/core';
import { cursor, pageNumber, type Page } from 'pagewise';
import { numberedResource, pagedResource } from 'pagewise/angular';
import { expectType, type Equal } from './public-types.js';

interface Book {
  id: number;
}
const request = { url: '/api/books' };

const paged = pagedResource(() => ({ request, strategy: cursor<Book>({ items: 'books', next: 'next' }) }));
expectType<Equal<typeof paged.items, Signal<readonly Book[]>>>();
expectType<Equal<typeof paged.pages, Signal<readonly Page<Book>[]>>>();
expectType<Equal<typeof paged.error, Signal<Error | undefined>>>();
const undo = paged.update((items) => items.filter(({ id }) => id > 1));
expectType<Equal<typeof undo, () => void>>();
// @ts-expect-error: items of another type
paged.update((items) => items.map(String));

const perhaps = pagedResource(() =>
  Math.random() > 1 ? undefined : { request, strategy: pageNumber<Book>({ items: 'books' }) },
);
expectType<Equal<typeof perhaps.items, Signal<readonly Book[]>>>();

const numbered = numberedResource(() => ({ request, strategy: pageNumber<Book>({ items: 'books', size: 20 }) }));
expectType<Equal<typeof numbered.items, Signal<readonly Book[]>>>();

const named = pagedResource<Book>(() => ({ request, strategy: cursor({ items: 'books', next: 'next' }) }));
expectType<Equal<typeof named.items, Signal<readonly Book[]>>>();
const namedPages = numberedResource<Book>(() => ({ request, strategy: pageNumber({ items: 'books', size: 20 }) }));
expectType<Equal<typeof namedPages.items, Signal<readonly Book[]>>>();
