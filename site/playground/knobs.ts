// What can be set in the playground: one table for the form, the URL and the checks.

export interface Knobs {
  readonly paging: 'page' | 'offset' | 'cursor' | 'keyset' | 'link' | 'next';
  readonly rows: number;
  readonly cap: number;
  readonly latency: number;
  readonly fail: number;
  readonly after: number;
  readonly rate: number;
  readonly poison: 'no' | '500' | 'json';
  readonly poisoned: number;
  readonly moves: 'no' | 'insert' | 'delete';
  readonly size: number;
  readonly consume: 'subscribe' | 'manual' | 'loop';
  readonly concurrency: number;
  readonly prefetch: number;
  readonly work: number;
  readonly retries: number;
  readonly throttle: number;
  readonly skip: number;
  readonly take: number;
  readonly hand: 'yes' | 'no';
}

export type KnobName = keyof Knobs;

export interface Knob {
  readonly name: KnobName;
  readonly of: 'api' | 'walk';
  readonly label: string;
  /** What it does, if the label does not say that. */
  readonly help?: string;
  readonly initial: string | number;
  /** The values of a choice, each with its text. */
  readonly choices?: readonly (readonly [value: string, text: string])[];
  /** The bounds of a whole number. */
  readonly from?: number;
  readonly to?: number;
  /** Why it has no effect with these knobs, if that is so. */
  readonly idle?: (knobs: Knobs) => string | undefined;
}

const whenLoop = ({ consume }: Knobs) => (consume === 'loop' ? undefined : 'only for a for await loop');

export const knobs: readonly Knob[] = [
  {
    name: 'paging',
    of: 'api',
    label: 'Paging',
    initial: 'page',
    choices: [
      ['page', 'page number'],
      ['offset', 'offset'],
      ['cursor', 'cursor'],
      ['keyset', 'keyset (after an id)'],
      ['link', 'Link header'],
      ['next', 'next URL'],
    ],
  },
  { name: 'rows', of: 'api', label: 'Rows it holds', initial: 60, from: 0, to: 500 },
  {
    name: 'cap',
    of: 'api',
    label: 'Largest page',
    help: 'Whoever asks for more gets this many, and no error. 0: any size.',
    initial: 0,
    from: 0,
    to: 100,
  },
  { name: 'latency', of: 'api', label: 'Latency, ms', initial: 200, from: 1, to: 5000 },
  { name: 'fail', of: 'api', label: 'Every nth answer is a 503', help: '0: none.', initial: 0, from: 0, to: 50 },
  {
    name: 'rate',
    of: 'api',
    label: 'Rate limit, requests per second',
    help: 'What exceeds it gets a 429. 0: no limit.',
    initial: 0,
    from: 0,
    to: 50,
  },
  {
    name: 'after',
    of: 'api',
    label: 'Retry-After, seconds',
    help: 'On each 503 and 429. 0: the header is not sent.',
    initial: 0,
    from: 0,
    to: 60,
    idle: ({ fail, rate }) => (fail > 0 || rate > 0 ? undefined : 'only with a 503 or a rate limit'),
  },
  {
    name: 'poison',
    of: 'api',
    label: 'A page that always fails',
    initial: 'no',
    choices: [
      ['no', 'none'],
      ['500', 'answers 500'],
      ['json', 'sends broken JSON'],
    ],
  },
  {
    name: 'poisoned',
    of: 'api',
    label: 'Which page fails',
    initial: 3,
    from: 1,
    to: 50,
    idle: ({ poison }) => (poison === 'no' ? 'only if a page fails' : undefined),
  },
  {
    name: 'moves',
    of: 'api',
    label: 'Rows that move',
    help: 'After each page, at the front of the list; up to 30 rows in all.',
    initial: 'no',
    choices: [
      ['no', 'none'],
      ['insert', '3 are inserted'],
      ['delete', '3 are deleted'],
    ],
  },
  { name: 'size', of: 'walk', label: 'Size of a page (size)', initial: 10, from: 5, to: 100 },
  {
    name: 'consume',
    of: 'walk',
    label: 'How pages are taken',
    initial: 'subscribe',
    choices: [
      ['subscribe', 'subscribe'],
      ['manual', 'subscribe, next page by a button (nextWhen)'],
      ['loop', 'for await loop'],
    ],
  },
  {
    name: 'concurrency',
    of: 'walk',
    label: 'Pages in flight (concurrency)',
    initial: 1,
    from: 1,
    to: 8,
    idle: ({ consume, paging }) =>
      consume === 'manual'
        ? 'not with nextWhen'
        : paging === 'cursor' || paging === 'keyset' || paging === 'next'
          ? 'only the answer says where the next page is'
          : undefined,
  },
  {
    name: 'prefetch',
    of: 'walk',
    label: 'Pages ahead of the loop (prefetch)',
    initial: 0,
    from: 0,
    to: 8,
    idle: whenLoop,
  },
  {
    name: 'work',
    of: 'walk',
    label: 'Work of the loop on a page, ms',
    initial: 300,
    from: 0,
    to: 5000,
    idle: whenLoop,
  },
  { name: 'retries', of: 'walk', label: 'Retries per page (retries)', initial: 5, from: 0, to: 10 },
  {
    name: 'throttle',
    of: 'walk',
    label: 'Throttle, requests per second',
    help: '0: none.',
    initial: 0,
    from: 0,
    to: 50,
  },
  {
    name: 'skip',
    of: 'walk',
    label: 'Failed pages to skip (skipFailedPages)',
    help: '0: the walk fails.',
    initial: 0,
    from: 0,
    to: 5,
    idle: ({ paging }) =>
      paging === 'page' || paging === 'offset' ? undefined : 'without the failed answer, the next page is unknown',
  },
  { name: 'take', of: 'walk', label: 'Pages to take (take)', help: '0: all.', initial: 0, from: 0, to: 50 },
  {
    name: 'hand',
    of: 'walk',
    label: 'Compare with a hand-written expand',
    initial: 'yes',
    choices: [
      ['yes', 'yes'],
      ['no', 'no'],
    ],
  },
] satisfies readonly Knob[];

