import { pageNumber, relay, retryRequests, type Check, type PageRequest, type Strategy } from 'pagewise';
import { clarifaiSearch, slack } from 'pagewise/profiles';
import { anyPaging, faults, hostileServer, type PagedApi, type TortureCase } from 'pagewise/testing';
import type { MakeTransport } from '../../../lib/testing/torture/trial.js';
import { expect, expectExact, expectFailure, pages, places, scenario, walk } from './scenario.js';

type Any = Strategy<never, never>;

interface Verdict {
  readonly title: string;
  readonly strategy: Any;
  readonly check?: Check | undefined;
  readonly api: PagedApi;
  /** The body of 200 that is an error. */
  readonly body: unknown;
  readonly headers?: Record<string, string>;
  /** @default fixed by another attempt */
  readonly fails?: string;
}

const clarifai = clarifaiSearch({ items: 'hits' });
const clarifaiApi: PagedApi = {
  request: { method: 'POST', body: { searches: [] } },
  asked: anyPaging.asked,
  answer: ({ items }) => ({ body: { status: { code: 10000, description: 'Ok' }, hits: items } }),
};
const slackProfile = slack({ items: 'channels' });
const slackApi: PagedApi = {
  asked: anyPaging.asked,
  answer(page, request) {
    const { next_cursor: next } = anyPaging.answer(page, request).body as { next_cursor: string | null };
    return { body: { ok: true, channels: page.items, response_metadata: { next_cursor: next ?? '' } } };
  },
};
const graphql: PagedApi = {
  ...anyPaging,
  request: { method: 'POST', body: { query: 'query ($cursor: String) { items (after: $cursor) }' } },
};
const byRelay = relay({ items: 'items', pageInfo: 'pageInfo', cursorParam: 'cursor' }) as unknown as Any;

const ofClarifai = (code: unknown, more: Partial<Verdict> = {}): Verdict => ({
  title: `Clarifai's ${JSON.stringify(code)} with HTTP 200`,
  strategy: clarifai.strategy as unknown as Any,
  check: clarifai.check,
  api: clarifaiApi,
  body: { status: { code, description: 'no' }, hits: [] },
  ...more,
});
const ofSlack = (error: string, more: Partial<Verdict> = {}): Verdict => ({
  title: `Slack's ${error} with HTTP 200`,
  strategy: slackProfile.strategy as unknown as Any,
  check: slackProfile.check,
  api: slackApi,
  body: { ok: false, error },
  ...more,
});
const ofGraphql = (type: string, more: Partial<Verdict> = {}): Verdict => ({
  title: `GraphQL's ${type} with HTTP 200`,
  strategy: byRelay,
  api: graphql,
  body: { data: null, errors: [{ type, message: 'no' }] },
  ...more,
});
const soon = { headers: { 'retry-after': '1' } };

const verdicts: readonly Verdict[] = [
  ofClarifai(11005, soon),
  ofClarifai('CONN_THROTTLED', soon),
  ofClarifai(10030),
  ofClarifai(11102, { fails: 'CheckError' }),
  ofSlack('ratelimited', soon),
  ofSlack('internal_error'),
  ofSlack('missing_scope', { fails: 'CheckError' }),
  ofGraphql('RATE_LIMITED', soon),
  ofGraphql('NOT_FOUND', { fails: 'CheckError' }),
];

/** Errors that come as a success, and functions of the user's that fail. */
export const verdictScenarios = (name: string, make: MakeTransport): readonly TortureCase[] => [
  ...verdicts.flatMap(({ title, strategy, check, api, body, headers = {}, fails }) =>
    places.map(([place, at]) =>
      scenario(`${title} on the ${place} page`, name, async () => {
        const server = await hostileServer({ pages, api, faults: [{ page: at, fault: faults.status(200, headers, body) }] });
        try {
          const request: PageRequest = { ...api.request, url: server.url };
          const policy = retryRequests({ base: 1, budget: Infinity });
          const walked = await walk(request, strategy, make({ attemptTimeout: 10_000 }), { policy, check });
          if (fails === undefined) expectExact(walked);
          else expectFailure(walked, fails, pages.slice(0, at).flat());
        } finally {
          await server.close();
        }
      }),
    ),
  ),
  ...places.map(([place, at]) =>
    scenario(`an extractor that throws TypeError('fetch failed') on the ${place} page`, name, async () => {
      const server = await hostileServer({ pages });
      try {
        const read = (body: unknown) => {
          if ((body as { page: number }).page === at + 1) throw new TypeError('fetch failed');
          return (body as { items: unknown[] }).items;
        };
        const strategy = pageNumber({ items: read }) as unknown as Any;
        const walked = await walk({ url: server.url }, strategy, make({ attemptTimeout: 10_000 }));
        expectFailure(walked, 'CallbackError', pages.slice(0, at).flat());
        expect(`${server.requests.length} requests, not ${at + 1}`, server.requests.length === at + 1);
      } finally {
        await server.close();
      }
    }),
  ),
]; // prettier-ignore
