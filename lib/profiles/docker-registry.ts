import { linkHeader } from '../strategies/link-header.js';
import { type FollowingProfileOptions, profile, type Profile } from './profile.js';

/**
 * The Docker Registry HTTP API V2 and its successor, the OCI Distribution Specification: the repositories of a registry
 * and the tags of a repository, both strings.
 *
 *     GET /v2/_catalog?n=100              ▸   Link: </v2/_catalog?last=tools%2Fjq&n=100>; rel="next"
 *                                             { "repositories": [ … ] }
 *     GET /v2/library/node/tags/list?n=100 ▸  { "name": "library/node", "tags": [ … ] }
 *
 *     const { strategy, throttle } = dockerRegistry({ size: 100 });
 */
export const dockerRegistry = <Item = string>({
  items,
  size,
  missingNext,
  ...rest
}: FollowingProfileOptions = {}): Profile<Item> =>
  profile(
    linkHeader<Item>,
    {
      items: items ?? ((body: unknown) => listed(body) as readonly Item[]),
      sizeParam: 'n',
      size,
      maxSize: 1000,
      missingNext,
    },
    { throttle: { limit: 10, interval: 1000 } },
    { of: 'dockerRegistry', rest, takes: ['missingNext'] },
  );

/** A repository without any tags left answers with null. */
function listed(body: unknown): unknown {
  const { repositories, tags } = (body ?? {}) as { repositories?: unknown; tags?: unknown };
  return tags === null ? [] : (tags ?? repositories);
}
