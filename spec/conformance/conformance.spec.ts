import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  afterPages,
  paginate,
  retryRequests,
  type Page,
  type PageRequest,
  type PaginateOptions,
  type ResumeToken,
  type WalkEvent,
} from 'pagewise';
import { kinds } from '../../lib/detect/kinds.js';
import { onEachTransport } from '../support/transports.js';
import { itemsOf, plain } from '../support/walks.js';
import { checkFile, type ExpectedRequest, type Fixture, type FixtureFile } from './fixture.js';
import { play, withOrigin, type Heard, type Player } from './play.js';
import { checkOf, strategyOf } from './strategy-of.js';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'fixtures');
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
const files = names.map((name): [string, FixtureFile] => {
  const file: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  checkFile(name, file);
  return [name, file];
});

/** The result of one walk. */
interface Walk {
  readonly pages: Page[];
  /** How many answers had been played when each page came. */
  readonly played: number[];
  readonly heard: readonly Heard[];
  readonly notices: string[];
  readonly error: (Error & { attempts?: number; resume?: ResumeToken }) | undefined;
}

function template({ request = {} }: Fixture, origin: string): PageRequest {
  const { url = '/items', ...rest } = request;
  return deepFreeze(withOrigin({ ...rest, url: `${origin}${url}` }, origin));
}

async function walk(
  strategy: string,
  fixture: Fixture,
  player: Player,
  options: PaginateOptions = {},
  times = 1,
): Promise<Walk[]> {
  const walks: Walk[] = [];
  const { retries, check, pages, allowOrigins } = fixture;
  const events: WalkEvent[] = [];
  try {
    const stream = paginate(
      template(fixture, player.origin),
      strategyOf(strategy, deepFreeze(withOrigin(fixture.options ?? {}, player.origin))),
      {
        policy: retries === undefined ? plain : retryRequests({ retries, base: 1 }),
        events: { next: (event) => void events.push(event) },
        ...(check ? { check: checkOf(check) } : {}),
        ...(pages === undefined ? {} : { until: afterPages(pages) }),
        ...(allowOrigins ? { allowOrigins } : {}),
        ...options,
      },
    );
    for (let time = 0; time < times; time++) {
      if (time > 0) player.rewind(0);
      events.length = 0;
      const one = { pages: [] as Page[], played: [] as number[] };
      const error = await new Promise<Walk['error']>((resolve) => {
        stream.subscribe({
          next: (page) => {
            one.pages.push(page);
            one.played.push(player.heard.length);
          },
          error: resolve,
          complete: () => resolve(undefined),
        });
      });
      const notices = events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
      walks.push({ ...one, heard: [...player.heard], notices, error });
    }
    return walks;
  } catch (error) {
    return [{ pages: [], played: [], heard: [], notices: [], error: error as Error }];
  }
}

/** The requests received, reduced to what the fixture mentions. */
function comparable(heard: Heard, expected: string | ExpectedRequest | undefined): string | ExpectedRequest {
  const { headers = {} } = typeof expected === 'object' ? expected : {};
  if (typeof expected !== 'object' && heard.body === '') return heard.line;
  const asForm = heard.body !== '' && heard.headers['content-type']?.includes('x-www-form-urlencoded');
  return {
    request: heard.line,
    ...(Object.keys(headers).length === 0
      ? {}
      : { headers: Object.fromEntries(Object.keys(headers).map((name) => [name, one(heard.headers[name])])) }),
    ...(heard.body === '' ? {} : asForm ? { form: heard.body } : { body: JSON.parse(heard.body) as unknown }),
  };
}

const one = (value: string | string[] | undefined): string | null => (value === undefined ? null : String(value));

const shown = ({ index, position, itemsBefore, items, total, next }: Page) => ({
  index,
  position,
  itemsBefore,
  items,
  total,
  next,
});

