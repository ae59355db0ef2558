import type { PageRequest } from '../../request.js';
import type { FoundList } from '../find-items.js';
import { type Member } from '../scan-answer.js';
import { candidate, type Candidate } from './candidate.js';

/** Relay: a pageInfo beside its nodes or edges. */
export function* byConnection(request: PageRequest, members: readonly Member[], list: FoundList): Generator<Candidate> {
  const query = (request.body as { query?: unknown } | null | undefined)?.query;
  for (const { names, path, value } of members) {
    if (names.at(-1) !== 'pageInfo' || typeof value !== 'object' || value === null || !('hasNextPage' in value))
      continue;
    const connection = path.slice(0, -'.pageInfo'.length);
    if (connection !== '' && !list.path.startsWith(`${connection}.`)) continue; // That of another list.
    const items = [`${connection}.nodes`, `${connection}.edges`].find((each) =>
      members.some((member) => member.path === each),
    );
    const after = typeof query === 'string' ? /\bafter\s*:\s*\$(\w+)/.exec(query)?.[1] : undefined;
    yield candidate(
      'relay',
      {
        items: items ?? list.path,
        pageInfo: path,
        ...(after === undefined || after === 'after' ? {} : { cursorParam: after }),
      },
      100,
      `${path} is the pageInfo of a connection`,
    );
  }
}
