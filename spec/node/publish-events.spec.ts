import { expect, it } from '@jest/globals';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { paginate, type WalkEvent } from 'pagewise';
import { publishEvents } from 'pagewise/node';
import { counting, echo } from '../support/walks.js';

const walk = (name?: string) =>
  paginate({ body: {} }, counting(2), { transport: echo, events: publishEvents(name) }).forEach(() => {});

it('publishes each event on a channel of its type', async () => {
  const heard: [unknown, unknown][] = [];
  const hear = (event: unknown, channel: string | symbol) => void heard.push([channel, (event as WalkEvent).type]);
  const channels = ['request', 'response', 'page', 'end'].map((type) => `pagewise:${type}`);
  for (const channel of channels) subscribe(channel, hear);
  await walk();
  await walk('orders');
  for (const channel of channels) unsubscribe(channel, hear);
  await walk();
  const page = [['pagewise:request', 'request'], ['pagewise:response', 'response'], ['pagewise:page', 'page']]; // prettier-ignore
  expect(heard).toEqual([...page, ...page, ['pagewise:end', 'end']]);
});

it('publishes under another name, to distinguish walks', async () => {
  const heard: unknown[] = [];
  const hear = (event: unknown) => void heard.push(event);
  subscribe('orders:page', hear);
  await walk('orders');
  await walk();
  unsubscribe('orders:page', hear);
  expect(heard).toMatchObject([{ pageIndex: 0, items: 1 }, { pageIndex: 1, items: 1 }]); // prettier-ignore
});
