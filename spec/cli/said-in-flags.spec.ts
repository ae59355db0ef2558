import { describe, expect, it, jest } from '@jest/globals';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import * as library from 'pagewise';
import { kinds, type OptionName, optionNames, pagingOptions, type PagingKind } from '../../lib/detect/kinds.js';
import { strategyOf } from '../../lib/detect/paging.js';
import { toFlags, toTypeScript } from '../../lib/detect/write-paging.js';
import { program } from '../../lib/cli/flags/program.js';
import { json, serve, type Seen } from '../support/server.js';
import { thrown } from '../support/walks.js';
import { pagewise, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

const number = ({ url }: Seen, name: string, otherwise: number) => Number(url.searchParams.get(name) ?? otherwise);

/** Runs the command over an API. */
async function ran(handle: (seen: Seen, response: ServerResponse, index: number) => void, args: readonly string[], path = '/items') {
  const server = await serve(handle);
  const ended = await pagewise([`${server.origin}${path}`, ...args]);
  return Object.assign(ended, { server, lines: ended.stdout.split('\n').filter((line) => line !== '') });
} // prettier-ignore

describe('shapes in flags', () => {
  it('items inside each element, and a next link chosen by its relation, as in a FHIR Bundle', async () => {
    const { lines, stderr } = await ran(
      (seen, response) => {
        const page = number(seen, 'page', 1);
        const link = [{ relation: 'self', url: '/' }, ...(page < 3 ? [{ relation: 'next', url: `items?page=${page + 1}` }] : [])];
        json(response, { resourceType: 'Bundle', link, entry: [{ resource: { id: page } }] });
      },
      ['--items', 'entry[*].resource', '--paging', 'next-url', '--next', 'link[relation=next].url', '-q'],
    ); // prettier-ignore
    expect(stderr).toBe('');
    expect(lines).toEqual(['{"id":1}', '{"id":2}', '{"id":3}']);
  });

  it('several lists, each item with the name of its list', async () => {
    const { lines } = await ran(
      (_seen, response, index) => json(response, { added: [index], removed: [], next: index < 1 ? 'a' : '' }),
      ['--items', '{"new":"added","gone":"removed"}', '--paging', 'cursor', '--next', 'next', '-q'],
    );
    expect(lines).toEqual(['{"list":"new","item":0}', '{"list":"new","item":1}']);
  });

  it('several lists, one after the other', async () => {
    const { lines } = await ran((_seen, response) => json(response, { a: [1], b: [2] }), ['--items', '["a","b"]', '--paging', 'none', '-q']); // prettier-ignore
    expect(lines).toEqual(['1', '2']);
  });

  it.each([
    [['--has-more', '!last_page'], (last: boolean) => ({ last_page: last })],
    [['--has-more', '!last', '--has-more-if-absent', 'true'], (last: boolean) => (last ? { last: 'True' } : {})],
    [['--has-more', 'more', '--has-more-if-absent', 'false'], (last: boolean) => (last ? {} : { more: 1 })],
    [['--has-more', '!header:X-Last'], () => ({})],
  ])('flags as they are: %j', async (args, flag) => {
    const { lines, server } = await ran(
      (seen, response) => {
        const page = number(seen, 'page', 1);
        response.setHeader('X-Last', String(page === 3));
        json(response, { items: [page], ...flag(page === 3) });
      },
      ['--items', 'items', '--paging', 'page', ...args, '-q'],
    );
    expect(lines).toEqual(['1', '2', '3']);
    expect(server.seen).toHaveLength(3);
  });

  it('links to an inner host, which lose the key', async () => {
    const { lines, server } = await ran(
      (seen, response) => {
        const page = number(seen, 'page', 1);
        json(response, { items: [page], next: page < 2 ? `http://inner:8080/v1/items?page=${page + 1}` : null });
      },
      ['--items', 'items', '--paging', 'next-url', '--next', 'next', '--next-origin', 'template', '--keep-params', 'key', '-q'],
      '/gateway/v1/items?key=abc',
    ); // prettier-ignore
    expect(lines).toEqual(['1', '2']);
    expect(server.seen[1]?.target).toBe('/gateway/v1/items?page=2&key=abc');
  });

  it('without --next-origin, the error offers it in flags', async () => {
    const { code, stderr } = await ran(
      (_seen, response) => json(response, { items: [1], next: 'http://inner:8080/' }),
      ['--items', 'items', '--paging', 'next-url', '--next', 'next'],
    );
    expect(code).toBe(1);
    expect(stderr).toContain('if links name an inner host instead, set --next-origin template');
  });

  it('a scroll: another second request', async () => {
    const { lines, server } = await ran(
      (_seen, response, index) => json(response, { _scroll_id: 's', hits: { hits: index < 2 ? [index] : [] } }),
      ['--json', '{"size":1}', '--in', 'body', '--items', 'hits.hits', '--paging', 'cursor', '--next', '_scroll_id', '--cursor-param', 'scroll_id', '--on-same-token', 'continue', '--next-request', '{"url":"/_search/scroll","body":{"scroll":"1m"}}', '-q'],
    ); // prettier-ignore
    expect(lines).toEqual(['0', '1']);
    expect(server.seen[1]).toMatchObject({ target: '/_search/scroll', body: '{"scroll":"1m","scroll_id":"s"}' });
  });

  it('a position inside a text', async () => {
    const { lines, server } = await ran(
      (seen, response) => {
        const [, from = ''] = /STARTPOSITION (\d+)/.exec(seen.url.searchParams.get('query') ?? '') ?? [];
        json(response, { QueryResponse: Number(from) < 3 ? { Customer: [from] } : {} });
      },
      ['--items', 'QueryResponse.Customer', '--missing-items', 'empty', '--paging', 'offset', '--start', '1', '--size', '1', '--in', 'text:query=select * from Customer STARTPOSITION {offset} MAXRESULTS {limit}', '-q'],
    ); // prettier-ignore
    expect(lines).toEqual(['"1"', '"2"']);
    expect(server.seen[0]?.url.searchParams.get('query')).toBe('select * from Customer STARTPOSITION 1 MAXRESULTS 1');
  });

  it('a position inside a template of the body', async () => {
    const { lines } = await ran(
      ({ body }, response) => {
        const { query } = JSON.parse(body) as { query?: { startAt?: { values: [number] } } };
        const from = query?.startAt?.values[0] ?? 0;
        json(response, { docs: from < 2 ? [{ id: from + 1 }] : [] });
      },
      ['--json', '{"query":{}}', '--items', 'docs', '--paging', 'keyset', '--key', 'id', '--cursor-param', 'after', '--in', 'template:{"/query/startAt":{"values":["{after}"]}}', '-q'],
    ); // prettier-ignore
    expect(lines).toEqual(['{"id":1}', '{"id":2}']);
  });

  it.each([
    ['--plus', ['--plus', '1']],
    ['--inclusive', ['--inclusive']],
  ])('keys that come again: %s', async (_name, args) => {
    const { lines } = await ran(
      (seen, response) => json(response, [1, 2, 3].filter((id) => id >= number(seen, 'from', 1)).slice(0, 2).map((id) => ({ id }))),
      ['--items', '.', '--paging', 'keyset', '--key', 'id', '--cursor-param', 'from', ...args, '-q'],
    ); // prettier-ignore
    expect(lines).toEqual(['{"id":1}', '{"id":2}', '{"id":3}']);
  });

  it('a job in a file says the same with objects, lists and true', async () => {
    const server = await serve((seen, response) => {
      const page = number(seen, 'page', 1);
      json(response, { a: [page], b: [], last: page === 2 });
    });
    const cwd = temporaryFolder();
    const job = { url: server.url, items: { x: 'a', y: 'b' }, paging: 'page', omitFirst: true, hasMore: '!last', endStatuses: [404], output: 'out.ndjson', checkpoint: false }; // prettier-ignore
    writeFileSync(join(cwd, 'pagewise.config.json'), JSON.stringify({ jobs: { job } }));
    const { code, stderr } = await pagewise(['run', 'job', '-q'], { cwd });
    expect([code, stderr]).toEqual([0, '']);
    expect(readFileSync(join(cwd, 'out.ndjson'), 'utf8')).toBe('{"list":"x","item":1}\n{"list":"x","item":2}\n');
    expect(server.seen.map(({ target }) => target)).toEqual(['/items', '/items?page=2']);
  });

  it.each([
    [['--items', '["a",5]', '--paging', 'none'], 'Give a path, or several as ["a", "b"]'],
    [['--items', 'a[', '--paging', 'none'], '--items "a[" can\'t be read at character 2: this "[" has no closing "]"'],
    [['--next-request', '[]', '--paging', 'cursor', '--next', 'n'], 'Give a JSON object'],
    [['--end-params', 'x', '--paging', 'link'], 'Give pairs like results=false'],
    [['--in', 'text:query=none', '--paging', 'page'], 'the text must name a parameter'],
    [['--in', 'template:{', '--paging', 'page', '--json', '{}'], 'is not JSON; give one like'],
    [['--has-more', '!header:a b', '--paging', 'page'], '--has-more !header:a b names no header'],
    [['--inclusive', '--paging', 'page'], '--inclusive is for --paging keyset'],
  ])('refuses %j before anything is sent', async (args, message) => {
    const { code, stderr, server } = await ran((_seen, response) => json(response, []), args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(server.seen).toHaveLength(0);
  });
});

describe('a list that nothing calls whole', () => {
  const items = [{ id: 1 }, { id: 2 }];

  it('is delivered, with a line that -q shows too, exit code 3, and no checkpoint', async () => {
    const cwd = temporaryFolder();
    const server = await serve((_seen, response) => json(response, { items }));
    const run = () => pagewise([server.url, '-q', '-o', 'out.ndjson', '--checkpoint', 'state'], { cwd });
    for (let time = 0; time < 2; time++) {
      const { code, stderr } = await run();
      expect(code).toBe(3);
      expect(stderr).toContain('pagewise: this may not be the whole list: nothing in the answer leads to another page');
      expect(stderr).toContain('add --paging none');
      expect(readFileSync(join(cwd, 'out.ndjson'), 'utf8')).toBe('{"id":1}\n{"id":2}\n');
      expect(existsSync(join(cwd, 'state'))).toBe(false);
    }
  });

  it.each([
    ['a flag', { has_more: false }],
    ['a null link', { next: null }],
    ['one page in all', { total_pages: 1 }],
    ['a flag that says the opposite', { isLast: true }],
  ])('is done with exit code 0 if %s says so', async (_name, sign) => {
    const { code, lines } = await ran((_seen, response) => json(response, { items, ...sign }), ['-q']);
    expect([code, lines]).toEqual([0, ['{"id":1}', '{"id":2}']]);
  });

  it('is done with exit code 0 if --paging none says so', async () => {
    const { code } = await ran(
      (_seen, response) => json(response, { items }),
      ['-q', '--paging', 'none', '--items', 'items'],
    );
    expect(code).toBe(0);
  });
});

describe('--xml', () => {
  const xml = (response: ServerResponse, text: string) => {
    response.setHeader('Content-Type', 'application/xml');
    response.end(`<?xml version="1.0"?>${text}`);
  };

  it('pages S3 lists', async () => {
    const { lines, stderr, server } = await ran(
      (seen, response) => {
        const token = seen.url.searchParams.get('continuation-token');
        const next = token === null ? '<NextContinuationToken>a+b/c=</NextContinuationToken>' : '';
        const keys = token === null ? ['1', '2'] : ['007'];
        xml(response, `<ListBucketResult xmlns="http://s3"><IsTruncated>${token === null}</IsTruncated>${keys.map((key) => `<Contents><Key>${key}</Key><Size>5</Size></Contents>`).join('')}${next}</ListBucketResult>`);
      },
      ['--xml', '--items', 'ListBucketResult.Contents', '--missing-items', 'empty', '--paging', 'cursor', '--next', 'ListBucketResult.NextContinuationToken', '--cursor-param', 'continuation-token', '--has-more', 'ListBucketResult.IsTruncated', '-q'],
      '/?list-type=2',
    ); // prettier-ignore
    expect(stderr).toBe('');
    expect(lines).toEqual(['{"Key":"1","Size":"5"}', '{"Key":"2","Size":"5"}', '{"Key":"007","Size":"5"}']);
    expect(server.seen[1]?.url.searchParams.get('continuation-token')).toBe('a+b/c=');
  });

  it('goes on after the last element, even if a page has one alone', async () => {
    const pages = [['1', '2'], ['3'], ['4', '5']];
    const { lines, stderr } = await ran(
      (seen, response) => {
        const after = seen.url.searchParams.get('marker');
        const keys = pages[after === null ? 0 : pages.findIndex((page) => page.at(-1) === after) + 1] ?? [];
        xml(response, `<ListBucketResult>${keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')}</ListBucketResult>`); // prettier-ignore
      },
      ['--xml', '--items', '*.Contents', '--missing-items', 'empty', '--paging', 'cursor', '--next', '*.NextMarker || *.Contents[-1].Key', '--cursor-param', 'marker', '-q'],
    ); // prettier-ignore
    expect(stderr).toBe('');
    expect(lines).toEqual(['1', '2', '3', '4', '5'].map((key) => `{"Key":"${key}"}`));
  });

  it('pages OAI-PMH, whose token has attributes or none', async () => {
    const { lines, stderr } = await ran(
      (seen, response) => {
        const token = seen.url.searchParams.get('resumptionToken');
        const next = token === null ? '<resumptionToken cursor="0" completeListSize="3">t1</resumptionToken>' : token === 't1' ? '<resumptionToken>t2</resumptionToken>' : '<resumptionToken cursor="2"/>';
        xml(response, `<OAI-PMH><ListRecords><record><header><identifier>${token}</identifier></header></record>${next}</ListRecords></OAI-PMH>`);
      },
      ['--xml', '--items', 'OAI-PMH.ListRecords.record', '--paging', 'cursor', '--next', 'OAI-PMH.ListRecords.resumptionToken.#text', '--cursor-param', 'resumptionToken', '--drop-params', 'metadataPrefix', '-q'],
      '/oai?verb=ListRecords&metadataPrefix=oai_dc',
    ); // prettier-ignore
    expect(stderr).toBe('');
    expect(lines.map((line) => (JSON.parse(line) as { header: { identifier: string } }).header.identifier)).toEqual(['null', 't1', 't2']); // prettier-ignore
  });

  it('pages Atom feeds by start and total, as arXiv does', async () => {
    const { lines, server } = await ran(
      (seen, response) => {
        const from = number(seen, 'start', 0);
        const entries = [0, 1, 2].slice(from, from + 2).map((id) => `<entry><id>${id}</id><link rel="alternate" href="/${id}"/></entry>`);
        xml(response, `<feed xmlns:opensearch="os"><opensearch:totalResults>3</opensearch:totalResults>${entries.join('')}</feed>`);
      },
      ['--xml', '--items', 'feed.entry', '--paging', 'offset', '--offset-param', 'start', '--size', '2', '--size-param', 'max_results', '--total', 'feed.opensearch:totalResults', '--fields', 'id,link.@href', '-q'],
    ); // prettier-ignore
    expect(lines).toEqual([
      '{"id":"0","link.@href":"/0"}',
      '{"id":"1","link.@href":"/1"}',
      '{"id":"2","link.@href":"/2"}',
    ]);
    expect(server.seen).toHaveLength(2);
  });

  it.each([
    ['cut off', '<a><b>1</b>'],
    ['no XML', '{"a":1}'],
    ['nested too deep', `${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}`],
    ['a bomb', `<!DOCTYPE a [<!ENTITY x "${'y'.repeat(1000)}">${[1, 2, 3, 4, 5].map((n) => `<!ENTITY x${n} "${`&x${n === 1 ? '' : n - 1};`.repeat(50)}">`).join('')}]><a><b>${'&x5;'.repeat(50)}</b></a>`],
  ])('H1 a body that is %s is an error', async (_name, body) => {
    const { code, stderr } = await ran((_seen, response) => xml(response, body), ['--xml', '--items', 'a.b', '--paging', 'none', '--retries', '0']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/decode threw/);
    expect(stderr.length).toBeLessThan(5000);
  }); // prettier-ignore
});

describe('--cookie-jar', () => {
  const api = (seen: Seen, response: ServerResponse, index: number) => {
    const has = seen.headers.cookie?.includes('walk=7') ?? false;
    if (index > 0 && !has) return json(response, { error: 'no session' }, 401);
    if (index === 0) response.setHeader('Set-Cookie', ['walk=7; Path=/; HttpOnly', 'seen=yes; Expires=Wed, 21 Oct 2099 07:28:00 GMT']);
    json(response, number(seen, 'page', 1) < 3 ? [index] : []);
  }; // prettier-ignore

  it('keeps the cookies of page 1 for page 2, and writes them', async () => {
    const file = join(temporaryFolder(), 'jar');
    const { lines, stderr, server } = await ran(api, [
      '-c',
      file,
      '-b',
      'own=1',
      '--items',
      '.',
      '--paging',
      'page',
      '-q',
    ]);
    expect(stderr).toBe('');
    expect(lines).toEqual(['0', '1']);
    expect(server.seen.map(({ headers }) => headers.cookie)).toEqual(['own=1', 'own=1; walk=7; seen=yes', 'own=1; walk=7; seen=yes']); // prettier-ignore
    const written = readFileSync(file, 'utf8');
    expect(written).toContain('#HttpOnly_127.0.0.1\tFALSE\t/\tFALSE\t0\twalk\t7\n');
    expect(written).toContain(
      `127.0.0.1\tFALSE\t/\tFALSE\t${Date.parse('Wed, 21 Oct 2099 07:28:00 GMT') / 1000}\tseen\tyes\n`,
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = await ran((seen, response) => json(response, [seen.headers.cookie]), ['-b', file, '--items', '.', '--paging', 'none', '-q']); // prettier-ignore
    expect(again.lines).toEqual(['"walk=7; seen=yes"']);
  });

  it('without it, the 401 of page 2 says so', async () => {
    const { code, stderr } = await ran(api, ['--items', '.', '--paging', 'page']);
    expect(code).toBe(1);
    expect(stderr).toContain('401');
    expect(stderr).toContain('-c FILE');
  });

  it('sends nothing to another origin', async () => {
    const other = await serve((_seen, response) => json(response, [2]));
    const { lines } = await ran(
      (_seen, response) => {
        response.setHeader('Set-Cookie', 'walk=7');
        response.setHeader('Link', `<${other.url}>; rel="next"`);
        json(response, [1]);
      },
      ['-c', join(temporaryFolder(), 'jar'), '--allow-origin', other.origin, '--items', '.', '--paging', 'link', '-q'],
    );
    expect(lines).toEqual(['1', '2']);
    expect(other.seen[0]?.headers.cookie).toBeUndefined();
  });

  it("refuses a file that is none, and one that can't be written", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'no'), 'hello\n');
    const read = await ran((_seen, response) => json(response, []), ['-b', join(folder, 'no'), '--paging', 'none']);
    expect([read.code, read.stderr]).toEqual([2, expect.stringContaining('the file is no file of cookies')]);
    const written = await ran(
      (_seen, response) => json(response, []),
      ['-c', join(folder, 'no', 'x'), '--paging', 'none'],
    );
    expect([written.code, written.stderr]).toEqual([2, expect.stringContaining('-c ')]);
  });
});

