import { ExactNumber } from '../../reading/exact-json.js';
import { formsOf } from '../../values/sent.js';
import { type Arguments, UsageError } from './arguments.js';

/** A text with the values of environment variables, and its parts: each is shown as `shown`. */
interface Expanded {
  readonly text: string;
  readonly parts: readonly { readonly text: string; readonly shown: string; readonly isValue: boolean }[];
}

/** Values read from the environment that are sent, by name. */
const read = new Map<string, string>();
/** URLs with such values. */
const urls = new Map<string, Expanded>();

/**
 * Replaces each `$ENV{NAME}` in a text with the environment variable's value; `$$ENV{NAME}` becomes the text
 * `$ENV{NAME}`.
 * @param location the flag, or the file, job and name, for the message
 * @param option the flag's option; messages hide the values of options that are sent
 * @throws UsageError if a variable is not set
 */
export function expandEnvironment(text: string, location: string, option?: string): string {
  const parts: Expanded['parts'][number][] = [];
  let from = 0;
  const literal = (piece: string) => parts.push({ text: piece, shown: piece, isValue: false });
  for (const { 0: shown, 1: escaped, 2: name = '', index } of text.matchAll(/\$(\$?)ENV\{([^}]*)\}/g)) {
    literal(text.slice(from, index));
    from = index + shown.length;
    if (escaped === '') parts.push({ text: valueOf(name, location, option), shown, isValue: true });
    else literal(shown.slice(1));
  }
  literal(text.slice(from));
  const expanded = { text: parts.map((part) => part.text).join(''), parts };
  if (option === 'url') urls.set(expanded.text, expanded);
  return expanded.text;
}

function valueOf(name: string, location: string, option: string | undefined): string {
  if (!/^[A-Za-z_]\w*$/.test(name))
    throw new UsageError(`${location}: $ENV{…} needs the name of an environment variable, like $ENV{API_KEY}`);
  const value = Object.hasOwn(process.env, name) ? process.env[name] : undefined;
  if (value === undefined)
    throw new UsageError(
      `${location}: the environment variable ${name} is not set; set it, or write $$ENV{${name}} for the text $ENV{${name}}`,
    );
  if (value === '' && ['header', 'cookie', 'user'].includes(option ?? ''))
    throw new UsageError(`${location}: the environment variable ${name} is empty; set it`);
  if (!local.has(option ?? '')) read.set(name, value);
  return value;
}

/**
 * Does the same for every text within a JSON value.
 * @throws UsageError also for a value that is nested too deeply to be a flag
 */
export function expandWithin(value: unknown, location: string, option: string, depth = 0): unknown {
  if (depth > deepest) throw new UsageError(`${location}: the value is nested more than ${deepest} levels deep`);
  if (typeof value === 'string') return expandEnvironment(value, location, option);
  if (Array.isArray(value)) return value.map((each) => expandWithin(each, location, option, depth + 1));
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, expandWithin(each, location, option, depth + 1)]),
  );
}

/** No request body of a job is deeper; JSON.stringify would run out of stack at a few thousand. */
const deepest = 200;

/** Options that are not sent, and whose values messages name. */
const local = new Set<string>([
  'output', 'checkpoint', 'fields', 'distinct', 'report', 'trace', 'har', 'cacert',
] satisfies (keyof Arguments)[]); // prettier-ignore

/** A text that messages hide, and what they show instead. */
interface Hidden {
  readonly found: string;
  readonly shown: string;
  /** Whether it may be part of a word. */
  readonly anywhere: boolean;
}

/** What messages hide, and the words in which they don't; `undefined`: all values that were read. */
let current: { readonly hidden: readonly Hidden[]; readonly words: readonly string[] } | undefined;

/**
 * From now on, messages are about these jobs: they hide the values from the environment that these jobs send.
 * @param names words that are shown as they are, as are the files and fields of the jobs
 */
