import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

interface DemoApi {
  readonly url: string;
  readonly stats: Readonly<Record<'requests' | 'pages' | 'throttled' | 'unavailable' | 'refused', number>>;
  close(): Promise<void>;
}
type Answer = { status: { code: number }; inputs?: { id: string }[]; concepts?: { id: string }[] };

const { startDemoApi } = (await import(new URL('../../examples/demo-api.mjs', import.meta.url).href)) as {
  startDemoApi(): Promise<DemoApi>;
};

describe('the demo API', () => {
  let api: DemoApi;
  beforeEach(async () => (api = await startDemoApi()));
  afterEach(() => api.close());

  const authorization = 'Key demo';
  const inputs = (query = '', headers: Record<string, string> = { authorization }) =>
    fetch(`${api.url}/v2/users/u/apps/a/inputs${query}`, { headers });
  const concepts = (body: string) =>
    fetch(`${api.url}/v2/users/u/apps/a/concepts/searches`, { method: 'POST', headers: { authorization }, body });
  const read = async (answer: Promise<Response>) => (await (await answer).json()) as Answer;

  it('pages inputs in the query, 128 a page by default and 1,000 at most', async () => {
    const first = await read(inputs());
    expect(first).toMatchObject({ status: { code: 10000, description: 'Ok' } });
    expect(first.inputs).toHaveLength(128);
    expect((await read(inputs('?page=2&per_page=3'))).inputs?.map(({ id }) => id)).toEqual([
      'input-0004',
      'input-0005',
      'input-0006',
    ]);
    expect((await read(inputs('?per_page=5000'))).inputs).toHaveLength(1000);
    expect((await read(inputs('?page=9'))).inputs).toEqual([]);
  });

  it('pages concepts in the body', async () => {
    expect((await read(concepts('{}'))).concepts).toHaveLength(128);
    const second = await read(concepts('{"pagination":{"page":2,"per_page":200}}'));
    expect(second.concepts).toHaveLength(100);
    expect(second.concepts?.[0]?.id).toBe('concept-201');
  });

  it('refuses requests without a key, to an unknown route, or with invalid paging', async () => {
    const unauthorized = await inputs('', {});
    expect(unauthorized.status).toBe(401);
    expect(await unauthorized.json()).toMatchObject({ status: { code: 11102 } });
    expect((await fetch(`${api.url}/v2/nothing`, { headers: { authorization } })).status).toBe(404);
    expect((await inputs('?page=0')).status).toBe(400);
    expect((await concepts('no JSON')).status).toBe(400);
    expect(api.stats).toMatchObject({ requests: 4, refused: 4, pages: 0 });
  });

  it('throttles every 7th request and is unavailable at every 11th, but never twice in a row for one page', async () => {
    const seen: number[] = [];
    const codes: Record<number, number> = { 200: 10000, 429: 11005, 503: 10020 };
    const waits: Record<number, string> = { 429: '1' };
    let page = 1;
    for (let request = 1; request <= 100; request++) {
      const answer = await inputs(`?page=${page}&per_page=10`);
      const { status } = (await answer.json()) as Answer;
      seen.push(answer.status);
      expect(status.code).toBe(codes[answer.status]);
      expect(answer.headers.get('retry-after')).toBe(waits[answer.status] ?? null);
      if (answer.status === 200) page++;
    }
    expect(seen.filter((status, i) => status !== 200 && (seen[i - 1] ?? 200) !== 200)).toEqual([]);
    expect(seen.slice(0, 14)).toEqual([200, 200, 200, 200, 200, 200, 429, 200, 200, 200, 503, 200, 200, 429]);
    expect(seen[21]).toBe(200); // The 22nd repeats the 21st, which was throttled.
    expect(api.stats.throttled + api.stats.unavailable + api.stats.pages).toBe(100);
  });
});