describe('--schema', () => {
  const schema = (text: object | string) => {
    const file = join(temporaryFolder(), 'schema.json');
    writeFileSync(file, typeof text === 'string' ? text : JSON.stringify(text));
    return file;
  };
  const items = [
    { id: 1, at: '2026-01-01T00:00:00Z' },
    { id: 2, at: 'soon' },
  ];
  const answer = (_seen: Seen, response: ServerResponse) => json(response, items);

  it.each([
    ['2020-12', undefined],
    ['2019-09', 'https://json-schema.org/draft/2019-09/schema'],
    ['draft 7', 'http://json-schema.org/draft-07/schema#'],
  ])('an item that does not match a schema of %s fails, and says where', async (_name, $schema) => {
    const file = schema({
      ...($schema ? { $schema } : {}),
      type: 'object',
      properties: { at: { type: 'string', format: 'date-time' } },
    });
    const { code, stderr } = await ran(answer, [
      '--schema',
      file,
      '--items',
      '.',
      '--paging',
      'none',
      '--retries',
      '0',
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('item 1 does not match the schema, at at: must match format "date-time"');
  });

  it('items that match pass, numbers with more digits than a double too', async () => {
    const file = schema({ type: 'object', required: ['id'], properties: { id: { type: 'integer' } } });
    const { lines } = await ran(
      (_seen, response) => void response.end('[{"id":9007199254740993},{"id":5}]'),
      ['--schema', file, '--items', '.', '--paging', 'none', '-q'],
    );
    expect(lines).toEqual(['{"id":9007199254740993}', '{"id":5}']);
  });

  it.each([
    ['nowhere', undefined, "can't read the file (ENOENT)"],
    ['', '{', 'holds no JSON Schema'],
    ['', '[]', 'holds no JSON Schema'],
    ['', '{"type":"nonsense"}', 'the schema is not valid'],
  ])('refuses %s %s', async (name, text, message) => {
    const { code, stderr, server } = await ran(answer, [
      '--schema',
      text === undefined ? name : schema(text),
      '--paging',
      'none',
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(server.seen).toHaveLength(0);
  });
});

describe('every option', () => {
  /** Options that are code, or that another flag gives, with the reason. */
  const exempt: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    strategies: { place: '--in' },
    retryRequests: { shouldRetry: 'code', onUnauthorized: 'code' },
    throttleRequests: { limit: '--rate', interval: '--rate' },
    fetchTransport: { fetch: 'code', agent: '--proxy, --cacert', parseJson: 'always exact', decode: '--xml' },
    paginate: { transport: 'code', policy: 'the flags of policies', check: '--ok-if', until: '--max-pages', nextWhen: 'code', signal: 'Ctrl-C', events: '-v', checkpoint: '--checkpoint', allowOrigins: '--allow-origin' },
  }; // prettier-ignore
  const aliases: Readonly<Record<string, string>> = { base: 'retryDelay', cap: 'retryMaxDelay', budget: 'retryBudget', attemptTimeout: 'timeout' }; // prettier-ignore
  const attributes = () => program([]).options.map((option) => option.attributeName());

  /** The options that a function takes, as it lists them for an unknown one. */
  const optionsOf = (call: (options: never) => unknown): string[] =>
    /expected one of (.*?)(\. |$)/.exec(thrown(() => call({ nonsense: 1 } as never)).message)?.[1]?.split(', ') ?? [];

  it.each(Object.entries(kinds))('of the strategy %s can be said in flags', (kind, { make, names = {} }) => {
    const options = optionsOf(make).filter((name) => !Object.hasOwn(exempt['strategies'] ?? {}, name));
    expect(options.length).toBeGreaterThan(3);
    const said = optionNames.filter((name) => kinds[kind as PagingKind].takes.includes(name)).map((name) => (names as Record<string, string>)[name] ?? name);
    expect(options.filter((name) => !said.includes(name as OptionName))).toEqual([]);
  }); // prettier-ignore

  it.each(['retryRequests', 'throttleRequests', 'fetchTransport'] as const)('of %s has a flag', (name) => {
    const options = optionsOf(library[name] as never).filter((each) => !Object.hasOwn(exempt[name] ?? {}, each));
    expect(options.length).toBeGreaterThan(1);
    expect(options.filter((each) => !attributes().includes(aliases[each] ?? each))).toEqual([]);
  });

  it('of paginate has a flag', () => {
    const call = (options: never) => library.paginate({ url: 'http://127.0.0.1' }, library.singlePage(), options);
    const options = optionsOf(call).filter((each) => !Object.hasOwn(exempt['paginate'] ?? {}, each));
    expect(options.length).toBeGreaterThan(5);
    expect(options.filter((each) => !attributes().includes(each))).toEqual([]);
  });

  it('is in the reference, docs/flags.md: `node scripts/write-flags.mjs` writes it', async () => {
    const docs = readFileSync(new URL('../../docs/flags.md', import.meta.url), 'utf8');
    expect(docs).toContain((await pagewise(['help', 'flags'])).stdout);
  });

  it('means the same as flags and as code', () => {
    const options = {
      items: { a: 'x[*].y', b: 'z' }, hasMore: '!last', hasMoreIfAbsent: 'true', next: 'n', cursorParam: 'c', stopOnEmptyPage: true, nextRequest: { url: '/x', body: { 'a-b': [1, null] } },
    } as const; // prettier-ignore
    const paging = { kind: 'cursor', options, place: 'body:p' } as const;
    expect(toTypeScript(paging)).toBe(
      "cursor({ items: { a: 'x[*].y', b: 'z' }, hasMore: not(flag('last', { absent: false })), next: 'n', cursorParam: 'c', stopOnEmptyPage: true, nextRequest: { url: '/x', body: { 'a-b': [1, null] } }, place: inBody('p') })",
    );
    expect(toFlags(paging)).toContain(`--items '{"a":"x[*].y","b":"z"}'`);
    expect(toFlags(paging)).toContain(`--next-request '{"url":"/x","body":{"a-b":[1,null]}}'`);
    expect(strategyOf(paging).name).toBe('cursor');
    expect(Object.keys(pagingOptions)).toEqual(optionNames);
  });
});
