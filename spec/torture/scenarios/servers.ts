import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { cursor, inBody, pageNumber, retryRequests, type PageRequest, type Strategy } from 'pagewise';
import { anyPaging, faults, hostileServer, type TortureCase } from 'pagewise/testing';
import type { MakeTransport } from '../../../lib/testing/torture/trial.js';
import { selfSigned } from '../../support/self-signed.js';
import { expect, expectExact, expectFailure, pages, places, scenario, told, walk } from './scenario.js';

type Any = Strategy<never, never>;
const byPage = pageNumber({ items: 'items' }) as unknown as Any;
const kinds: readonly (readonly [string, Any, Omit<PageRequest, 'url'>])[] = [
  ['query', byPage, {}],
  ['body', pageNumber({ items: 'items', place: inBody() }) as unknown as Any, { method: 'POST', body: {} }],
];
const eager = { policy: retryRequests({ base: 20, retries: 10, budget: Infinity }) };

/** Servers that are down, unknown, not to be trusted, or tired of their connections. */
export const serverScenarios = (name: string, make: MakeTransport): readonly TortureCase[] => [
  ...kinds.flatMap(([kind, strategy, request]) =>
    places.map(([place, at]) =>
      scenario(`connection refused, then up, before the ${place} page, in ${kind}`, name, async () => {
        const server = await hostileServer({ pages });
        try {
          const transport = make({ attemptTimeout: 5000 });
          let starting: Promise<void> | undefined;
          let stopped = at === 0;
          if (stopped) await server.stop();
          const walked = await walk({ ...request, url: server.url }, strategy, transport, {
            ...eager,
            nextWhen: async ({ index }) => {
              if (index + 1 !== at) return true;
              await server.stop();
              return (stopped = true);
            },
            onEvent({ type }) {
              if (type === 'wait' && stopped) starting ??= server.start();
            },
          });
          await starting;
          expect('the server was never found down', starting !== undefined);
          expectExact(walked);
        } finally {
          await server.close();
        }
      }),
    ),
  ),
  scenario('a host that DNS does not know', name, async () => {
    const policy = retryRequests({ base: 1, retries: 2 });
    const walked = await walk({ url: 'http://nowhere.invalid/items' }, byPage, make({ attemptTimeout: 20_000 }), { policy });
    expectFailure(walked, 'TransportError', []);
    expect(`it was tried ${String(walked.error?.['attempts'])} times, not 3`, walked.error?.['attempts'] === 3);
  }),
  scenario('a certificate that signs itself', name, async () => {
    let asked = 0;
    const server = createServer(selfSigned(), (_, response) => (asked++, response.end('{"items":[]}')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `https://localhost:${(server.address() as AddressInfo).port}/items`;
      const walked = await walk({ url }, byPage, make({ attemptTimeout: 20_000 }), eager);
      expectFailure(walked, 'TransportError', []);
      expect(`a request was sent, or retried: ${told(walked)}`, asked === 0 && walked.error?.['attempts'] === 1);
    } finally {
      await new Promise((resolve) => (server.close(resolve), server.closeAllConnections()));
    }
  }),
  scenario('3,000 pages whose connections the server closes all the time', name, async () => {
    const many = Array.from({ length: 3000 }, (_, id) => [{ id }]);
    const server = await hostileServer({
      pages: many,
      api: anyPaging,
      faults: ({ page, count }) =>
        count > 1 ? undefined : page % 7 === 3 ? faults.closing('close') : page % 11 === 5 ? faults.closing('reset') : undefined,
    });
    try {
      const strategy = cursor({ items: 'items', next: 'next_cursor' }) as unknown as Any;
      const policy = retryRequests({ base: 1, retries: 20, budget: Infinity });
      expectExact(await walk({ url: server.url }, strategy, make({ attemptTimeout: 5000 }), { policy }), many.flat());
      expect(`${server.sockets} connections are open`, server.sockets < 10);
    } finally {
      await server.close();
    }
  }),
]; // prettier-ignore
