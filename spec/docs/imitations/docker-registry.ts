import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/**
 * 250 repositories, whose Link is relative and comes with every full page, also the last one; and the tags of one of
 * them. Another one has lost its tags.
 */
export const imitation: Imitation = {
  origin: 'https://registry.example.org',
  start: () => (seen, response) => {
    const { url } = seen;
    const refuse = (status: number, code: string) => json(response, { errors: [{ code, message: code }] }, status);
    const [, catalog, name] = /^\/v2\/(?:(_catalog)|([\w/-]+)\/tags\/list)$/.exec(url.pathname) ?? [];
    if (catalog === undefined && name === undefined) return refuse(404, 'NAME_UNKNOWN');
    if (name === 'empty') return json(response, { name, tags: null });
    const asked = url.searchParams.get('n');
    const size = Number(asked ?? 100);
    if (!(size >= 1 && size <= 1000)) return refuse(400, 'PAGINATION_NUMBER_INVALID');
    const all = rows(250).map((number) => `${name === undefined ? 'tools/r' : 'v'}${String(number).padStart(4, '0')}`);
    const last = url.searchParams.get('last') ?? '';
    const page = all.filter((each) => each > last).slice(0, size);
    const link = `<${url.pathname}?last=${encodeURIComponent(page.at(-1) ?? '')}&n=${size}>; rel="next"`;
    json(
      response,
      name === undefined ? { repositories: page } : { name, tags: page },
      200,
      page.length === size ? { link } : {},
    );
  },
};
