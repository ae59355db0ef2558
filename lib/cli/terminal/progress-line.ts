import { AttemptTimeoutError, CheckError, ParseError, statusText } from '../../errors.js';
import { causes, statusOf } from '../../failure.js';
import { peek } from '../../values/peek.js';
import { hideValues } from '../flags/environment.js';
import type { Tally, Wait } from '../output/tally.js';
import { type Paint, unpainted } from './colour.js';
import { visible } from './say.js';
import { counted, retried } from './words.js';

/** What a run does at the moment. */
export interface Doing {
  readonly tally: Tally;
  /** While it detects, there are no pages yet. */
  readonly detects: boolean;
  /** How often a page is sent at most. */
  readonly attempts: number;
}

/** How a line is shown. */
export interface Shown {
  /** What fits; a line is cut between words. @default all of it */
  readonly columns?: number;
  /** Pictures of something that turns, for a line that is drawn again and again. */
  readonly spinner?: readonly string[];
  readonly paint?: Paint;
}

/** A piece of a line: texts of which the first that fits is shown, and what joins it to the pieces before it. */
interface Piece {
  readonly texts: readonly string[];
  readonly style: (text: string, paint: Paint) => string;
  readonly joint: string;
}

/** What a run does, as one line; '' if there is nothing to say yet. @param now a time of `performance.now()` */
export function progressLine(doing: Doing, now: number, { columns = Infinity, spinner = [], paint = unpainted }: Shown = {}): string {
  const turning = !doing.detects && shareOf(doing.tally) !== undefined ? undefined : spinner[Math.floor(now / 100) % spinner.length];
  const { pieces, ranks } = doing.detects ? detection(doing, now) : delivery(doing, now, columns);
  const line = fitted(pieces, ranks, columns - (turning === undefined ? 0 : 2), paint);
  return turning === undefined || line === '' ? line : `${paint('typed', turning)} ${line}`;
} // prettier-ignore

/** The pieces that fit, the most important first, in the order of the line. */
function fitted(pieces: readonly Piece[], ranks: readonly number[], columns: number, paint: Paint): string {
  const chosen = new Map<number, string>();
  let left = columns;
  for (const at of ranks) {
    const { texts = [], joint = '' } = pieces[at] ?? {};
    const text = texts.find((each) => columnsOf(each) + joint.length <= left);
    if (text === undefined) continue;
    chosen.set(at, text);
    left -= columnsOf(text) + joint.length;
  }
  return pieces
    .flatMap(({ joint, style }, at) => {
      const text = chosen.get(at);
      return text === undefined ? [] : [(Math.min(...chosen.keys()) === at ? '' : joint) + style(text, paint)];
    })
    .join('');
}

const nothing = { pieces: [], ranks: [] };

type Style = Parameters<Paint>[0];

const inStyle = (style: Style) => (text: string, paint: Paint) => paint(style, text);
const withNumbers = (text: string, paint: Paint) => text.replace(/\d[\d,.]*/g, (number) => paint('number', number));

const piece = (texts: readonly string[], joint = ', ', style?: Style): Piece => ({
  texts,
  joint,
  style: style === undefined ? withNumbers : inStyle(style),
});

function detection({ tally, attempts }: Doing, now: number) {
  const { requests, retries } = tally;
  if (requests === 0) return nothing;
  const waits = waitTexts(tally.wait, now, attempts);
  const pieces = [
    piece(['Detecting how the API pages', 'Detecting'], ''),
    piece([counted(requests, 'request')], ': '),
    piece(waits, ', ', 'waiting'),
    piece(retries > 0 ? [retried(retries)] : []),
    piece([clock(now - tally.started)], ', ', 'aside'),
  ];
  return { pieces, ranks: [2, 1, 0, 3, 4] };
}

function delivery({ tally, attempts }: Doing, now: number, columns: number) {
  const { pages, items, received, pagesBefore, itemsBefore, retries, total, wait, bytes, requests } = tally;
  if (pages === 0 && requests === 0) return nothing;
  const seconds = (now - tally.started) / 1000;
  const share = shareOf(tally);
  const waits = waitTexts(wait, now, attempts);
  const ahead = total === undefined || received === 0 ? 0 : ((total - itemsBefore - received) / received) * seconds;
  const before = pagesBefore > 0 ? [`after ${counted(pagesBefore, 'page')}, ${counted(itemsBefore, 'item')}`] : [];
  const begun = pages > 0;
  const pieces = [
    piece(share === undefined ? [] : [bar(share, columns < 100 ? 10 : 20)], '', 'good'),
    piece(share === undefined ? [] : [`${String(Math.floor(share * 100)).padStart(3)}%`], ' '),
    piece([begun ? counted(pages, 'page') : `requesting page ${pagesBefore + 1}`], share === undefined ? '' : '  '),
    piece(begun ? [counted(items, 'item')] : []),
    piece(before, ' ', 'aside'),
    piece(waits, ', ', 'waiting'),
    piece(begun && waits.length === 0 ? [`${Math.round(items / seconds).toLocaleString('en-US')} items/s`] : []),
    piece(ahead > 0 && waits.length === 0 ? [`${duration(ahead)} left`] : []),
    piece(retries > 0 ? [retried(retries)] : []),
    piece([clock(now - tally.started)], ', ', 'aside'),
    piece(bytes > 0 ? [sizeOf(bytes)] : [], ', ', 'aside'),
  ];
  // The wait, whose texts are short to long, before the counts; the bar before what is nice to know.
  return { pieces, ranks: waits.length > 0 ? [5, 2, 3, 1, 0, 8, 9, 10, 4] : [2, 3, 1, 7, 0, 6, 8, 9, 10, 4] };
}

