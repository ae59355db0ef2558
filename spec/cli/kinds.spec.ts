import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { json, rows, serve, type Seen } from '../support/server.js';
import { selfSigned } from '../support/self-signed.js';
import { command, pagewise, start, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

const records = rows(25).map((id) => ({ id, at: `t${id}` }));
const all = records.map((record) => JSON.stringify(record));
const page = (from: number) => records.slice(from, from + 10);
type Handler = (seen: Seen, response: ServerResponse, origin: string) => void;
const query = (seen: Seen, name: string, otherwise = '0') => seen.url.searchParams.get(name) ?? otherwise;

async function walked(handle: Handler, args: readonly string[]) {
  let origin = '';
  const server = await serve((seen, response) => handle(seen, response, origin));
  origin = server.origin;
  const ended = await pagewise([server.url, ...args]);
  expect(ended.stderr).not.toMatch(/^pagewise:/m);
  return Object.assign(ended, { server, lines: ended.stdout.split('\n').slice(0, -1) });
}

describe('--paging', () => {
  const link: Handler = (seen, response, origin) => {
    const from = Number(query(seen, 'from'));
    const next = from + 10 < 25 ? `<${origin}/items?from=${from + 10}>; rel="next"` : '<x>; rel="first"';
    json(response, page(from), 200, { link: next });
  };
  const kinds: [kind: string, args: string[], handle: Handler, requests: string[]][] = [
    [
      'offset',
      ['--items', 'data', '--size', '10', '--offset-param', 'skip', '--size-param', 'take', '--total', 'total'],
      (seen, response) => json(response, { data: page(Number(query(seen, 'skip'))), total: 25 }),
      ['?skip=0&take=10', '?skip=10&take=10', '?skip=20&take=10'],
    ],
    [
      'offset',
      ['--items', 'Resources', '--start', '1', '--offset-param', 'startIndex', '--total', 'totalResults'],
      (seen, response) => json(response, { Resources: page(Number(query(seen, 'startIndex')) - 1), totalResults: 25 }),
      ['?startIndex=1', '?startIndex=11', '?startIndex=21'],
    ],
    [
      'content-range',
      ['--size', '10', '--unit-param', 'Range-Unit'],
      (seen, response) => {
        const from = Number(/^(\d+)-/.exec(seen.headers.range ?? '')?.[1]);
        const range = `${from}-${Math.min(from + 9, 24)}/25`;
        json(response, page(from), 206, seen.headers['range-unit'] === 'items' ? { 'content-range': range } : {});
      },
      ['', '', ''],
    ],
    [
      'cursor',
      ['--items', 'data', '--next', 'meta.next', '--cursor-param', 'after', '--drop-params', 'q'],
      (seen, response) => {
        const from = Number(query(seen, 'after', '')); // prettier-ignore
        json(response, { data: page(from), meta: { next: from + 10 < 25 ? String(from + 10) : null } });
      },
      ['', '?after=10', '?after=20'],
    ],
    [
      'cursor',
      ['--items', '.', '--next', 'header:X-Next', '--in', 'headers', '--cursor-param', 'X-From'],
      (seen, response) => {
        const from = Number(seen.headers['x-from'] ?? 0);
        json(response, page(from), 200, from + 10 < 25 ? { 'x-next': String(from + 10) } : {});
      },
      ['', '', ''],
    ],
    [
      'cursor',
      ['--items', 'rows', '--next', 'continue', '--cursor-param', '*'],
      (seen, response) => {
        const from = Number(query(seen, 'rowfrom'));
        const more = from + 10 < 25 ? { continue: { rowfrom: from + 10, continue: '-||' } } : {};
        json(response, { rows: page(from), ...more });
      },
      ['', '?rowfrom=10&continue=-%7C%7C', '?rowfrom=20&continue=-%7C%7C'],
    ],
    [
      'keyset',
      ['--items', 'data', '--key', 'id', '--cursor-param', 'starting_after', '--has-more', 'has_more'],
      (seen, response) => {
        const from = Number(query(seen, 'starting_after', '-1')) + 1;
        json(response, { data: page(from), has_more: from + 10 < 25 });
      },
      ['', '?starting_after=9', '?starting_after=19'],
    ],
    [
      'keyset',
      ['--items', '.', '--key', 'at,id', '--cursor-param', 'after'],
      (seen, response) => json(response, page(Number(seen.url.searchParams.getAll('after')[1] ?? -1) + 1)),
      ['', '?after=t9&after=9', '?after=t19&after=19', '?after=t24&after=24'],
    ],
    ['link', ['--items', '.'], link, ['', '?from=10', '?from=20']],
    ['link', ['--size', '10', '--size-param', 'n', '--rel', 'next'], link, ['?n=10', '?from=10', '?from=20']],
    [
      'next-url',
      ['--items', 'value', '--next', '@odata.nextLink'],
      (seen, response) => {
        const from = Number(query(seen, '$skiptoken'));
        json(response, {
          value: page(from),
          ...(from + 10 < 25 ? { '@odata.nextLink': `?%24skiptoken=${from + 10}` } : {}),
        });
      },
      ['', '?%24skiptoken=10', '?%24skiptoken=20'],
    ],
    [
      'relay',
      [
        '--items',
        'data.rows.edges',
        '--next',
        'data.rows.pageInfo',
        '--json',
        '{"query":"query($after:String){rows(first:10,after:$after){edges{node{id}}}}"}',
      ],
      (seen, response) => {
        const { variables } = JSON.parse(seen.body) as { variables?: { after: string } };
        const from = Number(variables?.after ?? 0);
        const pageInfo = { hasNextPage: from + 10 < 25, endCursor: String(from + 10) };
        json(response, { data: { rows: { edges: page(from).map((node) => ({ node })), pageInfo } } });
      },
      ['', '', ''],
    ],
    ['none', ['--items', 'data'], (_seen, response) => json(response, { data: records }), ['']],
  ];
  it.each(kinds)('%s %j', async (...row) => {
    const [kind, args, handle, requests] = row;
    const { lines, server, code } = await walked(handle, ['--paging', kind, ...args]);
    expect({ code, lines }).toEqual({ code: 0, lines: all });
    expect(server.seen.map(({ url }) => url.search)).toEqual(requests);
  });

  it.each<[place: string, args: string[], url: string, number: (seen: Seen) => unknown, type: string | undefined]>([
    [
      'form',
      ['-d', 'q=a b'],
      '/items',
      ({ body }) => new URLSearchParams(body).get('page'),
      'application/x-www-form-urlencoded',
    ],
    ['path', [], '/items/page/{page}', ({ url }) => url.pathname.split('/').at(-1), undefined],
    ['headers', ['--page-param', 'X-Page'], '/items', ({ headers }) => headers['x-page'], undefined],
    [
      'body:paging',
      ['--json', '{"q":1}'],
      '/items',
      ({ body }) => (JSON.parse(body) as { paging: { page: number } }).paging.page,
      'application/json',
    ],
  ])('--in %s', async (...row) => {
    const [place, args, path, number, type] = row;
    const server = await serve((seen, response) => json(response, page((Number(number(seen)) - 1) * 10)));
    const { code, stdout } = await pagewise([`${server.origin}${path}`, '--paging', 'page', '--in', place, ...args]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${all.join('\n')}\n` });
    expect(server.seen[1]?.headers['content-type']?.split(';')[0]).toBe(type);
  });

  it('--key . is the item itself', async () => {
    const { items } = await walked(
      (seen, response) =>
        json(
          response,
          rows(25)
            .slice(Number(query(seen, 'last', '-1')) + 1)
            .slice(0, 10),
        ),
      ['--paging', 'keyset', '--key', '.', '--cursor-param', 'last'],
    );
    expect(items).toEqual(rows(25));
  });

  it('--allow-origin allows next pages at another origin, without credentials', async () => {
    const other = await serve((_seen, response) => json(response, page(10)));
    const handle: Handler = (_seen, response) => json(response, page(0), 200, { link: `<${other.url}>; rel=next` });
    const server = await serve((seen, response) => handle(seen, response, ''));
    const flags = [server.url, '--paging', 'link', '-H', 'Authorization: Key abc'];
    const refused = await pagewise(flags);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`another origin than ${server.origin}`);
    expect(other.seen).toHaveLength(0);
    const allowed = await pagewise([...flags, '--allow-origin', other.origin]);
    expect(allowed.items).toEqual(records.slice(0, 20));
    expect(other.seen[0]?.headers).not.toHaveProperty('authorization');
  });
});

describe('--paging auto, the default', () => {
  const cursored: Handler = (seen, response) => {
    const from = Number(query(seen, 'cursor'));
    json(response, { data: page(from), next_cursor: from + 10 < 25 ? String(from + 10) : null });
  };

  it('detects the paging, reports it, and pages', async () => {
    const { lines, stderr, server } = await walked(cursored, []);
    expect(lines).toEqual(all);
    expect(stderr).toContain(
      'Detected with 3 requests: --paging cursor --items data --next next_cursor --cursor-param cursor (--explain shows why)\n',
    );
    // One with a token that the API can't know; pages 1 and 2 are not requested again.
    expect(stderr).toMatch(/^3 pages, 25 items, 4 requests, 0 retries/m);
    expect(server.seen).toHaveLength(4);
  });

  it('the flags that it prints walk the same pages', async () => {
    const { stderr, server } = await walked(cursored, []);
    const [, flags = ''] = /requests: (.*) \(--explain/.exec(stderr) ?? [];
    const again = await pagewise([server.url, ...flags.split(' ')]);
    expect(again.stdout).toBe(`${all.join('\n')}\n`);
  });

  it('--explain prints evidence and configuration, and then stops', async () => {
    const { code, stdout, stderr, server } = await walked(cursored, ['--explain']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      [
        '- the first answer has 10 items at data',
        '- next_cursor is a token',
        '- the next page has 10 items, none of them on the first page',
        '',
        "TypeScript: cursor({ items: 'data', next: 'next_cursor', cursorParam: 'cursor' })",
        'Flags:      --paging cursor --items data --next next_cursor --cursor-param cursor',
        '',
      ].join('\n'),
    );
    expect(server.seen).toHaveLength(3);
  });

  it('--explain with complete flags sends nothing', async () => {
    const { stdout, server } = await walked(cursored, ['--explain', '--paging', 'page', '--size', '5']);
    expect(stdout).toBe('TypeScript: pageNumber({ size: 5 })\nFlags:      --paging page --size 5\n');
    expect(server.seen).toHaveLength(0);
  });

  it('if undecided it delivers the list and says so; --explain fails with what it considered, as flags', async () => {
    const server = await serve((_seen, response) => json(response, records));
    const delivered = await pagewise([server.url]);
    expect([delivered.code, delivered.items]).toEqual([3, records]);
    expect(delivered.stderr).toContain('pagewise: this may not be the whole list: nothing in the answer leads to');
    const { code, stdout, stderr } = await pagewise(['--explain', server.url]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain("pagewise: can't detect how this API pages: nothing in the answer leads to another page");
    expect(stderr).toContain(
      'Set --paging and its flags, or --paging none if this answer is the whole list [DetectionError]\n',
    );
    expect(stderr).toContain(
      '  --paging page --items . --page-param page: the API ignores page, pageNumber, page_number and ',
    );
  });

  it('resumes with a token, and detects again', async () => {
    const { token = '', server } = await walked(cursored, ['--max-pages', '2']);
    const second = await pagewise([server.url, '--resume-from', token]);
    expect(second.items).toEqual(records.slice(20));
  });

  it('a form in -d is tried as a form', async () => {
    const handle: Handler = (seen, response) => {
      const form = new URLSearchParams(seen.body);
      json(response, { data: form.get('q') === 'a b' ? page((Number(form.get('page') ?? 1) - 1) * 10) : [] });
    };
    const { lines, stderr } = await walked(handle, ['--data-urlencode', 'q=a b']);
    expect(lines).toEqual(all);
    expect(stderr).toContain('--paging page --in form --items data --page-param page');
  });

  it('says so if there was no second page to verify it with', async () => {
    const { stderr } = await walked((_seen, response) => json(response, { data: records, next_cursor: null }), []);
    expect(stderr).toContain('(not confirmed, since there is only one page; --explain shows why)');
  });

  it('a POST whose paging goes into the query is sent as given', async () => {
    const body = '{ "big":9007199254740993 }';
    const { lines, server } = await walked(cursored, ['--json', body]);
    expect(lines).toEqual(all);
    expect(server.seen.slice(-3).map((seen) => seen.body)).toEqual([body, body, body]);
  });
});

describe('--paging auto with a body from -d', () => {
  const strict: Handler = (seen, response) => {
    if (seen.headers['content-type'] !== 'application/json') return json(response, { error: 'no JSON' }, 415);
    const from = Number(query(seen, 'cursor'));
    json(response, { data: page(from), next_cursor: from + 10 < 25 ? String(from + 10) : null });
  };

  it('pages with the headers it was detected with, and so do its flags', async () => {
    const { lines, stderr, server } = await walked(strict, ['-d', '{"q":1}']);
    expect(lines).toEqual(all);
    const [, flags = ''] = /requests: (.*) \(--explain/.exec(stderr) ?? [];
    expect(flags).toContain('--in query');
    const again = await start('/bin/sh', [
      '-c',
      `"$0" "$1" "$2" -d '{"q":1}' ${flags}`,
      process.execPath,
      command,
      server.url,
    ]).ended;
    expect(again).toMatchObject({ code: 0, stdout: `${all.join('\n')}\n` });
  });

  it('--has-more fails, and says so, if the detected paging has no such option', async () => {
    const server = await serve((_seen, response) => json(response, page(0), 200, { link: '<x>; rel="first"' }));
    const { code, stderr } = await pagewise([server.url, '--has-more', 'more']);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'the answers suggest --paging link --items ., which takes no --has-more; remove --has-more',
    );
  });
});

describe('what an API does past the end of the list', () => {
  const numbered: Handler = (seen, response) => {
    const number = Number(query(seen, 'page', '1'));
    if (number <= 3) json(response, { data: page((number - 1) * 10) });
    else json(response, { error: { message: 'no such page' } }, 404);
  };

  it("--end-statuses names its status; without it the failure shows the API's answer", async () => {
    const server = await serve((seen, response) => numbered(seen, response, ''));
    const flags = [server.url, '--paging', 'page', '--items', 'data'];
    const failed = await pagewise(flags);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(
      /^pagewise: Page 4 failed: 404 Not Found, GET .*\nThe API says: no such page\nIf this is how .* add --end-statuses 404\.\nWritten before the failure: 3 pages/,
    );
    expect((await pagewise([...flags, '--end-statuses', '404,410'])).stdout).toBe(`${all.join('\n')}\n`);
  });

  it('--on-repeat stop and --missing-items empty do', async () => {
    const clamped: Handler = (seen, response) =>
      json(response, { data: page(Math.min(2, Number(query(seen, 'page', '1')) - 1) * 10) });
    const flags = ['--paging', 'page', '--items', 'data'];
    expect((await walked(clamped, [...flags, '--on-repeat', 'stop'])).lines).toEqual(all);
    const absent: Handler = (seen, response) => {
      const data = page((Number(query(seen, 'page', '1')) - 1) * 10);
      json(response, data.length > 0 ? { data } : {});
    };
    expect((await walked(absent, [...flags, '--missing-items', 'empty'])).lines).toEqual(all);
  });

  it('P13 a path to the next page that leads nowhere is an error, which advises flags', async () => {
    const body = { data: page(0), paging: { next: { after: '10', link: '/items?after=10' } } };
    const server = await serve((_seen, response) => json(response, body));
    const flags = ['--paging', 'cursor', '--items', 'data', '--next', 'paging.after'];
    const { stderr, stdout, code } = await pagewise([server.url, ...flags, '-q']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(
      "pagewise: Page 1 failed: next at paging.after: found nothing, but there is a value at 'paging.next.after' and there is a value at 'paging.next.link', so there are probably more pages. Set --next paging.next.after, or set --missing-next end if this is the last page",
    );
    const link = await pagewise([server.url, '--paging', 'link', '--items', 'data']);
    expect(link.stderr).toContain('Use --paging next-url with --next paging.next.link, or set --missing-next end');
    const ended = await pagewise([server.url, ...flags, '--missing-next', 'end']);
    expect([ended.code, ended.items.length]).toEqual([0, 10]);
    expect(ended.stderr).not.toContain('The walk ended at its first page');
  });

  it('P13 a job that fails so is not done, and other names are a notice', async () => {
    const folder = temporaryFolder();
    const server = await serve((_seen, response, index) =>
      json(response, index < 2 ? { data: page(0), nextCursor: 'b' } : { data: page(0), paging: { after: 'b' } }),
    );
    const job = [
      server.url,
      '--paging',
      'cursor',
      '--items',
      'data',
      '--next',
      'next_cursor',
      '-o',
      join(folder, 'o.ndjson'),
    ];
    for (const run of [1, 2]) {
      const failed = await pagewise([...job, '--checkpoint', join(folder, 'job')]);
      expect([run, failed.code, failed.stderr.includes('Nothing to do')]).toEqual([run, 1, false]);
    }
    const noticed = await pagewise([...job, '--checkpoint', join(folder, 'job')]);
    expect(noticed.code).toBe(0);
    expect(noticed.stderr).toContain(
      "The walk ended at its first page: there is nothing at next_cursor, but something like a token at 'paging.after'. If there are more pages, check the value of next.",
    );
  });
});

describe('--profile', () => {
  const stripe: Handler = (seen, response) => {
    const from = Number(query(seen, 'starting_after', '-1')) + 1;
    json(response, { object: 'list', data: page(from), has_more: from + 10 < 25 });
  };

  it('a flag beside it overrides it', async () => {
    const { lines, server } = await walked(stripe, ['--profile', 'stripe', '--size', '7', '--size-param', 'n']);
    expect(lines).toEqual(all);
    expect(server.seen.map(({ url }) => url.search)).toEqual([
      '?n=7',
      '?n=7&starting_after=9',
      '?n=7&starting_after=19',
    ]);
  });

  it('--paging beside it overrides how it pages, and keeps its verdicts', async () => {
    const handle: Handler = (seen, response) =>
      json(response, { ok: true, channels: page((Number(query(seen, 'page')) - 1) * 10) });
    const { lines } = await walked(handle, ['--profile', 'slack', '--paging', 'page', '--items', 'channels']);
    expect(lines).toEqual(all);
    const server = await serve((_seen, response) => json(response, { ok: false, error: 'not_authed' }));
    const { code, stderr } = await pagewise([
      server.url,
      '--profile',
      'slack',
      '--paging',
      'page',
      '--items',
      'channels',
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('not_authed');
  });
});

describe('a pasted curl command', () => {
  /** Runs a line in a shell, with `curl` replaced. */
  async function pasted(
    line: string,
    handle: Handler = (_seen, response) => json(response, { data: records, next: null }),
  ) {
    const server = await serve((seen, response) => handle(seen, response, ''));
    const text = line.replace(/^curl/, `"$0" "$1"`).replaceAll('https://shop.example.com', server.origin);
    const { code, stderr, stdout } = await start('/bin/sh', ['-c', text, process.execPath, command]).ended;
    expect(stderr).not.toMatch(/^pagewise:/m);
    return { code, stdout, seen: server.seen };
  }

  it('of Chrome', async () => {
    const { code, stdout, seen } = await pasted(`curl 'https://shop.example.com/api/orders?state=open' \\
  -H 'accept: application/json, text/plain, */*' \\
  -H 'accept-language: en-US,en;q=0.9' \\
  -b 'session=abc; theme=dark' \\
  -H 'sec-ch-ua: "Chromium";v="140"' \\
  -H 'user-agent: Mozilla/5.0 (X11; Linux x86_64)' \\
  --insecure`);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${all.join('\n')}\n` });
    expect(seen[0]).toMatchObject({
      method: 'GET',
      headers: {
        cookie: 'session=abc; theme=dark',
        'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)',
        accept: 'application/json, text/plain, */*',
      },
    });
  });

  it('of Firefox, with a body', async () => {
    const { code, seen } = await pasted(
      `curl 'https://shop.example.com/api/search' --compressed -X POST -H 'User-Agent: Mozilla/5.0' -H 'Accept-Encoding: gzip, deflate, br, zstd' -H 'Content-Type: application/json' -H 'Content-Length: 13' -H 'Referer: https://shop.example.com/' -H 'Connection: keep-alive' --data-raw '{"q":"é\\u0021"}'`,
    );
    expect(code).toBe(0);
    expect(seen[0]).toMatchObject({
      method: 'POST',
      body: '{"q":"é!"}',
      headers: { 'accept-encoding': 'gzip, deflate, br' },
    });
  });

  it('of documentation: short flags together, --url, -A, -e, -L, --data-urlencode, -G', async () => {
    const { code, seen } = await pasted(
      `curl -sSL -A me -e 'https://a.example.com/;auto' -G --data-urlencode 'q=a b&c' --data-urlencode 'plain text' --url https://shop.example.com/items`,
    );
    expect(code).toBe(0);
    expect(seen[0]?.url.search).toBe('?q=a%20b%26c&plain%20text');
    expect(seen[0]?.headers).toMatchObject({ 'user-agent': 'me', referer: 'https://a.example.com/' });
  });

  it('--data-urlencode and --data-binary read files, the first encoded, the second as is', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'f'), 'a b\n&');
    const server = await serve((_seen, response) => json(response, []));
    const flags = [
      server.url,
      '--paging',
      'none',
      '--data-urlencode',
      'x@f',
      '--data-urlencode',
      '=p q',
      '--data-binary',
      '@f',
    ];
    await pagewise(flags, { cwd: folder });
    expect(server.seen[0]?.body).toBe('x=a%20b%0A%26&p%20q&a b\n&');
  });
});

describe('-k', () => {
  let server: Server | undefined;
  afterEach(() => void server?.close());

  it('accepts a server with an untrusted certificate; without it the request fails', async () => {
    server = createServer(selfSigned(), (_request, response) => response.end('[1]'));
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const refused = await pagewise([url, '--paging', 'none']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect((await pagewise([url, '--paging', 'none', '-k'])).items).toEqual([1]);
  });
});
