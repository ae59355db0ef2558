import { ConfigError } from '../errors.js';
import type { EventListener } from '../events.js';
import { tellAll } from '../tell-all.js';
import type { Arguments } from './arguments.js';
import { UsageError } from './usage-error.js';

/**
 * The listener, and beside it what writes the files of --report, --trace and --har, where they are asked for.
 * @throws UsageError for files that can't be written
 */
export async function recorded({ report, trace, har }: Arguments, listener: EventListener): Promise<EventListener> {
  if (report === undefined && trace === undefined && har === undefined) return listener;
  const { recordRun } = await import('../node/record-run.js'); // Loaded on use: the report's page is large.
  try {
    return tellAll(listener, recordRun({ report, trace, har }));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(error.message.replace(/^recordRun: /, '--'));
  }
}
