import { ConfigError, ExtractError } from '../errors.js';
import type { Json } from '../page.js';
import { inQuery } from '../placements/in-query.js';
import { parsePath, type Path, readPath } from '../reading/path.js';
import type { PageResponse } from '../request.js';
import type { Placement } from '../strategy.js';
import type { Sync, Taken } from '../sync.js';
import { fingerprint } from '../values/compare.js';
import { describe } from '../values/describe.js';
import { checkFunction, checkName, checkOneOf, checkOptions, invalid } from '../values/options.js';
import { compareMarks, earlier, type Mark, markAt, markOf, type MarkKind, momentOf } from './marks.js';
import { damaged, type Group, hashesOf, joined, markOfGroup } from './seen.js';

export interface NewestOptions {
  /**
   * The parameter that asks for items from a value on, as the API names it: `updated_since`. It gets the newest value of
   * earlier runs. @default none: the whole list is requested, and older items are left out
   */
  readonly param?: string | undefined;
  /** Where the parameter is written. @default inQuery() */
  readonly place?: Placement | undefined;
  /** How the parameter is written, if not like the field of the items. @default 'same' */
  readonly format?: 'same' | 'iso' | 'seconds' | 'milliseconds' | ((value: string | number) => Json) | undefined;
  /** What the parameter is in the first run; older items are left out. @default none: the first run gets everything */
  readonly start?: string | number | Date | undefined;
  /**
   * How far each run looks back, for rows that appear late: milliseconds, or a text such as `'5m'` (ms, s, m, h, d). For
   * numbers that are no times: by how much less. Items of that span that were delivered before are not delivered again,
   * unless they have changed; the checkpoint remembers them, with about 30 bytes each. @default 0
   */
  readonly lag?: number | string | undefined;
  /** A path to what identifies an item, such as `id`. @default none: the whole item does */
  readonly key?: string | undefined;
  /**
   * How the list is sorted by the field. With `'asc'`, an interrupted run asks anew from the newest value that it has.
   * With `'desc'` and without a parameter, a run ends at the first page that has older items only. With `'desc'` and
   * `'none'`, an interrupted run is continued before the next one begins. @default 'none'
   */
  readonly order?: 'asc' | 'desc' | 'none' | undefined;
  /**
   * What an item without the field means: an error; `'include'`: it is delivered, in every run; `'skip'`: it is left out.
   * @default 'error'
   */
  readonly missing?: 'error' | 'include' | 'skip' | undefined;
  /** How values are compared. @default what the first value looks like: a time, a number or a text */
  readonly compare?: MarkKind | undefined;
}

const known = [
  'param', 'place', 'format', 'start', 'lag', 'key', 'order', 'missing', 'compare',
] as const satisfies readonly (keyof NewestOptions)[]; // prettier-ignore

/** What a job remembers between runs. */
interface State {
  readonly kind?: MarkKind | undefined;
  /** The newest value when this walk began, and the items at and after it (less the lag) that were delivered before. */
  readonly from?: string | number | undefined;
  readonly had?: readonly Group[] | undefined;
  /** The newest value so far, and the items at and after it (less the lag). */
  readonly mark?: string | number | undefined;
  readonly seen?: readonly Group[] | undefined;
  /** The newest value of the pages so far in this walk, or of the last page with `order: 'desc'`. */
  readonly edge?: string | number | undefined;
  /** The server's clock at the first answer of this walk, in milliseconds since 1970. */
  readonly began?: number | undefined;
  /** The list was not sorted as `order` says. */
  readonly unsorted?: true | undefined;
}

/**
 * Asks only for what is new since the last run, by a field whose value grows: a time of change, a number, an id.
 *
 *     paginate(request, strategy, {
 *       checkpoint: checkpoint(fileStore('.jobs'), 'orders'),
 *       sync: newest('updated_at', { param: 'updated_since', start: '2024-01-01T00:00:00Z', key: 'id' }),
 *     })
 *
 *     first run    GET /orders?updated_since=2024-01-01T00:00:00Z
 *     second run   GET /orders?updated_since=2024-03-07T09:12:44Z    ▸   only items that the first run had not
 *
 * The newest value is stored with the pages: in the checkpoint, in `page.resume` and in the table of `writeTable`. So
 * an item is neither lost nor delivered twice, whenever a run is killed. Items that share the newest value come once,
 * if the API sends those too (at or after); an API that sends only what is after the value can leave out an item that
 * gets the same value later: give a `lag` there. Deleted rows are not seen, and a changed row comes again.
 * @param field a path into the items
 * @throws ConfigError for options that can't work; later ExtractError for items whose field is missing or can't be
 *   compared
 */
