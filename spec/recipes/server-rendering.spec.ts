import { describe, expect, it } from '@jest/globals';
import { pageNumber, paginate } from 'pagewise';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { get } from 'svelte/store';
import { createSSRApp, defineComponent } from 'vue';
import { renderToString as renderVue } from 'vue/server-renderer';
import { settle } from '../support/server.js';
import { booksServer } from './books-server.js';
import { Books } from './react/books.js';
import { pagesOf } from './svelte/pages-of.js';
import { usePages } from './vue/use-pages.js';

const strategy = pageNumber<{ id: number }>({ size: 2, items: 'books' });

describe('the recipes of docs/frameworks.md, in server rendering', () => {
  it('show that they are loading, and request nothing', async () => {
    const { origin, asked } = await booksServer();
    const react = renderToString(createElement(Books, { url: `${origin}/items` }));
    expect(react).toBe('<ul></ul><p role="status"></p><button aria-disabled="true">Loading …</button>');

    const setup = () => {
      const { status } = usePages(
        () => `${origin}/items`,
        (url, resumeFrom) => paginate({ url }, strategy, { resumeFrom }),
      );
      return () => status.value;
    };
    expect(await renderVue(createSSRApp(defineComponent({ setup })))).toBe('loading');

    // As Svelte does with a store there.
    const store = pagesOf((resumeFrom) => paginate({ url: `${origin}/items` }, strategy, { resumeFrom }));
    expect(get(store).status).toBe('loading');

    await settle();
    expect(asked()).toEqual([]);
  });
});
