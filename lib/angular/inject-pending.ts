import * as core from '@angular/core';

/**
 * Tells the application that something is under way, until what is returned is called: a server renders, and tests go
 * on, when it is there. HttpClient tells of its requests only, not of waits between them.
 * @internal
 */
export function injectPending(): () => () => void {
  // By name of the namespace: Angular 17 and 18 have none, and a named import would fail there.
  const { PendingTasks } = core as Partial<typeof core>;
  const tasks = PendingTasks && core.inject(PendingTasks);
  return () => tasks?.add() ?? (() => undefined);
}