/** How much of the announced total has arrived, earlier runs included. */
function shareOf({ total, itemsBefore, received }: Tally): number | undefined {
  return total === undefined || total === 0 ? undefined : Math.min(1, (itemsBefore + received) / total);
}

function bar(share: number, width: number): string {
  const filled = Math.floor(share * width);
  return `[${'='.repeat(filled)}${' '.repeat(width - filled)}]`;
}

/** What is waited for and why: `connection refused, attempt 3 of 6, again in 7 s`, and shorter. */
function waitTexts(wait: Wait | undefined, now: number, attempts: number): readonly string[] {
  const left = wait ? Math.ceil((wait.until - now) / 1000) : 0;
  if (!wait || left <= 0) return [];
  const again = `again in ${duration(left)}`;
  if (wait.attempt === undefined) return [`rate limit, ${again}`, again];
  const why = whyOf(wait.error, wait.reason === 'for the rate limit');
  const attempt = `attempt ${wait.attempt}${wait.attempt > attempts ? '' : ` of ${attempts}`}`;
  return [`${why}, ${attempt}, ${again}`, `${why}, ${again}`, `${attempt}, ${again}`, again];
}

const codes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused', ConnectionRefused: 'connection refused', FailedToOpenSocket: 'connection refused',
  ECONNRESET: 'connection reset', ConnectionReset: 'connection reset',
  EPIPE: 'connection closed', UND_ERR_SOCKET: 'connection closed', ConnectionClosed: 'connection closed',
  ETIMEDOUT: 'connection timed out', UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  ENOTFOUND: 'host not found', EAI_AGAIN: 'no answer of the name server',
  ENETUNREACH: 'network unreachable', EHOSTUNREACH: 'host unreachable',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time', UND_ERR_BODY_TIMEOUT: 'no answer in time',
  ERR_STREAM_PREMATURE_CLOSE: 'answer cut off', ZlibError: 'answer cut off', BrotliDecompressionError: 'answer cut off',
}; // prettier-ignore

const longestWhy = 48;

/** Why an attempt failed, in a few words of our own; of a check, its reason, which may hold the API's. */
export function whyOf(error: unknown, throttled = false): string {
  for (const cause of causes(error)) {
    if (cause instanceof AttemptTimeoutError) return `no answer in ${duration(cause.timeoutMs / 1000)}`;
    if (cause instanceof CheckError) return cutAtWord(visible(hideValues(cause.reason)), longestWhy);
    if (cause instanceof ParseError) return 'unreadable answer';
    const status = statusOf(cause);
    if (status !== undefined) return statusText(status);
    const code = peek(cause, 'code');
    if (typeof code === 'string' && Object.hasOwn(codes, code)) return codes[code] ?? '';
  }
  return throttled ? 'rate limit' : 'network failure';
}

/** `12 s`, `3 min`, `1 h 5 min` */
function duration(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds - 0.001)} s`; // 2.0000001 s are 2.
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60).toLocaleString('en-US')} h ${minutes % 60} min`;
}

/** `0:07`, `12:30`, `1:02:03` */
function clock(ms: number): string {
  const all = Math.floor((ms + 1) / 1000); // 4.9999999 s are 5.
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const tail = String(seconds).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** `812 B`, `4.2 kB`, `1.3 GB`; decimal, as curl and disks count. */
function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const power = Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(1)} ${['B', 'kB', 'MB', 'GB', 'TB'][power] ?? ''}`;
}

const graphemes = new Intl.Segmenter();
const isWide =
  /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]/u;

/** How many columns of a terminal a text takes. */
export function columnsOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  return Array.from(graphemes.segment(text)).reduce(
    (sum, { segment }) => sum + (/^[\p{M}\u200b-\u200d]+$/u.test(segment) ? 0 : isWide.test(segment) ? 2 : 1),
    0,
  );
}

/** The words of a text that fit; of a single longer word, the characters that do. */
export function cutAtWord(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  const words = text.split(/(?<=\s)/);
  let shown = '';
  for (const word of words) {
    if (columnsOf(shown + word.trimEnd()) > columns - 1) break;
    shown += word;
  }
  if (shown !== '') return `${shown.trimEnd().replace(/[,;:.]$/, '')}…`;
  for (const { segment } of graphemes.segment(text)) {
    if (columnsOf(shown + segment) > columns - 1) break;
    shown += segment;
  }
  return `${shown}…`;
}
