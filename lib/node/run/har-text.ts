import { STATUS_CODES } from 'node:http';
import type { RecordedWalk } from './report/report-data.js';
import { unknown } from './run-record.js';

/**
 * Walks as HAR 1.2, in pieces: an entry for each attempt that was answered or failed. URLs and headers are redacted as
 * in errors, and there are no bodies.
 */
export function* harText(walks: readonly RecordedWalk[], version: string): Generator<string> {
  yield `{"log":{"version":"1.2","creator":${JSON.stringify({ name: 'pagewise', version })},"pages":[],"entries":[`;
  let comma = '\n';
  for (const walk of walks)
    for (const entry of entriesOf(walk)) {
      yield comma + JSON.stringify(entry);
      comma = ',\n';
    }
  yield '\n]}}\n';
}

function* entriesOf({ record, label }: RecordedWalk): Generator<object> {
  const { attempts, pages, requests, failures } = record;
  const dated = (ms: number): string => new Date(record.startedAt + ms).toISOString();
  for (let row = 0; row < attempts.length; row++) {
    const failure = failures.all[attempts.get('failure', row)];
    const request = requests.all[attempts.get('request', row)];
    if (failure?.name === 'cancelled' || !request) continue;
    const ms = thousandths(record.msOf(attempts, row));
    const status = attempts.get('status', row);
    const bytes = attempts.get('bytes', row);
    const head = attempts.get('head', row);
    const wait = head === unknown ? ms : Math.min(ms, thousandths(head));
    const url = record.placed[row] ?? request.url;
    const type = record.types.all[attempts.get('type', row)] ?? '';
    yield {
      startedDateTime: dated(attempts.get('start', row)),
      time: ms,
      request: {
        method: request.method,
        url: url === undefined ? 'about:blank' : asciiOnly(url),
        httpVersion: 'unknown',
        cookies: [],
        headers: Object.entries(request.headers ?? {}).map(([name, value]) => ({ name, value })),
        queryString: queryOf(url ?? ''),
        headersSize: -1,
        bodySize: -1,
      },
      response: {
        status,
        statusText: STATUS_CODES[status] ?? '',
        httpVersion: 'unknown',
        cookies: [],
        headers: [],
        content: { size: bytes === unknown ? 0 : bytes, mimeType: type === '' ? 'x-unknown' : type },
        redirectURL: '',
        headersSize: -1,
        bodySize: -1,
        ...(failure === undefined || failure.name === '' ? {} : { _error: `${failure.name}: ${failure.message}` }),
      },
      cache: {},
      timings: { send: 0, wait, receive: thousandths(ms - wait) },
      ...(label === undefined ? {} : { _walk: label }),
      _page: pages.get('index', attempts.get('page', row)) + 1,
      _attempt: attempts.get('attempt', row),
    };
  }
}

/** Encodes the `…` that stands for a hidden value, since URLs can't contain it. */
const asciiOnly = (url: string): string => url.replace(/[^\x20-\x7e]+/gu, encodeURIComponent);

const thousandths = (ms: number): number => Math.round(ms * 1000) / 1000;

function queryOf(url: string): { readonly name: string; readonly value: string }[] {
  const [, query = ''] = url.split('?', 2);
  if (query === '') return [];
  return query.split('&').map((param) => {
    const [name = '', value = ''] = param.split('=', 2);
    return { name, value };
  });
}
