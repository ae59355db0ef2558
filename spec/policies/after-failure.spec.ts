import { afterEach, describe, expect, it } from '@jest/globals';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { lastValueFrom, throwError, toArray } from 'rxjs';
import type { Transport } from 'pagewise';
import { answer, counting, rejection } from '../support/walks.js';

// On Node the code that follows a failure is always there. In browsers it is a file of its own: dist/browser as it is
// published, which the global setup has built.

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

/** A copy of the browser build, which has loaded nothing yet. */
async function browserBuild() {
  const folder = mkdtempSync(resolve('dist/browser-'));
  folders.push(folder);
  cpSync(resolve('dist/browser'), folder, { recursive: true });
  const shared = join(folder, 'shared');
  const file = join(
    shared,
    readdirSync(shared).find((name) => /^after-failure.*\.js$/.test(name))!,
  );
  return { file, ...((await import(join(folder, 'index.js'))) as typeof import('pagewise')) };
}

/** Answers with these statuses in turn, then with pages; counts the attempts. */
function failing(...statuses: number[]) {
  const run = { attempts: 0 };
  const transport: Transport = ({ body }) => [answer(body, statuses[run.attempts++] ?? 200)];
  return { run, transport };
}

describe('the browser build of retryRequests', () => {
  it('loads what it needs after a failure from a file of its own, and retries', async () => {
    const { paginate, retryRequests } = await browserBuild();
    const { run, transport } = failing(503, 503);
    const waits: unknown[] = [];
    const events = { next: (event: { type: string }) => void (event.type === 'wait' && waits.push(event)) };
    const policy = retryRequests({ base: 1 });
    const pages$ = paginate({ body: {} }, counting(2), { transport, policy, events });
    expect(await lastValueFrom(pages$.pipe(toArray()))).toHaveLength(2);
    expect([run.attempts, waits.length]).toEqual([4, 2]);
  });

  it('honours Retry-After', async () => {
    const { retryRequests, HttpError } = await browserBuild();
    const error = new HttpError(answer({}, 429, { 'retry-after': '3600' }));
    const failed = await rejection(lastValueFrom(throwError(() => error).pipe(retryRequests())));
    expect(failed).toMatchObject({ name: 'RateLimitError', retryAfterMs: 3_600_000 });
  });

  it('fails with the error of the attempt if that file can not be loaded, and needs it for nothing else', async () => {
    const { file, paginate, retryRequests } = await browserBuild();
    rmSync(file);
    const { run, transport } = failing(503);
    const pages$ = paginate({ body: {} }, counting(2), { transport, policy: retryRequests({ base: 1 }) });
    const error = await rejection(lastValueFrom(pages$));
    expect(error).toMatchObject({ name: 'HttpError', status: 503, attempts: 1, pageIndex: 0 });
    expect(run.attempts).toBe(1);
    expect(await lastValueFrom(pages$.pipe(toArray()))).toHaveLength(2);
  });

  it('T3 unsubscribing while that file is being loaded sends and emits nothing more', async () => {
    const { paginate, retryRequests } = await browserBuild();
    const { run, transport } = failing(503);
    const emitted: unknown[] = [];
    const note = (what: unknown) => void emitted.push(what);
    const pages$ = paginate({ body: {} }, counting(1), { transport, policy: retryRequests({ base: 1 }) });
    const subscription = pages$.subscribe({ next: note, error: note, complete: () => note('complete') });
    expect(run.attempts).toBe(1);
    subscription.unsubscribe();
    await pause(50);
    expect([run.attempts, emitted]).toEqual([1, []]);
  });
});
