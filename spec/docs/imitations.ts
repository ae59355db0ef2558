import { readdirSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { serve, type Seen, type TestServer } from '../support/server.js';

/** What the URLs of an API in the docs reach: a local imitation of a few of its routes. */
export interface Imitation {
  /** The API's origin as the docs write it, such as `https://api.github.com`. */
  readonly origin: string;
  /** Other origins with the same handler: a local stand-in of a cloud's API. */
  readonly aliases?: readonly string[];
  /** Shell variables that a reader has set before they run a command of the docs. */
  prepare?(origin: string): Promise<Record<string, string>>;
  /**
   * Makes the handler of one server, with its own state.
   * @param total how many items its lists have, where an imitation takes that
   */
  start(total?: number): (seen: Seen, response: ServerResponse) => void | Promise<void>;
}

const folder = new URL('./imitations/', import.meta.url);

/** One for each file of `imitations/`. */
export const imitations = await Promise.all(
  readdirSync(folder).map(async (name) => {
    const { imitation } = (await import(new URL(name, folder).pathname)) as { imitation: Imitation };
    return imitation;
  }),
);

export interface Started {
  readonly origin: string;
  readonly server: TestServer;
  /** Variables that `prepare` has given. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Starts those that a text mentions. */
export const startImitations = (text: string): Promise<Started[]> =>
  Promise.all(
    imitations.flatMap(({ origin, aliases = [], prepare, start }) =>
      [origin, ...aliases]
        .filter((each) => text.includes(each))
        .map(async (each) => {
          const server = await serve(start());
          return { origin: each, server, variables: (await prepare?.(server.origin)) ?? {} };
        }),
    ),
  );