export function newest(field: string, options: NewestOptions = {}): Sync {
  const of = 'newest';
  checkName(of, 'field', field);
  checkOptions(of, options, known);
  const { param, place = inQuery(), format = 'same', start, key, order = 'none', missing = 'error' } = options;
  const path = parsePath(of, 'field', field);
  const keyPath = key === undefined ? undefined : parsePath(of, 'key', key);
  if (param !== undefined) checkName(of, 'param', param);
  if (param === undefined)
    for (const name of ['place', 'format'] as const)
      if (options[name] !== undefined)
        throw new ConfigError(`${of}: ${name} says how \`param\` is written; add \`param\``);
  checkFunction(of, 'place', options.place, "inBody('filter')");
  checkOneOf(of, 'order', order, ['asc', 'desc', 'none']);
  checkOneOf(of, 'missing', missing, ['error', 'include', 'skip']);
  if (options.compare !== undefined) checkOneOf(of, 'compare', options.compare, ['time', 'number', 'text']);
  if (typeof format !== 'function') checkOneOf(of, 'format', format, ['same', 'iso', 'seconds', 'milliseconds']);
  const lag = lagOf(options.lag);
  const begin = startOf(start);
  if (options.compare === 'text' && lag > 0)
    throw new ConfigError(`${of}: lag needs times or numbers, not texts; leave out lag, or compare`);

  const older = (mark: Mark): Mark => {
    const limit = lag === 0 ? mark : earlier(mark, lag);
    if (limit === undefined || (typeof options.lag === 'string' && momentOf(mark) === undefined))
      throw new ExtractError(field, path.text, `${describe(mark.raw)} is ${kindText[mark.kind]}, so there is no ${String(options.lag)} before it; leave out \`lag\`${mark.kind === 'number' ? ', or give it as a number' : ''}`); // prettier-ignore
    return limit;
  };
  /** Where the walk begins: the newest value of earlier runs less the lag, or the start. */
  const floorOf = (state: State): Mark | undefined => {
    const from = state.from === undefined ? undefined : markOf(state.from, state.kind);
    return from ? older(from) : begin && state.kind && alike(begin, state.kind);
  };
  const hashOf = (item: unknown, index: number): string => {
    if (keyPath === undefined) return fingerprint(item);
    const id = readPath(item, keyPath);
    if (id === undefined || id === null)
      throw new ExtractError('key', keyPath.text, `item ${index} has none; correct the path, or leave the key out`);
    return fingerprint([id, item]);
  };

  return {
    identity: `newest ${fingerprint([path.text, param, key, order])}`,
    begin(kept, ended) {
      if (kept === undefined) return { state: {}, startsOver: false };
      const state = readState(kept);
      // The list may have moved since: what is sorted by the field is complete up to its newest value.
      const isComplete = ended || (order === 'asc' && state.mark !== undefined && state.unsorted !== true);
      if (!isComplete) return { state: asJson(state), startsOver: false };
      const { kind, mark, seen } = state;
      return { state: asJson({ kind, from: mark, had: seen, mark, seen }), startsOver: true };
    },
    place(request, json) {
      if (param === undefined) return request;
      const state = json as State;
      const from = state.from === undefined ? undefined : markOf(state.from, state.kind);
      if (from === undefined) {
        // Without a start, the request is only tried: what can't be placed is refused before anything is sent.
        const placed = place(request, { [param]: start instanceof Date ? begin?.raw : (start ?? 'x') });
        return start === undefined ? request : placed;
      }
      return place(request, { [param]: written(older(from), format) });
    },
    take<Item>(json: Json, items: readonly Item[], response: PageResponse): Taken<Item> {
      if (items.length === 0) return { items, state: json, isOver: false };
      const state = json as State;
      const { kind, marks } = readMarks(items, path, { of: state.kind ?? options.compare, missing });
      const known: State = kind === undefined ? state : { ...state, kind };
      const floor = floorOf(known);
      const had = hashesOf(state.had ?? none);
      const isOld = (mark: Mark) => floor !== undefined && compareMarks(mark, floor) < 0;
      const hashes = new Map<number, string>();
      const hash = (index: number) => {
        const found = hashes.get(index) ?? hashOf(items[index], index);
        hashes.set(index, found);
        return found;
      };
      const taken = items.filter((_item, index) => {
        const mark = marks[index];
        if (mark === undefined) return missing === 'include';
        return !isOld(mark) && !(had.size > 0 && had.has(hash(index)));
      });
      const present = marks.filter((mark) => mark !== undefined);
      const [first, ...rest] = present;
      const skipped = missing === 'skip' && present.length < items.length ? `Items without ${path.text} are left out; to keep them, set \`missing: 'include'\`.` : undefined; // prettier-ignore
      if (first === undefined) return { items: taken, state: asJson(known), isOver: false, notice: skipped };
      const top = rest.reduce((a, b) => (compareMarks(a, b) < 0 ? b : a), first);
      const low = rest.reduce((a, b) => (compareMarks(a, b) > 0 ? b : a), first);
      const before = state.mark === undefined ? undefined : markOf(state.mark, kind);
      const edge = state.edge === undefined ? undefined : markOf(state.edge, kind);
      const isBehind = edge !== undefined && (order === 'asc' ? compareMarks(low, older(edge)) < 0 : order === 'desc' && compareMarks(top, edge) > 0); // prettier-ignore
      const unsorted = state.unsorted === true || isBehind;
      // A row that changes during the walk may be missed: its time is not before the walk began.
      const began = state.began ?? clockOf(response);
      const mark = latest(before, capped(top, began));
      const limit = older(mark);
      const kept = (state.seen ?? none).filter((group) => compareMarks(markOfGroup(group, kind), limit) >= 0);
      const fresh = marks.flatMap((each, index): [string | number, string][] =>
        each === undefined || compareMarks(each, limit) < 0 || had.has(hash(index)) ? [] : [[each.raw, hash(index)]],
      );
      const isOver = order === 'desc' && param === undefined && !unsorted && floor !== undefined && present.length === items.length && present.every(isOld); // prettier-ignore
      const notice =
        unsorted && state.unsorted !== true
          ? `The items are not sorted by ${path.text} as \`order: '${order}'\` says: this run goes through the whole list; ask the API for that order, or set \`order: 'none'\`.`
          : param !== undefined && floor !== undefined && present.some(isOld)
            ? `The API sends items that are older than ${describe(floor.raw)}, so it may ignore ${param}, and they are left out; check the name in its documentation.`
            : skipped;
      return {
        items: taken.length === items.length ? items : taken,
        state: asJson({
          ...known,
          mark: mark.raw,
          seen: joined(kept, fresh),
          edge: (order === 'desc' ? top : latest(edge, top)).raw,
          began,
          ...(unsorted ? { unsorted } : {}),
        }),
        isOver,
        notice,
      };
    },
  };

  /** The newest value that may be a mark: not later than the server's clock when the walk began. */
  function capped(mark: Mark, clock: number | undefined): Mark {
    // A large number may be an id.
    const moment = mark.kind === 'time' || timely.test(path.text) ? momentOf(mark) : undefined;
    if (moment === undefined || clock === undefined || moment <= clock) return mark;
    return markAt(clock, mark) ?? mark;
  }
}

