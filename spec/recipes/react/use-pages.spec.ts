/** @jest-environment jsdom */
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { act, createElement, StrictMode, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { booksServer } from '../books-server.js';
import { settle, until } from '../../support/server.js';
import { Books } from './books.js';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
const roots: Root[] = [];
const complained = jest.spyOn(console, 'error');
afterEach(async () => {
  await act(async () => roots.splice(0).forEach((root) => root.unmount()));
  expect(complained.mock.calls).toEqual([]); // such as snapshots that differ each time
});

/** Books in a document. */
async function mount() {
  const api = await booksServer();
  const element = document.createElement('div');
  const root = createRoot(element);
  roots.push(root);
  const render = (node: ReactNode) => act(async () => root.render(node));
  const books = (of = 'items') => createElement(Books, { url: `${api.origin}/${of}` });
  const shows = async (text: string) => {
    const found = () => element.textContent === text;
    await act(async () => await until(`it shows ${text}`, found).catch(() => {}));
    expect(element.textContent).toBe(text);
  };
  const press = () => act(async () => element.querySelector('button')!.click());
  return { api, root, render, books, shows, press, element };
}

describe('usePages of docs/frameworks.md, in React', () => {
  it('shows the first page, and the next ones on request', async () => {
    const { api, render, books, shows, press } = await mount();
    await render(books());
    await shows('items 1items 22 of 5 booksMore');
    expect(api.asked()).toEqual(['items 1']);
    await press();
    await shows('items 1items 2items 3items 44 of 5 booksMore');
    await press();
    await shows('items 1items 2items 3items 4items 55 of 5 booksThat is all');
    expect(api.asked()).toEqual(['items 1', 'items 2', 'items 3']);
  });

  it('requests no page twice in StrictMode, and cancels none', async () => {
    const { api, render, books, shows } = await mount();
    await render(createElement(StrictMode, null, books()));
    await shows('items 1items 22 of 5 booksMore');
    await settle();
    expect([api.asked(), api.aborted()]).toEqual([['items 1'], 0]);
  });

  it('starts over with another query, and cancels the request in flight', async () => {
    const { api, render, books, shows } = await mount();
    api.silent.add(1);
    await render(books());
    await until('it is requested', () => api.inFlight() === 1);
    api.silent.clear();
    await render(books('others'));
    await shows('others 1others 22 of 5 booksMore');
    await until('the first is cancelled', () => api.aborted() === 1);
    expect(api.asked()).toEqual(['items 1', 'others 1']);
  });

  it('shows nothing of the old query, not even for a moment', async () => {
    const { api, render, books, shows, element } = await mount();
    await render(books());
    await shows('items 1items 22 of 5 booksMore');
    api.silent.add(1);
    await render(books('others'));
    expect(element.textContent).toBe('Loading …');
  });

  it('does not start over when it is rendered again', async () => {
    const { api, render, books, shows } = await mount();
    for (let i = 0; i < 3; i++) await render(books());
    await shows('items 1items 22 of 5 booksMore');
    for (let i = 0; i < 3; i++) await render(books());
    await settle();
    expect(api.asked()).toEqual(['items 1']);
  });

  it('cancels when it is unmounted', async () => {
    const { api, render, books, shows, press } = await mount();
    await render(books());
    await shows('items 1items 22 of 5 booksMore');
    api.silent.add(2);
    await press();
    await until('the second page is requested', () => api.inFlight() === 1);
    await render(null);
    await until('it is cancelled', () => api.aborted() === 1);
    expect(api.asked()).toEqual(['items 1', 'items 2']);
  });

  it('keeps what it has when a page fails, and resumes there', async () => {
    const { api, render, books, shows, press, element } = await mount();
    api.failing.add(2);
    await render(books());
    await shows('items 1items 22 of 5 booksMore');
    await press();
    await act(async () => await until('it says so', () => element.textContent.includes('Try again')));
    expect(element.textContent).toMatch(/^items 1items 22 of 5 booksPage 2 failed: 400/);
    api.failing.clear();
    await press();
    await shows('items 1items 2items 3items 44 of 5 booksMore');
  });

  it('keeps the focus on its one button, through waiting, an error and the end', async () => {
    const { api, render, books, shows, press, element } = await mount();
    document.body.append(element);
    await render(books());
    await shows('items 1items 22 of 5 booksMore');
    const button = element.querySelector('button')!;
    const held = () => [document.activeElement === button, button.getAttribute('aria-disabled')];
    button.focus();
    api.failing.add(2);
    await press();
    await act(async () => await until('it says so', () => element.querySelector('[role=alert]') !== null));
    expect(held()).toEqual([true, 'false']);
    api.failing.clear();
    await press();
    await shows('items 1items 2items 3items 44 of 5 booksMore');
    await press();
    await shows('items 1items 2items 3items 4items 55 of 5 booksThat is all');
    expect(held()).toEqual([true, 'true']);
    await press();
    await settle();
    expect(api.asked()).toEqual(['items 1', 'items 2', 'items 2', 'items 3']);
    element.remove();
  });
});
