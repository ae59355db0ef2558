import type { Arguments } from './arguments.js';

/** Flags over those of a file. Headers go together, by their names; a body, a place and what is said are overruled whole. */
export function mergeFlags(under: Partial<Arguments>, over: Partial<Arguments>): Partial<Arguments> {
  const { data = [], json, ...rest } = under;
  const hasBody = over.json !== undefined || (over.data ?? []).length > 0;
  const header = [...(under.header ?? []), ...(over.header ?? [])];
  const { checkpoint, quiet, silent, verbose, progress, ...kept } = rest;
  const louder = over.verbose ?? over.progress ?? false;
  const quieter = over.quiet ?? over.silent ?? false;
  return {
    ...kept,
    ...(hasBody ? {} : { data, ...(json && { json }) }),
    ...(checkpoint !== undefined && over.resumeFrom === undefined && { checkpoint }),
    ...(!louder && given({ quiet, silent })),
    ...(!quieter && given({ verbose, progress })),
    ...over,
    ...(hasBody ? {} : { data }),
    ...(header.length > 0 && { header }),
  };
}

const given = <T extends object>(flags: T) =>
  Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) as Partial<T>;