async function conform(strategy: string, fixture: Fixture, options: PaginateOptions): Promise<void> {
  const player = await play(fixture.answers);
  const expected = withOrigin(fixture.expect, player.origin);
  const { end } = expected;
  const hears = (heard: readonly Heard[] | undefined, from = 0) => {
    const wanted = expected.requests.slice(from);
    expect(heard?.map((each, index) => comparable(each, wanted[index]))).toEqual(wanted);
  };
  try {
    const [first, second] = await walk(strategy, fixture, player, options, 2);
    const { pages, played, error } = first!;
    if (typeof end === 'string') expect(error).toBeUndefined();
    else {
      expect(error?.name).toBe(end.error);
      for (const part of [end.message].flat()) expect(error?.message).toContain(part);
    }
    expect(itemsOf(pages)).toEqual(expected.items);
    hears(first?.heard);
    if (expected.sizes) expect(pages.map(({ items }) => items.length)).toEqual(expected.sizes);
    if (expected.totals) expect(pages.map(({ total = null }) => total)).toEqual(expected.totals);
    if (expected.notice !== undefined) expect(first?.notices.join('\n')).toContain(expected.notice);
    if (typeof end === 'string') expect(pages.at(-1)?.next).toEqual(expected.next);

    // E1: a stream that is subscribed to twice is walked twice, with equal pages.
    if (second) {
      expect(second.pages.map(shown)).toEqual(pages.map(shown));
      expect(second.played).toEqual(played);
      hears(second.heard);
      expect(second.error?.message).toBe(error?.message);
    }

    // P10: killed after any page, a resumed walk gives the remaining items with the remaining requests.
    if (end === 'complete')
      for (const [index, page] of pages.entries()) {
        const resumeFrom = JSON.stringify(page.resume);
        player.rewind(played[index]!);
        const [rest] = await walk(strategy, fixture, player, { ...options, resumeFrom });
        expect(rest?.error).toBeUndefined();
        expect(rest?.pages.map(shown)).toEqual(pages.slice(index + 1).map(shown));
        hears(rest?.heard, played[index]);
      }

    // An answer that fails a page fails it again when the walk resumes from the error; the counts of a run start over.
    if (error?.resume && error.attempts && !startsAnew(fixture, error)) {
      const sent = error.name === 'CrossOriginError' ? 0 : error.attempts;
      const from = expected.requests.length - sent;
      player.rewind(from);
      const [again] = await walk(strategy, fixture, player, { ...options, resumeFrom: JSON.stringify(error.resume) });
      expect(again?.error?.message).toBe(error.message);
      expect(again?.pages).toEqual([]);
      hears(again?.heard, from);
    }
  } finally {
    await player.close();
  }
}

const startsAnew = ({ options }: Fixture, { name }: Error): boolean =>
  name === 'EmptyPagesError' || options?.['onExpired'] === 'restart';

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}

onEachTransport('conformance', (make) => {
  const transport = make();
  describe.each(files)('%s', (_name, { strategy, cases }) => {
    it.each(cases.map((fixture) => [fixture.title, fixture] as const))('%s', (_title, fixture) =>
      conform(strategy, fixture, { transport }),
    );
  });
});

describe('the fixtures', () => {
  it('cover every strategy and every placement', () => {
    expect(new Set(files.map(([, { strategy }]) => strategy))).toEqual(
      new Set(Object.values(kinds).map(({ typescript }) => typescript)),
    );
    const places = files.flatMap(([, { cases }]) =>
      cases.map(({ options }) => JSON.stringify(options?.['place']) ?? ''),
    );
    const names = places.flatMap((place) => place.match(/\bin[A-Z]\w+|\*/g) ?? []);
    expect(new Set(names)).toEqual(new Set(['inQuery', 'inBody', 'inForm', 'inHeaders', 'inPath', 'inVariables', '*']));
    expect(files.flatMap(([, { cases }]) => cases).length).toBeGreaterThanOrEqual(80);
  });

  it.each<[object, string]>([
    [{ titel: 'x' }, 'unknown key "titel"; it takes title'],
    [{ request: { path: '/items' } }, 'request has an unknown key "path"'],
    [{ answers: [{ stauts: 404 }] }, 'answer 1 has an unknown key "stauts"'],
    [{ expect: { requests: [], items: [], end: 'complete', total: 3 } }, 'expect has an unknown key "total"'],
    [{ expect: { requests: [{ line: 'GET /' }], items: [], end: 'complete' } }, 'unknown key "line"'],
    [{ expect: { requests: [], items: [], end: { name: 'HttpError' } } }, 'expect.end has an unknown key "name"'],
    [{ expect: { requests: [], items: [], end: 'done' } }, 'expect.end is "done"'],
    [{ expect: { requests: [], items: [] } }, 'expect has no end'],
    [{ check: [{ when: 1 }] }, 'check has an unknown key "when"'],
    [{ answers: {} }, 'answers must be of type array'],
    [{ retries: '3' }, 'retries must be of type number'],
  ])('that do not follow the format fail: %j', (change, message) => {
    const sound = { title: 'a', answers: [], expect: { requests: [], items: [], end: 'complete' } };
    const file = (fixture: object) => ({ strategy: 'cursor', cases: [fixture] });
    expect(() => checkFile('f.json', file(sound))).not.toThrow();
    expect(() => checkFile('f.json', file({ ...sound, ...change }))).toThrow(message);
  });

  it('name existing strategies, options and placements', () => {
    expect(() => strategyOf('pages', {})).toThrow('there is no strategy pages');
    expect(() => strategyOf('cursor', { next: 'next', place: 'inCookies' })).toThrow('no placement inCookies');
    expect(() => strategyOf('cursor', { next: 'next', cursorparam: 'c' })).toThrow('unknown option "cursorparam"');
  });
});
