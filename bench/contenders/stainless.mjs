import { stainlessPages } from '../harness/stainless-pages.mjs';

const byPage = (list) => async (ask) => {
  for await (const page of (await list(ask)).iterPages()) ask.take(page.getPaginatedItems());
};

export default {
  name: 'Stainless (openai), by the page',
  walks: Object.fromEntries(Object.entries(stainlessPages).map(([kind, list]) => [kind, byPage(list)])),
};
