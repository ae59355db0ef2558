import { expect, it } from '@jest/globals';
import { CallbackError, paginate, tellAll, type WalkEvent } from 'pagewise';
import { Subject } from 'rxjs';
import { counting, echo, rejection } from './support/walks.js';

it('notifies several listeners, a Subject among them, in order', async () => {
  const heard: string[] = [];
  const subject = new Subject<WalkEvent>();
  subject.subscribe(({ type }) => heard.push(`subject ${type}`));
  const events = tellAll({ next: ({ type }) => void heard.push(`first ${type}`) }, subject);
  await paginate({ body: {} }, counting(1), { transport: echo, events }).forEach(() => {});
  const types = ['request', 'response', 'page', 'end'];
  expect(heard).toEqual(types.flatMap((type) => [`first ${type}`, `subject ${type}`]));
});

it('E11 notifies the others if one throws, and then fails the stream with its error', async () => {
  const heard: string[] = [];
  const failing = { next({ type }: WalkEvent) { if (type === 'page') throw new Error('mine'); } }; // prettier-ignore
  const events = tellAll(failing, { next: ({ type }) => void heard.push(type) });
  const error = await rejection(paginate({ body: {} }, counting(2), { transport: echo, events }).forEach(() => {}));
  expect([error.constructor, error.cause]).toEqual([CallbackError, new Error('mine')]);
  expect(heard).toEqual(['request', 'response', 'page', 'end']);
});
