import { describe, expect, it } from '@jest/globals';
import { pageNumber, paginate } from 'pagewise';
import { scriptedTransport, type ScriptedAnswer } from 'pagewise/testing';
import { NEVER } from 'rxjs';
import { settle } from '../support/server.js';
import { pagedStore } from './paged-store.js';

const strategy = pageNumber<number>({ items: 'items', total: 'total', size: 2 });
const full = (...items: number[]) => ({ body: { items, total: 3 } });
const broken = { status: 400 };

function store(answers: ScriptedAnswer[]) {
  const transport = scriptedTransport(answers);
  const made = pagedStore((resumeFrom) =>
    paginate({ url: 'https://host.test/' }, strategy, { transport, resumeFrom, policy: (page) => page }),
  );
  const shown = () => {
    const { items, status } = made.state();
    return [...items, status];
  };
  const asked = () =>
    transport.requests.map(({ url = '', state }) => `${new URL(url).searchParams.get('page')} ${state}`);
  return { ...made, shown, asked };
}

describe('pagedStore, of docs/frameworks.md', () => {
  it('requests nothing before somebody listens, then one page at a time', async () => {
    const { subscribe, loadNext, retry, shown, asked } = store([full(1, 2), full(3)]);
    loadNext();
    await settle();
    expect([shown(), asked()]).toEqual([['loading'], []]);
    subscribe(() => {});
    await settle();
    expect([shown(), asked()]).toEqual([[1, 2, 'ready'], ['1 answered']]);
    for (let i = 0; i < 3; i++) loadNext();
    expect(shown()).toEqual([1, 2, 'loading']);
    await settle();
    expect([shown(), asked()]).toEqual([
      [1, 2, 3, 'done'],
      ['1 answered', '2 answered'],
    ]);
    loadNext();
    retry();
    await settle();
    expect(asked()).toHaveLength(2);
  });

  it('resumes at the page that failed on request, not by further scrolling', async () => {
    const { subscribe, state, loadNext, retry, shown, asked } = store([broken, full(1, 2), broken, full(3)]);
    subscribe(() => {});
    await settle();
    expect([shown(), state().error]).toEqual([['error'], expect.objectContaining({ status: 400, pageIndex: 0 })]);
    retry();
    await settle();
    loadNext();
    await settle();
    expect([shown(), state().error]).toEqual([[1, 2, 'error'], expect.objectContaining({ pageIndex: 1 })]);
    loadNext();
    await settle();
    expect(asked()).toHaveLength(3);
    retry();
    expect(state()).toEqual({ items: [1, 2], status: 'loading', error: undefined, total: 3 });
    await settle();
    expect(shown()).toEqual([1, 2, 3, 'done']);
  });

  it('cancels when the last listener unsubscribes, and resumes for the next one', async () => {
    const { subscribe, loadNext, shown, asked } = store([full(1, 2), NEVER, full(3)]);
    const leave = [subscribe(() => {}), subscribe(() => {})];
    await settle();
    loadNext();
    await settle();
    leave[0]!();
    await settle();
    expect(asked()).toEqual(['1 answered', '2 open']);
    leave[1]!();
    await settle();
    expect(asked()).toEqual(['1 answered', '2 aborted']);
    subscribe(() => {});
    await settle();
    expect([shown(), asked()[2]]).toEqual([[1, 2, 3, 'done'], '2 answered']);
  });

  it('neither requests twice nor cancels if a listener unsubscribes and returns immediately', async () => {
    const { subscribe, asked, shown } = store([full(1, 2)]);
    subscribe(() => {})();
    subscribe(() => {});
    await settle();
    expect([asked(), shown()]).toEqual([['1 answered'], [1, 2, 'ready']]);
    subscribe(() => {})();
    await settle();
    expect(asked()).toHaveLength(1);
  });

  it('requests nothing if a listener unsubscribes immediately', async () => {
    const { subscribe, asked } = store([full(1, 2)]);
    subscribe(() => {})();
    await settle();
    expect(asked()).toEqual([]);
  });

  it('keeps the same state object until it changes, and notifies of each change', async () => {
    const { subscribe, state, loadNext } = store([full(1, 2), full(3)]);
    const told: unknown[] = [];
    const first = state();
    subscribe(() => told.push(state()));
    expect(state()).toBe(first);
    await settle();
    expect(state()).toBe(state());
    loadNext();
    await settle();
    expect(told).toHaveLength(3);
    expect(new Set(told).size).toBe(3);
  });

  it('reports an invalid query as its error', async () => {
    const { subscribe, state } = pagedStore(() => paginate({ url: 7 as never }, strategy));
    subscribe(() => {});
    await settle();
    expect(state()).toMatchObject({ status: 'error', error: { name: 'ConfigError' } });
  });
});
