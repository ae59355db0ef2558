import { readdirSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { serve, type Seen, type TestServer } from '../support/server.js';

/** What stands behind the URLs of an API in the docs: a local imitation of a few of its routes. */
export interface Imitation {
  /** The API's origin as the docs write it, such as `https://api.github.com`. */
  readonly origin: string;
  /** Makes the handler of one server: state that it keeps is its own. */
  start(): (seen: Seen, response: ServerResponse) => void | Promise<void>;
}

const folder = new URL('./imitations/', import.meta.url);

/** One for each file of `imitations/`. */
export const imitations = await Promise.all(
  readdirSync(folder).map(async (name) => {
    const { imitation } = (await import(new URL(name, folder).pathname)) as { imitation: Imitation };
    return imitation;
  }),
);

/** Starts those that a text speaks of. */
export const startImitations = (text: string): Promise<{ origin: string; server: TestServer }[]> =>
  Promise.all(
    imitations
      .filter(({ origin }) => text.includes(origin))
      .map(async ({ origin, start }) => ({ origin, server: await serve(start()) })),
  );