/** The server's clock, in milliseconds since 1970. */
function clockOf({ headers }: PageResponse): number | undefined {
  const clock = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(clock) ? undefined : clock;
}

/** The end of a field's name that says that its numbers are times. */
const timely =
  /(^|[._-])(at|on|ts|At|On|TS)$|[a-z](At|On|Ts)$|([Tt]ime|[Dd]ate|[Ss]tamp|[Cc]reated|[Uu]pdated|[Mm]odified|[Cc]hanged|[Ee]poch)$/;

const kindText: Readonly<Record<MarkKind, string>> = { time: 'a time', number: 'a number', text: 'a text' };

const latest = (a: Mark | undefined, b: Mark): Mark => (a !== undefined && compareMarks(a, b) > 0 ? a : b);

/** The values of a page's items; `undefined` where there is none. @throws ExtractError */
function readMarks(
  items: readonly unknown[],
  path: Path,
  { of, missing }: { of: MarkKind | undefined; missing: 'error' | 'include' | 'skip' },
): { kind: MarkKind | undefined; marks: readonly (Mark | undefined)[] } {
  let kind = of;
  const problem = (index: number, text: string) => new ExtractError('sync', path.text, `item ${index} ${text}`);
  const marks = items.map((item, index) => {
    const value = readPath(item, path);
    if (value === undefined || value === null || value === '') {
      if (missing !== 'error') return undefined;
      throw problem(index, "has no value there; correct the path, or set `missing: 'include'` or `'skip'`");
    }
    const mark = markOf(value, kind);
    if (mark === undefined)
      throw problem(
        index,
        kind === undefined
          ? `has ${describe(value)}, which can't be compared; name a field with ISO 8601 times, numbers or ids, or set \`compare: 'text'\``
          : `has ${describe(value)}, but ${of === undefined ? 'the items before it' : 'earlier items'} have ${kindText[kind]} there; set \`compare: 'text'\` if it is an id`,
      );
    kind = mark.kind;
    return mark;
  });
  return { kind, marks };
}

