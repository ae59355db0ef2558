import * as core from '@angular/core';

/**
 * Tells the application that something is under way, until what is returned is called: a server renders, and tests go
 * on, when it is there. HttpClient tells of its requests only, not of waits between them.
 * @internal
 */
export function injectPending(): () => () => void {
  // Angular 17 and 18 have none: a named import would fail there, and a namespace that is used otherwise than by names
  // would bring all of Angular into a bundle.
  const tasks = (core as Partial<typeof core>).PendingTasks && core.inject(core.PendingTasks);
  return () => tasks?.add() ?? (() => undefined);
}
