import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, Template } from './template.js';

/** One list of one API, as its documentation describes it. README.md explains every member. */
export interface Entry {
  /** `API: operation`, unique. */
  readonly name: string;
  readonly half: Half;
  readonly file: string;
  readonly source: string;
  readonly request: FirstRequest;
  readonly paging: Rules;
  readonly item: Template;
  /** Path of what a reader may take for the item instead: `node` in an edge of a connection. */
  readonly inner?: string;
  readonly answer: Template;
  readonly headers?: Readonly<Record<string, Template>>;
  readonly status?: number;
  /** How the command words this paging, or null if its vocabulary can't. */
  readonly explicit: Explicit | null;
  /** Why `explicit` is null. */
  readonly why?: string;
}

export type Half = 'known' | 'aside';

/** A request as a user would paste it. A body that is text is a form. */
export interface FirstRequest {
  readonly method?: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
}

export interface Explicit {
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly place?: string;
  /** A member that looks like an error and is not: `error: { code: 'ok' }`. */
  readonly okIf?: string;
}

/** How an API pages. A place is `query NAME`, `body PATH`, `form NAME`, `header NAME` or `path /route/{position}`. */
export interface Rules {
  readonly by: 'page' | 'offset' | 'token' | 'key' | 'range' | 'nothing';
  readonly at?: string;
  /** The position is a number inside a longer text: `STARTPOSITION {n}`. */
  readonly within?: string;
  readonly start?: 0 | 1;
  readonly size?: Size;
  /** For `token`: what the answer gives out. */
  readonly token?: Template;
  /** For `token` and `key`: the token or key that asks for the first page. */
  readonly first?: string;
  /** The token that means the end, where it is neither null, empty nor absent. */
  readonly end?: Json;
  /** For `key`: path into an item, and where the next page starts. */
  readonly key?: string;
  readonly starts?: 'after' | 'above' | 'below' | 'from';
  /** When an answer says that there is more. */
  readonly more?: 'remaining' | 'full' | 'nonempty' | 'always';
  /** What is past the end: an empty list, a status, or the last page again. */
  readonly past?: 'empty' | 'last' | number;
  /** What a page or offset below the first one is: the first page, or a status. */
  readonly below?: 'first' | number;
  /** The status for a token that was never given out. */
  readonly wrong?: number;
  /** The status for a parameter that the API does not know; without it, such parameters are ignored. */
  readonly unknown?: number;
  readonly knows?: readonly string[];
  /** Parameters that every request needs, such as a key that next URLs leave out. */
  readonly needs?: readonly string[];
  /** `counted`: the URLs in the answer can't be followed as they stand. */
  readonly follow?: 'counted';
  /** The request for later pages, if it is not the first one with a position. */
  readonly then?: FirstRequest;
}

export interface Size {
  readonly at?: string;
  readonly default: number;
  readonly max?: number;
  /** The status for a size above the maximum; without it, the size is capped. */
  readonly above?: number;
  /** The sizes of the first pages, where they differ; the last one is that of all others. */
  readonly steps?: readonly number[];
}

const folder = join(process.cwd(), 'spec/detect/corpus');

/** All entries of one half, in the order of their files. */
export const entriesOf = (half: Half): readonly Entry[] =>
  readdirSync(join(folder, half))
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => readEntries(half, file));

function readEntries(half: Half, file: string): readonly Entry[] {
  const { api, shared, lists } = JSON.parse(readFileSync(join(folder, half, file), 'utf8')) as ApiFile;
  return lists.map((list) => {
    const merged = merge(shared ?? {}, list) as unknown as Entry;
    return { ...merged, name: `${api}: ${merged.name}`, half, file };
  });
}

interface ApiFile {
  readonly api: string;
  readonly shared?: Json;
  readonly lists: readonly Json[];
}

/** An entry over what the entries of its file share: members of objects one by one, templates as a whole. */
function merge(shared: Json, own: Json): Json {
  if (!isObject(shared) || !isObject(own)) return own;
  const merged: Record<string, Json> = { ...shared };
  for (const [name, value] of Object.entries(own))
    merged[name] = ['request', 'headers', 'paging', 'size'].includes(name) ? merge(shared[name] ?? {}, value) : value;
  return merged;
}

const isObject = (value: Json): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
