import { stainlessPages } from '../harness/stainless-pages.mjs';

const byItem = (list) => async (ask) => {
  for await (const item of await list(ask)) ask.takeItem(item);
};

export default {
  name: 'Stainless (openai), by the item',
  walks: Object.fromEntries(Object.entries(stainlessPages).map(([kind, list]) => [kind, byItem(list)])),
};