export function hideValuesOf(jobs: readonly Partial<Arguments>[], names: readonly string[] = []): void {
  const entries = jobs.flatMap((args) => Object.entries(args));
  const sent = entries.filter(([option]) => !local.has(option)).flatMap(([, value]) => textsOf(value));
  const words = entries.filter(([option]) => local.has(option)).flatMap(([, value]) => textsOf(value));
  const used = [...read].filter(([, value]) => sent.some((text) => text.includes(value)));
  const paths = [...urls.values()].filter(({ text }) => sent.includes(text)).flatMap(hiddenPaths);
  current = { hidden: [...paths, ...used.flatMap(hiddenValues)], words: [...words, ...names] };
}

const textsOf = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsOf)
      : [];

/** Shorter values, and short numbers, are words of messages too. */
const hiddenValues = ([name, value]: readonly [string, string]): readonly Hidden[] =>
  value.length < 4 || /^\d{1,7}$/.test(value)
    ? []
    : [...formsOf(value)].map((found) => ({ found, shown: `$ENV{${name}}`, anywhere: value.length >= 8 }));

/** The start of a URL, to the end of its last path segment with a value from the environment, however short that is. */
function hiddenPaths({ text, parts }: Expanded): readonly Hidden[] {
  const end = text.search(/[?#]|$/);
  let [before, shownBefore, found, shown] = ['', '', '', ''];
  for (const part of parts) {
    const piece = part.text.slice(0, end - before.length);
    const rest = part.isValue || found.length < before.length ? '' : piece.slice(0, piece.search(/\/|$/));
    [found, shown] = [found + rest, shown + rest];
    if (before.length === end) break;
    [before, shownBefore] = [before + piece, shownBefore + (part.isValue ? part.shown : piece)];
    if (part.isValue) [found, shown] = [before, shownBefore];
  }
  if (found === '') return [];
  const origin = /^https?:\/\/[^/]*/i.exec(shown)?.[0] ?? '';
  const hidden = [{ found, shown, anywhere: false }];
  if (!URL.canParse(found)) return hidden;
  const { href, pathname } = new URL(found);
  if (href !== found && href !== `${found}/`) hidden.push({ found: href, shown, anywhere: false });
  if (text.startsWith(origin) && origin !== '' && pathname !== '/')
    hidden.push({ found: pathname, shown: shown.slice(origin.length), anywhere: false });
  return hidden;
}

/** `me:password@` before a host, also in the text of broken URLs, and what is before `@` in whole ones. */
const user =
  /(?<=:\/\/)[^\s/?#"'<>@]{1,300}@(?=[\w[])|(?<=^|[\s/\\"'=@])[^\s/"'<>@:]{0,99}:[^\s/"'<>@]{1,300}@(?=[\w[])/g;

/** Replaces values from the environment in a message with their `$ENV{NAME}`, and removes passwords of URLs. */
export function hideValues(text: string): string {
  const message = text.replace(user, '');
  const { hidden, words } = current ?? { hidden: [...read].flatMap(hiddenValues), words: [] };
  if (hidden.length === 0) return message;
  const longest = [...hidden].sort((a, b) => b.found.length - a.found.length);
  const byText = new Map(longest.map((each) => [each.found.toLowerCase(), each.shown]));
  const pattern = longest.map(({ found, anywhere }) =>
    anywhere ? escaped(found) : `(?<!\\w)${escaped(found)}(?!\\w)`,
  );
  const kept = spansOf(message, words);
  return message.replace(new RegExp(pattern.join('|'), 'gi'), (found: string, at: number) =>
    kept.some(([from, to]) => from <= at && at + found.length <= to)
      ? found
      : (byText.get(found.toLowerCase()) ?? found),
  );
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** Where words are in a text. */
function spansOf(text: string, words: readonly string[]): readonly (readonly [from: number, to: number])[] {
  const spans: (readonly [number, number])[] = [];
  for (const word of new Set(words))
    for (let at = word === '' ? -1 : text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1))
      spans.push([at, at + word.length]);
  return spans;
}
