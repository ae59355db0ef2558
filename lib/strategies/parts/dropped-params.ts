import { ConfigError } from '../../errors.js';
import type { Params } from '../../strategy.js';
import { describe } from '../../values/describe.js';
import { checkName } from '../../values/options.js';

/** Parameters that remove those of the template that have these names. @throws ConfigError */
export function droppedParams(kind: string, names: readonly string[] = []): Params {
  if (!Array.isArray(names))
    throw new ConfigError(`${kind}: dropParams must be an array of names, not ${describe(names)}`);
  for (const name of names as readonly string[]) checkName(kind, 'dropParams', name);
  return Object.fromEntries((names as readonly string[]).map((name) => [name, undefined]));
}
