import type { Json } from '../../page.js';
import type { Strategy } from '../../strategy.js';
import type { FirstRequest } from '../flags/first-request.js';
import { asCurl, placeholder } from './shown-request.js';

/** What a run would send: its first request as curl, and the form of the second. */
export function dryRun({ request, index, template, placed }: FirstRequest, ceiling?: number): readonly string[] {
  const purpose = placed === undefined ? 'which shows how the API pages' : `for page ${index + 1}`;
  const first = [`# Nothing was sent. Request 1, ${purpose}:`, ...asCurl(request, template), ''];
  if (placed === undefined)
    return [
      ...first,
      '# Request 2 depends on the answer, from which the command detects how the API pages.',
      '# To know it before, set --paging and its flags, or --profile; --explain sends requests and prints the flags.',
    ];
  const [strategy, inner] = [placed.paging.strategy, placed.paging.inner].map((one) => one as Strategy<unknown, never> | undefined); // prettier-ignore
  const next = inner === undefined ? following(strategy, placed.position) : within(inner, placed.position);
  if (next === 'none') return [...first, '# There is no request 2: this kind of paging has one page.'];
  const second = next && tryTo(() => strategy?.place(placed.request, next.position as never));
  const halves = inner === undefined ? [] : [`# If the first answer announces ${ceiling ?? 'too many'} items or more, a half of the range follows.`]; // prettier-ignore
  const shown = second && asCurl(second, template);
  // A function of the token may want one of another form.
  const isShown = (shown ?? []).join('').includes(/<\w+>/.exec(next?.if ?? '')?.[0] ?? '');
  if (!next || !shown || !isShown) return [...first, '# Request 2 is what the first answer says.', ...halves];
  return [...first, `# Request 2, ${next.if}:`, ...halves, ...shown];
}

interface Next {
  readonly position: Json;
  /** When it is sent, and what its placeholders are. */
  readonly if: string;
}

/** The position after the first page, with placeholders for what its answer decides; `undefined` for unknown kinds. */
function following(strategy: Strategy<unknown, never> | undefined, position: Json): Next | 'none' | undefined {
  const at = position as Readonly<Record<string, Json>>;
  const { name, identity } = strategy ?? {};
  const written = (identity ?? {}) as Readonly<Record<string, Json | undefined>>;
  const guess = strategy?.guess as ((from: Json) => Json | undefined) | undefined;
  const guessed = tryTo(() => guess?.(position));
  switch (name) {
    case 'singlePage':
      return 'none';
    case 'pageNumber':
      return guessed === undefined ? undefined : { position: guessed, if: 'unless the first answer is the last page' };
    case 'offset':
    case 'contentRange':
      return guessed === undefined
        ? { position: { ...at, offset: placeholder('next_offset') }, if: 'where <next_offset> is moved by the items of the first answer' }
        : { position: guessed, if: 'if the first page is full' };
    case 'cursor': {
      const names = written['cursorParam'];
      const token = isList(names)
        ? Object.fromEntries(names.map((param) => [param as string, placeholder(`next_${wordIn(param)}`)]))
        : placeholder('next_cursor');
      const shown = isList(names) ? names.map((param) => `<next_${wordIn(param)}>`).join(', ') : '<next_cursor>';
      return { position: { ...at, cursor: token }, if: `where ${shown} ${isList(names) ? 'come' : 'comes'} from the first answer` };
    }
    case 'keyset': {
      const key = written['key'] ?? 'item';
      const after = isList(key) ? key.map((each) => placeholder(`last_${wordOf(each)}`)) : placeholder(`last_${wordOf(key)}`);
      return { position: { ...at, after }, if: `where ${(isList(key) ? key : [key]).map((each) => `<last_${wordOf(each)}>`).join(', ')} comes from the last item of the first answer` };
    }
    case 'relay': {
      const cursor = written['direction'] === 'backwards' ? 'start_cursor' : 'end_cursor';
      return { position: { ...at, cursor: placeholder(cursor) }, if: `where <${cursor}> comes from the pageInfo of the first answer` };
    }
    case 'linkHeader':
    case 'nextUrl':
      return { position: { ...at, url: placeholder('next_url') }, if: 'where <next_url> is the link of the first answer' };
    default:
      return guessed === undefined ? undefined : { position: guessed, if: 'unless the first answer is the last page' };
  }
} // prettier-ignore

/** The next page of the same part of a range. */
function within(inner: Strategy<unknown, never>, position: Json): Next | undefined {
  const { at = null } = position as { readonly at?: Json };
  const next = following(inner, at);
  return next === undefined || next === 'none' ? undefined : { ...next, position: { ...(position as object), at: next.position } }; // prettier-ignore
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

const wordIn = (name: Json): string => (name as string).replaceAll(/\W+/g, '_');

/** The last word of a path, as a part of a placeholder. */
const wordOf = (path: Json): string => /(\w+)\W*$/.exec(typeof path === 'string' ? path : '')?.[1] ?? 'item';

function tryTo<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
