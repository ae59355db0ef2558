import { placementOf } from '../../detect/paging.js';
import { ConfigError } from '../../errors.js';
import type { Sync } from '../../sync.js';
import { newest, type NewestOptions } from '../../sync/newest.js';
import { type Arguments, UsageError } from './arguments.js';
import type { RequestDraft } from './draft-request.js';

const flags = {
  syncParam: '--sync-param',
  syncIn: '--sync-in',
  syncStart: '--sync-start',
  syncLag: '--sync-lag',
  syncOrder: '--sync-order',
  syncKey: '--sync-key',
  syncFormat: '--sync-format',
  syncMissing: '--sync-missing',
  syncCompare: '--sync-compare',
} as const satisfies Partial<Record<keyof Arguments, string>>;

/** How a job asks only for what is new; `undefined` without `--sync`. @throws UsageError, ConfigError */
export function syncOf(args: Arguments, { body, method }: RequestDraft): Sync | undefined {
  const { sync: field, syncParam: param, syncIn: place, syncStart: start } = args;
  const names = Object.keys(flags) as (keyof typeof flags)[];
  const given = names.find((name) => args[name] !== undefined);
  if (field === undefined) {
    if (given === undefined) return undefined;
    throw new UsageError(`${flags[given]} needs --sync: the field of each item whose newest value is remembered, such as --sync updated_at`); // prettier-ignore
  }
  if (param === undefined && place !== undefined)
    throw new UsageError(`--sync-in ${place} says where --sync-param is written; add --sync-param NAME`);
  if (param === undefined && args.syncFormat !== undefined)
    throw new UsageError(`--sync-format ${args.syncFormat} says how --sync-param is written; add --sync-param NAME`);
  if (param !== undefined && place === undefined && body?.object !== undefined)
    throw new UsageError(
      '--sync-param: a JSON body needs --sync-in, since the parameter may go into the body or the query; add --sync-in body, --sync-in body:PATH (such as body:filter), or --sync-in query',
    );
  if (place !== undefined && /^(body|form|variables|template)/.test(place) && (method === 'GET' || method === 'HEAD'))
    throw new UsageError(
      `--sync-in ${place}: a ${method} request has no body; add -X POST, -d or --json, or give --sync-in query`,
    );
  const options: NewestOptions = {
    ...(param === undefined ? {} : { param }),
    ...(place === undefined ? {} : { place: placementOf(place) }),
    ...(start === undefined ? {} : { start: valueOf(start) }),
    ...(args.syncLag === undefined ? {} : { lag: valueOf(args.syncLag) }),
    ...(args.syncKey === undefined ? {} : { key: args.syncKey }),
    ...(args.syncOrder === undefined ? {} : { order: args.syncOrder }),
    ...(args.syncFormat === undefined ? {} : { format: args.syncFormat }),
    ...(args.syncMissing === undefined ? {} : { missing: args.syncMissing }),
    ...(args.syncCompare === undefined ? {} : { compare: args.syncCompare }),
  };
  try {
    return newest(field, options);
  } catch (error) {
    if (!(error instanceof ConfigError) || error.options[0] !== 'start') throw error;
    throw new UsageError(`--sync-start ${error.problem}`);
  }
}

/** Whole numbers are sent as numbers, which matters in JSON. */
const valueOf = (text: string): string | number => (/^-?\d{1,15}$/.test(text) ? Number(text) : text);
