import { describe, expect, it, jest } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { json, numbered, rows, serve } from '../support/server.js';
import { pagewise, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

const paged = ['--paging', 'page', '--items', 'items', '--size', '10'];
const lines = (items: readonly unknown[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('');

describe('stdout', () => {
  it('gets one JSON value per line, whatever the items are', async () => {
    const items = [{ a: 'x\ny\u2028é' }, [1, [2]], 'text', 0, null, false];
    const server = await serve(({ url }, response) => json(response, url.search === '?page=1' ? items : []));
    const { stdout } = await pagewise([server.url, '--paging', 'page']);
    expect(stdout).toBe(lines(items));
  });

  it('gets every item of many large pages', async () => {
    const many = rows(10_000).map((id) => ({ id, text: 'x'.repeat(1000) }));
    const server = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page'));
      json(response, { items: many.slice((page - 1) * 2000, page * 2000) });
    });
    expect((await pagewise([server.url, ...paged])).stdout).toBe(lines(many));
  });

  it('stays empty if there are no items', async () => {
    const server = await serve(numbered(0));
    const { code, stdout, stderr } = await pagewise([server.url, ...paged]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^1 page, 0 items, 1 request, 0 retries, /);
  });
});

describe('-o', () => {
  it('makes its folder, as --checkpoint does, and --explain makes none', async () => {
    const server = await serve(numbered(5));
    const cwd = temporaryFolder();
    const args = [server.url, ...paged, '-o', 'deep/er/a.ndjson'];
    expect((await pagewise([...args, '--explain'], { cwd })).code).toBe(0);
    expect(existsSync(join(cwd, 'deep'))).toBe(false);
    expect((await pagewise(args, { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'deep/er/a.ndjson'), 'utf8')).toBe(lines(rows(5)));
  });

  it('writes the items to a file, replacing its content', async () => {
    const server = await serve(numbered(25));
    const output = join(temporaryFolder(), 'items.ndjson');
    writeFileSync(output, 'of an earlier run\n');
    const { code, stdout } = await pagewise([server.url, ...paged, '-o', output]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(readFileSync(output, 'utf8')).toBe(lines(rows(25)));
  });

  it('leaves the file untouched if the arguments are invalid', async () => {
    const output = join(temporaryFolder(), 'items.ndjson');
    expect(await pagewise(['http://127.0.0.1:1', '--items', 'a..b', '-o', output])).toMatchObject({ code: 2 });
    expect(existsSync(output)).toBe(false);
  });

  it('- is stdout', async () => {
    const server = await serve(numbered(5));
    expect((await pagewise([server.url, ...paged, '-o', '-'])).items).toEqual(rows(5));
  });
});

describe('--max-pages and --max-items', () => {
  it('--max-pages sends that many requests and says how to resume', async () => {
    const server = await serve(numbered(50));
    const first = await pagewise([server.url, ...paged, '--max-pages', '2']);
    expect(first).toMatchObject({ code: 0, items: rows(20) });
    expect(first.stderr).toContain(
      'Stopped at --max-pages; there may be more items.\nTo resume after the last written page, ',
    );
    expect(server.seen).toHaveLength(2);
    const second = await pagewise([server.url, ...paged, '--resume-from', first.token ?? '', '--max-pages', '9']);
    expect([...first.items, ...second.items]).toEqual(rows(50));
    expect(second.token).toBeUndefined();
  });

  it('--max-items writes exactly that many and sends exactly the requests that they need', async () => {
    const server = await serve(numbered(50));
    const { code, items, stderr, token = '' } = await pagewise([server.url, ...paged, '--max-items', '23']);
    expect({ code, items, requests: server.seen.length }).toEqual({ code: 0, items: rows(23), requests: 3 });
    expect(stderr).toContain(
      'Stopped at --max-items within page 3; there are more items.\nTo resume after the last written item, ',
    );
    const second = await pagewise([server.url, ...paged, '--resume-from', token]);
    expect(second.items).toEqual(rows(50).slice(23));
  });

  it('--max-items at the end of a page resumes after it', async () => {
    const server = await serve(numbered(50));
    const { items, stderr, token = '' } = await pagewise([server.url, ...paged, '--max-items', '20']);
    expect({ items, requests: server.seen.length }).toEqual({ items: rows(20), requests: 2 });
    expect(stderr).toContain(
      'Stopped at --max-items; there may be more items.\nTo resume after the last written page, ',
    );
    expect((await pagewise([server.url, ...paged, '--resume-from', token])).items).toEqual(rows(50).slice(20));
  });

  it('--max-items within the last page stops the run early, and at its end does not', async () => {
    const server = await serve((_seen, response) => json(response, { items: rows(10), total: 10 }));
    const flags = [server.url, ...paged, '--total', 'total', '--max-items'];
    expect((await pagewise([...flags, '9'])).stderr).toContain('Stopped at --max-items within page 1');
    expect(await pagewise([...flags, '10'])).toMatchObject({ code: 0, items: rows(10), token: undefined });
  });
});
