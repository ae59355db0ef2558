import { linkHeader, type LinkHeaderOptions } from '../../strategies/link-header.js';
import type { UrlPosition } from '../../strategies/parts/follow-url.js';
import type { Strategy } from '../../strategy.js';

/** `linkHeader` for APIs that expose the header to browsers: if the header is absent, it is not hidden. */
export function exposedLinks<Item>(options: LinkHeaderOptions<Item>): Strategy<Item, UrlPosition> {
  const strategy = linkHeader<Item>(options);
  return {
    ...strategy,
    next(answer) {
      const { headers } = answer.response;
      const shown = { get: (name: string) => headers.get(name) };
      return strategy.next({ ...answer, response: { ...answer.response, headers: shown } });
    },
  };
}