export const initial = Object.fromEntries(knobs.map((knob) => [knob.name, knob.initial])) as unknown as Knobs;

/** What is wrong with a value, if anything. */
export function problemOf({ choices, from = 0, to = 0 }: Knob, value: unknown): string | undefined {
  if (choices !== undefined)
    return choices.some(([known]) => known === value)
      ? undefined
      : `must be one of ${choices.map(([known]) => known).join(', ')}`;
  return typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to
    ? undefined
    : `must be a whole number from ${from} to ${to}`;
}

/** The knobs that a query sets; all others are as at first. A value that can't be is left out, and said. */
export function readKnobs(query: string): { readonly knobs: Knobs; readonly problems: readonly string[] } {
  const params = new URLSearchParams(query);
  const problems: string[] = [];
  const read: Record<string, unknown> = { ...initial };
  for (const knob of knobs) {
    const text = params.get(knob.name);
    if (text === null) continue;
    const value = knob.choices === undefined ? (/^\d{1,6}$/.test(text) ? Number(text) : NaN) : text;
    const problem = problemOf(knob, value);
    if (problem === undefined) read[knob.name] = value;
    else problems.push(`${knob.name}=${text.slice(0, 40)}: ${problem}; ${knob.initial} is used.`);
  }
  return { knobs: read as unknown as Knobs, problems };
}

/** The query that leads to these knobs: what differs from the beginning, in the order of the table. */
export function writeKnobs(set: Knobs): string {
  const changed = knobs.filter(({ name, initial: value }) => set[name] !== value);
  return new URLSearchParams(changed.map(({ name }) => [name, String(set[name])])).toString();
}

/** The knobs without those that have no effect together with the others. */
export function effective(set: Knobs): Knobs {
  const idle = knobs.filter((knob) => knob.idle?.(set) !== undefined);
  return { ...set, ...(Object.fromEntries(idle.map((knob) => [knob.name, knob.initial])) as Partial<Knobs>) };
}

export interface Preset {
  readonly title: string;
  readonly query: string;
  /** What to look for. */
  readonly look: string;
}

export const presets: readonly Preset[] = [
  {
    title: 'A 503 on every third',
    query: 'fail=3&after=1',
    look: 'Each failed request is sent again after the wait that the server asks for. By hand, the first 503 looks like the last page.',
  },
  {
    title: 'Rows that move: offset',
    query: 'paging=offset&moves=insert',
    look: 'Rows are inserted while the list is read, and push others onto the next page: they come twice, with Pagewise too. No client can see that from offsets alone.',
  },
  {
    title: 'Rows that move: cursor',
    query: 'paging=cursor&moves=insert',
    look: 'The same list by cursor: each page starts after a row, not at a number, so each row comes once.',
  },
  {
    title: 'Rows that vanish: offset',
    query: 'paging=offset&moves=delete',
    look: 'Rows are deleted while the list is read. The others move to pages that were read already, and are missed.',
  },
  {
    title: 'Rate limit 5/s with concurrency 4',
    query: 'rows=150&latency=100&rate=5&after=1&concurrency=4',
    look: 'The first 429 holds all requests back for as long as the server says, and then fewer are in flight.',
  },
  {
    title: 'The same, throttled',
    query: 'rows=150&latency=100&rate=5&after=1&concurrency=4&throttle=5',
    look: 'Requests wait for their turn, so that the limit is never exceeded.',
  },
  {
    title: 'A page that always fails, skipped',
    query: 'poison=500&retries=2&skip=1',
    look: 'After two retries the page becomes a gap, which the end reports, and the walk goes on.',
  },
  {
    title: 'Fewer than asked for',
    query: 'cap=10&size=25',
    look: 'The server sends at most 10 rows. By hand, the first page looks like the last one, for it is short.',
  },
  {
    title: 'A slow loop, without and with prefetch',
    query: 'paging=cursor&latency=300&consume=loop&prefetch=1',
    look: 'The next page is on its way while the loop works on this one. Set prefetch to 0 to see the difference.',
  },
];
