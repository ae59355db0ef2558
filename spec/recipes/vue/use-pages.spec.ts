/** @jest-environment jsdom */
import { afterEach, describe, expect, it } from '@jest/globals';
import { pageNumber, paginate } from 'pagewise';
import { readFileSync } from 'node:fs';
import { createApp, defineComponent, effectScope, h, ref, type App, type Component } from 'vue';
import { compileScript, parse } from 'vue/compiler-sfc';
import { settle, until } from '../../support/server.js';
import { booksServer } from '../books-server.js';
import { importCompiled } from '../import-compiled.js';
import { usePages } from './use-pages.js';

// What a bundler defines.
for (const flag of ['OPTIONS_API', 'PROD_DEVTOOLS', 'PROD_HYDRATION_MISMATCH_DETAILS'])
  Object.assign(globalThis, { [`__VUE_${flag}__`]: false });

const strategy = pageNumber<{ id: number; title: string }>({ size: 2, items: 'books', total: 'total' });
const apps: App[] = [];
afterEach(() => apps.splice(0).forEach((app) => app.unmount()));

async function mount() {
  const api = await booksServer();
  const path = ref('items');
  const element = document.createElement('div');
  let pages: ReturnType<typeof open> | undefined;
  const open = () =>
    usePages(
      () => `${api.origin}/${path.value}`,
      (url, resumeFrom) => paginate({ url }, strategy, { resumeFrom }),
    );
  const component = defineComponent({
    setup() {
      const { items, status } = (pages = open());
      return () => h('p', [...items.value.map(({ title }) => title), status.value].join(' '));
    },
  });
  const app = createApp(component);
  apps.push(app);
  app.mount(element);
  const shows = async (text: string) => {
    await until(`it shows ${text}`, () => element.textContent === text).catch(() => {});
    expect(element.textContent).toBe(text);
  };
  return { api, app, path, open, pages: pages!, shows };
}

describe('usePages of docs/frameworks.md, in Vue', () => {
  it('shows the first page, and the next ones on request', async () => {
    const { api, pages, shows } = await mount();
    await shows('items 1 items 2 ready');
    expect(api.asked()).toEqual(['items 1']);
    pages.loadNext();
    pages.loadNext();
    await shows('items 1 items 2 items 3 items 4 ready');
    pages.loadNext();
    await shows('items 1 items 2 items 3 items 4 items 5 done');
    expect(api.asked()).toEqual(['items 1', 'items 2', 'items 3']);
  });

  it('starts over with another query, and cancels the request in flight', async () => {
    const { api, pages, path, shows } = await mount();
    await shows('items 1 items 2 ready');
    api.silent.add(2);
    pages.loadNext();
    await until('it is requested', () => api.inFlight() === 1);
    path.value = 'others';
    await shows('others 1 others 2 ready');
    await until('the old one is cancelled', () => api.aborted() === 1);
    expect(api.asked()).toEqual(['items 1', 'items 2', 'others 1']);
  });

  it('cancels when its component is unmounted, and when its scope is stopped', async () => {
    const { api, app, pages, open, shows } = await mount();
    await shows('items 1 items 2 ready');
    api.silent.add(2).add(1);
    pages.loadNext();
    await until('it is requested', () => api.inFlight() === 1);
    app.unmount();
    await until('it is cancelled', () => api.aborted() === 1);
    const scope = effectScope();
    scope.run(open);
    await until('it is requested', () => api.inFlight() === 1);
    scope.stop();
    await until('it is cancelled', () => api.aborted() === 2);
    pages.loadNext();
    await settle();
    expect(api.asked()).toHaveLength(3);
  });

  it('keeps what it has when a page fails, and resumes there', async () => {
    const { api, pages, shows } = await mount();
    api.failing.add(2);
    await shows('items 1 items 2 ready');
    pages.loadNext();
    await shows('items 1 items 2 error');
    expect(pages.error.value).toMatchObject({ status: 400, pageIndex: 1 });
    api.failing.clear();
    pages.retry();
    await shows('items 1 items 2 items 3 items 4 ready');
    expect(pages.error.value).toBeUndefined();
  });

  it('shows pages in a component', async () => {
    const api = await booksServer();
    const Books = await compiled();
    const element = document.createElement('div');
    const app = createApp(Books, { url: `${api.origin}/items` });
    apps.push(app);
    app.mount(element);
    const shows = (text: string) => until(`it shows ${text}`, () => element.textContent === text);
    const press = () => element.querySelector('button')!.click();
    await shows('items 1items 22 of 5 booksMore');
    const button = element.querySelector('button')!;
    document.body.append(element);
    button.focus();
    api.failing.add(2);
    press();
    await until('it says so', () => element.textContent.includes('Page 2 failed: 400'));
    api.failing.clear();
    press();
    await shows('items 1items 2items 3items 44 of 5 booksMore');
    press();
    await shows('items 1items 2items 3items 4items 55 of 5 booksThat is all');
    expect(api.asked()).toEqual(['items 1', 'items 2', 'items 2', 'items 3']);
    expect([document.activeElement === button, button.getAttribute('aria-disabled')]).toEqual([true, 'true']);
    element.remove();
  });
});

function compiled(): Promise<Component> {
  const { descriptor } = parse(readFileSync('spec/recipes/vue/Books.vue', 'utf8'));
  const { content } = compileScript(descriptor, { id: 'books', inlineTemplate: true });
  return importCompiled(content, 'spec/recipes/vue');
}