/** A start as a value of the items' kind: a time may be compared with times since 1970. */
function alike(begin: Mark, kind: MarkKind): Mark | undefined {
  if (begin.kind === kind) return begin;
  if (kind === 'text') return markOf(begin.raw, 'text');
  const moment = momentOf(begin);
  if (moment === undefined) return undefined;
  return kind === 'time' ? markOf(new Date(moment).toISOString()) : undefined;
}

/** A value in the form that the parameter has. */
function written(mark: Mark, format: NonNullable<NewestOptions['format']>): Json {
  if (typeof format === 'function') return format(mark.raw);
  if (format === 'same') return mark.raw;
  const moment = momentOf(mark);
  if (moment === undefined)
    throw new ConfigError(`newest: format ${describe(format)} needs times, not ${describe(mark.raw)}; give a function`);
  return format === 'iso' ? new Date(moment).toISOString() : Math.floor(format === 'seconds' ? moment / 1000 : moment);
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function lagOf(lag: unknown = 0): number {
  const [, count, unit = ''] = typeof lag === 'string' ? (/^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(lag) ?? []) : [];
  const ms = typeof lag === 'number' ? lag : Number(count) * (units[unit] ?? NaN);
  if (!Number.isFinite(ms) || ms < 0)
    throw invalid('newest', 'lag', lag, `milliseconds or a text such as '5m' (ms, s, m, h, d)`);
  return ms;
}

function startOf(start: unknown): Mark | undefined {
  if (start === undefined) return undefined;
  const isDate = start instanceof Date && !Number.isNaN(start.getTime());
  const mark = isDate ? markOf(start.toISOString()) : start === '' ? undefined : markOf(start);
  if (mark === undefined || !(isDate || typeof start === 'string' || typeof start === 'number'))
    throw new ConfigError(`must be a time, a number or an id, not ${describe(start)}; write times as ISO 8601: '2024-01-01T00:00:00Z'`, { of: 'newest', options: ['start'], value: start }); // prettier-ignore
  return mark;
}

/** One object, so that its hashes are collected once. */
const none: readonly Group[] = [];

/** @throws ResumeError */
function readState(kept: Json): State {
  const { kind, from, had = [], mark, seen = [], edge } = (typeof kept === 'object' && kept !== null ? kept : { kind: 0 }) as { [K in keyof State]?: unknown }; // prettier-ignore
  const isValue = (value: unknown) => value === undefined || markOf(value, kind as MarkKind | undefined) !== undefined;
  const areGroups = (groups: unknown) =>
    Array.isArray(groups) &&
    groups.every((group) => Array.isArray(group) && group[0] !== undefined && isValue(group[0]) && group.slice(1).every((hash) => typeof hash === 'string')); // prettier-ignore
  const isKind = kind === undefined || ['time', 'number', 'text'].includes(kind as string);
  if (!isKind || ![from, mark, edge].every(isValue) || ![had, seen].every(areGroups)) throw damaged();
  return kept as State;
}

const asJson = (state: State): Json =>
  Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined));
