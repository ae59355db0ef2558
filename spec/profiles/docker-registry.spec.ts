import { describe, expect, it } from '@jest/globals';
import { ExtractError, HttpError } from 'pagewise';
import { dockerRegistry } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/docker-registry.js';
import { json, rows, serve } from '../support/server.js';
import { rejection, thrown } from '../support/walks.js';
import { asked, serveExcept, walk } from './walk.js';

const names = (prefix: string) => rows(250).map((number) => `${prefix}${String(number).padStart(4, '0')}`);

describe('the Docker registry profile', () => {
  it('lists repositories by relative links, with n and last', async () => {
    const server = await serve(imitation.start());
    expect(await walk(dockerRegistry({ size: 100 }), { url: `${server.origin}/v2/_catalog` })).toEqual(
      names('tools/r'),
    );
    expect(asked(server)).toEqual([
      '/v2/_catalog?n=100',
      '/v2/_catalog?last=tools%2Fr0099&n=100',
      '/v2/_catalog?last=tools%2Fr0199&n=100',
    ]);
  });

  it('lists tags, past a full last page to an empty one', async () => {
    const server = await serve(imitation.start());
    const url = `${server.origin}/v2/library/node/tags/list`;
    expect(await walk(dockerRegistry({ size: 125 }), { url })).toEqual(names('v'));
    expect(asked(server)).toEqual([
      '/v2/library/node/tags/list?n=125',
      '/v2/library/node/tags/list?last=v0124&n=125',
      '/v2/library/node/tags/list?last=v0249&n=125',
    ]);
  });

  it('a repository without tags answers with null', async () => {
    const server = await serve(imitation.start());
    expect(await walk(dockerRegistry(), { url: `${server.origin}/v2/empty/tags/list` })).toEqual([]);
  });

  it('takes no failure and no other answer for the end', async () => {
    const failing = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, { errors: [{ code: 'UNAUTHORIZED' }] }, 401),
    );
    const error = await rejection(walk(dockerRegistry({ size: 100 }), { url: `${failing.origin}/v2/_catalog` }));
    expect(error).toBeInstanceOf(HttpError);
    const odd = await serve((_seen, response) => json(response, { repositories: null }));
    expect(await rejection(walk(dockerRegistry(), { url: odd.url }))).toBeInstanceOf(ExtractError);
    const bare = await serve((_seen, response) => json(response, {}));
    expect(await rejection(walk(dockerRegistry(), { url: bare.url }))).toBeInstanceOf(ExtractError);
  });

  it('refuses a size above 1000', () => {
    expect(thrown(() => dockerRegistry({ size: 1001 })).message).toContain('maximum of 1000');
  });
});
