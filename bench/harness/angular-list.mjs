// One list of pagedResource, loaded page after page. READ is what is read after each page, as a template does: pages or
// items.
//   node angular-list.mjs PAGES SIZE READ   ▸   { "first": µs a page of the first tenth, "last": of the last tenth, … }
import '@angular/compiler';
import {
  createEnvironmentInjector,
  EnvironmentInjector,
  provideZonelessChangeDetection,
  ɵEffectScheduler,
  ɵINJECTOR_SCOPE,
} from '@angular/core';
import { provideHttpClient } from '@angular/common/http';
import { pageNumber } from 'pagewise';
import { pagedResource, providePagewise } from 'pagewise/angular';

const [pages, size] = process.argv.slice(2, 4).map(Number);
const read = process.argv[4];
const transport = async ({ url }) => {
  const page = Number(new URL(url).searchParams.get('page'));
  const items = Array.from({ length: size }, (_, i) => ({ id: (page - 1) * size + i }));
  return { status: 200, headers: { get: () => null }, url, body: { items, total: pages * size } };
};

async function load() {
  const injector = createEnvironmentInjector(
    [
      { provide: ɵINJECTOR_SCOPE, useValue: 'root' },
      provideZonelessChangeDetection(),
      provideHttpClient(),
      providePagewise({ transport }),
    ],
    null,
  );
  const strategy = pageNumber({ items: 'items', size, total: 'total' });
  const request = { url: 'https://api.test/items' };
  const list = pagedResource(() => ({ request, strategy }), { injector: injector.get(EnvironmentInjector) });
  injector.get(ɵEffectScheduler).flush();
  await list.loadNext();
  const times = [];
  for (let page = 2; page <= pages; page++) {
    const start = performance.now();
    await list.loadNext();
    if (list[read]().length !== (read === 'items' ? page * size : page))
      throw new Error(`not all is there at page ${page}`);
    times.push((performance.now() - start) * 1000);
  }
  if (list.items().length !== pages * size) throw new Error('items are missing');
  injector.destroy();
  return times;
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
for (let i = 0; i < 3; i++) await load(); // Warm.
const times = await load();
const tenth = Math.floor(times.length / 10);
console.log(
  JSON.stringify({
    first: median(times.slice(0, tenth)),
    last: median(times.slice(-tenth)),
    whole: times.reduce((sum, time) => sum + time, 0) / 1000,
  }),
);
