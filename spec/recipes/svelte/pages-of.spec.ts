/** @jest-environment jsdom */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { flushSync, mount as mountComponent, unmount, type Component } from 'svelte';
import { compile } from 'svelte/compiler';
import { fromStore, get, writable } from 'svelte/store';
import { pageNumber, paginate } from 'pagewise';
import { settle, until } from '../../support/server.js';
import { booksServer } from '../books-server.js';
import { importCompiled } from '../import-compiled.js';
import { pagesOf } from './pages-of.js';

const here = 'spec/recipes/svelte';
const strategy = pageNumber<{ id: number }>({ size: 2, items: 'books', total: 'total' });

function compiled(): Promise<Component<{ url: string }>> {
  const source = readFileSync(`${here}/Books.svelte`, 'utf8');
  return importCompiled(compile(source, { generate: 'client', filename: 'Books.svelte' }).js.code, here);
}

describe('pagesOf of docs/frameworks.md, in Svelte', () => {
  it('is a store: requests the first page when subscribed to, and the next ones on request', async () => {
    const api = await booksServer();
    const books = pagesOf((resumeFrom) => paginate({ url: `${api.origin}/items` }, strategy, { resumeFrom }));
    await settle();
    expect(api.asked()).toEqual([]);
    const leave = books.subscribe(() => {});
    await until('the first page is there', () => get(books).status === 'ready');
    books.loadNext();
    await until('the second page is there', () => get(books).items.length === 4);
    api.silent.add(3);
    books.loadNext();
    await until('the third page is requested', () => api.inFlight() === 1);
    leave();
    await until('it is cancelled', () => api.aborted() === 1);
    api.silent.clear();
    books.subscribe(() => {});
    await until('it has gone on', () => get(books).status === 'done');
    expect(get(books).items.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
    expect(api.asked()).toEqual(['items 1', 'items 2', 'items 3', 'items 3']);
  });

  it('shows pages in a component of Svelte 5, starts over with another query, and ends with the component', async () => {
    const api = await booksServer();
    const Books = await compiled();
    const target = document.createElement('div');
    const props = reactive({ url: `${api.origin}/items` });
    const component = mountComponent(Books, { target, props: props.values });
    const shows = async (text: string) => {
      const found = () => target.textContent.replaceAll(/\s+/g, ' ').trim();
      await until(`it shows ${text}`, () => found() === text).catch(() => {});
      expect(found()).toBe(text);
    };
    const press = () => target.querySelector('button')!.click();

    await shows('items 1items 2 2 of 5 books More');
    const button = target.querySelector('button')!;
    document.body.append(target);
    button.focus();
    press();
    await shows('items 1items 2items 3items 4 4 of 5 books More');
    api.silent.add(3);
    press();
    await until('the third page is requested', () => api.inFlight() === 1);
    expect([document.activeElement === button, button.getAttribute('aria-disabled')]).toEqual([true, 'true']);
    api.failing.add(1);
    props.set({ url: `${api.origin}/others` });
    await until('it is cancelled', () => api.aborted() === 1);
    await until('it says so', () => target.textContent.includes('Page 1 failed: 400'));
    api.failing.clear();
    press();
    await shows('others 1others 2 2 of 5 books More');
    api.silent.add(2);
    press();
    await until('the second page is requested', () => api.inFlight() === 1);
    await unmount(component);
    await until('it is cancelled', () => api.aborted() === 2);
    expect(api.asked()).toEqual(['items 1', 'items 2', 'items 3', 'others 1', 'others 1', 'others 2']);
  });
});

/** Properties of a component that can be changed, as `$state` of a compiled parent gives them. */
function reactive<Props extends object>(first: Props) {
  const held = writable(first);
  const current = fromStore(held);
  const values = new Proxy(first, { get: (_, name) => current.current[name as keyof Props] });
  return { values, set: (next: Props) => (held.set(next), flushSync()) };
}
