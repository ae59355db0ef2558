import type { RecordedRequest } from './recording.js';
import { decoded } from './recorded-url.js';
import { secretKind } from './secret-kind.js';

/** How a request differs from a recorded one, in words; empty where it is the same. Credentials are not compared. */
export function compareRequests(asked: RecordedRequest, recorded: RecordedRequest): readonly string[] {
  const [askedPath, askedQuery] = parts(asked.url);
  const [recordedPath, recordedQuery] = parts(recorded.url);
  const names = [...new Set([...askedQuery.keys(), ...recordedQuery.keys()])];
  return [
    ...differ('the method', asked.method, recorded.method),
    ...differ('the URL', askedPath, recordedPath),
    ...names.flatMap((name) => differ(name, shown(askedQuery.get(name)), shown(recordedQuery.get(name)))),
    ...(asked.body === recorded.body ? [] : [bodies(asked.body, recorded.body)]),
  ];
}

const differ = (what: string, asked: string, recorded: string): string[] =>
  asked === recorded ? [] : [`${what} is ${asked} here and ${recorded} there`];

const shown = (values: readonly string[] | undefined): string => values?.join(', ') ?? 'absent';

const bodies = (asked: string | undefined, recorded: string | undefined): string => {
  if (asked === undefined || recorded === undefined)
    return `there is ${asked === undefined ? 'no body here' : 'a body here'} and ${recorded === undefined ? 'none' : 'one'} there`;
  return 'the bodies differ';
};

/** A URL's path and its parameters, which may stand in any order. */
function parts(url = ''): [path: string, query: Map<string, string[]>] {
  const [path = '', ...rest] = url.split('?');
  const query = new Map<string, string[]>();
  for (const pair of rest.join('?').split('&')) {
    const [name = '', ...value] = pair.split('=');
    const key = decoded(name);
    if (key === '' || secretKind(key) === 'credential') continue;
    query.set(key, [...(query.get(key) ?? []), decoded(value.join('='))]);
  }
  return [path, query];
}
