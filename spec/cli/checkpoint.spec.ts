import { describe, expect, it, jest } from '@jest/globals';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { json, numbered, rows, serve, until } from '../support/server.js';
import { pagewise, startPagewise, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

const paged = ['--paging', 'page', '--items', 'items', '--size', '10'];
const lines = (items: readonly unknown[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('');

/** 50 rows, of which a page fails until it is repaired. */
async function failing(failAt: number, item: (row: number) => unknown = (row) => row) {
  let broken = true;
  const server = await serve(({ url }, response) => {
    const page = Number(url.searchParams.get('page'));
    if (broken && page === failAt) json(response, {}, 400);
    else json(response, { items: rows(50).slice((page - 1) * 10, page * 10).map(item) }); // prettier-ignore
  });
  return { server, repair: () => (broken = false) };
}

describe('--checkpoint', () => {
  const ndjson = lines(rows(50).map((id) => ({ id })));
  const csv = `id\r\n${rows(50).map((id) => `${id}\r\n`).join('')}`; // prettier-ignore
  const list = `[\n${rows(50).map((id) => JSON.stringify({ id })).join(',\n')}\n]\n`; // prettier-ignore
  it.each([
    ['items.ndjson', ndjson],
    ['items.json', list],
    ['items.csv', csv],
    ['items.ndjson.gz', ndjson],
    ['items.csv.gz', csv],
  ])(
    'resumes by itself in %s, which is cut back to the last commit, and then has nothing to do',
    async (name, written) => {
      const { server, repair } = await failing(4, (id) => ({ id }));
      const cwd = temporaryFolder();
      const output = join(cwd, name);
      const args = [server.url, ...paged, '-o', name, '--checkpoint', 'place.json'];
      const first = await pagewise(args, { cwd });
      expect(first.code).toBe(1);
      expect(first.stderr).toContain(
        'To resume at the page that failed, run the same command again: place.json has the progress.\n',
      );
      expect(first.stderr).not.toContain('--resume-from');
      appendFileSync(output, 'what a killed run has left');
      repair();
      expect(await pagewise(args, { cwd })).toMatchObject({ code: 0, stdout: '' });
      expect(server.seen.map(({ url }) => url.searchParams.get('page')).join()).toBe('1,2,3,4,4,5,6');
      const bytes = readFileSync(output);
      const text = name.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString();
      expect(text).toBe(written);

      const third = await pagewise(args, { cwd });
      expect(third).toMatchObject({ code: 0, stdout: '' });
      expect(third.stderr).toBe(
        'Nothing to do: according to place.json, the last page is written. Add --when-done continue for items added since, or --when-done restart to write everything again.\n',
      );
      expect(server.seen).toHaveLength(7);
      expect(readFileSync(output)).toEqual(bytes);
      rmSync(join(cwd, 'place.json'));
      expect((await pagewise(args, { cwd })).code).toBe(0);
      expect(readFileSync(output)).toEqual(bytes);
    },
  );

  it('commits what was written to stdout, page by page', async () => {
    const { server, repair } = await failing(3);
    const cwd = temporaryFolder();
    const args = [server.url, ...paged, '--checkpoint', 'place', '-o', '-'];
    const first = await pagewise(args, { cwd });
    repair();
    const second = await pagewise(args, { cwd });
    expect([...first.items, ...second.items]).toEqual(rows(50));
    expect(second.stderr).toContain('4 pages, 30 items, ');
  });

  it('continues csv on stdout without a second header', async () => {
    const { server, repair } = await failing(3, (id) => ({ id }));
    const cwd = temporaryFolder();
    const args = [server.url, ...paged, '--format', 'csv', '--checkpoint', 'place'];
    const first = await pagewise(args, { cwd });
    expect(first.stdout).toBe(`id\r\n${rows(20).map((id) => `${id}\r\n`).join('')}`); // prettier-ignore
    repair();
    const second = await pagewise(args, { cwd });
    expect(second.stdout).toBe(rows(50).slice(20).map((id) => `${id}\r\n`).join('')); // prettier-ignore
  });

  it.each([['items.ndjson'], ['items.ndjson.gz'], ['items.json'], ['items.csv']])(
    'resumes within a page of %s that --max-items has cut, again and again',
    async (name) => {
      const server = await failing(9, (id) => ({ id }));
      const cwd = temporaryFolder();
      const args = [server.server.url, ...paged, '-o', name, '--checkpoint', 'place'];
      const text = () => {
        const bytes = readFileSync(join(cwd, name));
        return name.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString();
      };
      const ids = () => [...text().matchAll(/\d+/g)].map(([id]) => Number(id));
      for (const count of [13, 16, 19, 22]) {
        const { stderr } = await pagewise([...args, '--max-items', '3'], { cwd });
        if (count === 13) continue;
        expect(stderr).toContain('To resume after the last written item, run the same command again');
      }
      expect(ids()).toEqual(rows(12));
      expect((await pagewise(args, { cwd })).code).toBe(0);
      expect(ids()).toEqual(rows(50));
      expect(text()).toBe(name === 'items.json' ? list : name === 'items.csv' ? csv : ndjson);
    },
  );

  it('writes a cut page whole if it has changed since, and says so', async () => {
    const items = rows(10);
    const server = await serve((_seen, response) => json(response, { items, total: 10 }));
    const cwd = temporaryFolder();
    const args = [server.url, ...paged, '--total', 'total', '-o', 'a.ndjson', '--checkpoint', 'place'];
    await pagewise([...args, '--max-items', '4'], { cwd });
    items.unshift(-1);
    const { stderr } = await pagewise([...args, '--on-repeat', 'stop'], { cwd });
    expect(stderr).toContain('no longer begins with the 4 items that an earlier run delivered');
    expect(readFileSync(join(cwd, 'a.ndjson'), 'utf8')).toBe(lines([...rows(4), -1, ...rows(10)]));
  });

  it('with --pages, writes a cut page whole', async () => {
    const server = await serve(numbered(20));
    const cwd = temporaryFolder();
    const args = [server.url, ...paged, '--pages', '-o', 'a.ndjson', '--checkpoint', 'place'];
    const first = await pagewise([...args, '--max-items', '15'], { cwd });
    expect(first.stderr).toContain('To resume from the start of that page, run the same command again');
    await pagewise(args, { cwd });
    const pages = readFileSync(join(cwd, 'a.ndjson'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { items: number[] }); // prettier-ignore
    expect(pages.flatMap((page) => page.items)).toEqual(rows(20));
  });

  it('resumes where --max-pages stopped, and counts what came before', async () => {
    const server = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page'));
      if (page < 4) json(response, { items: rows(50).slice((page - 1) * 10, page * 10), total: 50 });
    });
    const cwd = temporaryFolder();
    const args = [server.url, ...paged, '--total', 'total', '-o', 'items.ndjson', '--checkpoint', 'place'];
    await pagewise([...args, '--max-pages', '2'], { cwd });
    const run = startPagewise([...args, '--progress'], { cwd });
    await until('progress says so', () =>
      /60% {2}1 page, 10 items after 2 pages, 20 items, \d+ items\/s, \d+ s left/.test(run.stderr()),
    );
    run.child.kill('SIGINT');
    expect((await run.ended).code).toBe(130);
    expect(readFileSync(join(cwd, 'items.ndjson'), 'utf8')).toBe(lines(rows(30)));
  });

  it('resumes with the detected paging, and refuses another URL before that', async () => {
    const server = await serve(numbered(50));
    const cwd = temporaryFolder();
    const args = ['-o', 'items.ndjson', '--checkpoint', 'place'];
    await pagewise([server.url, ...args, '--max-pages', '2'], { cwd });
    const { length } = server.seen;
    const { code, stderr } = await pagewise([`${server.url}?q=1`, ...args], { cwd });
    expect({ code, requests: server.seen.length }).toEqual({ code: 2, requests: length });
    expect(stderr).toContain('--checkpoint place: the checkpoint was made with another URL; ');
    expect((await pagewise([server.url, ...args], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'items.ndjson'), 'utf8')).toBe(lines(rows(50)));
  });

  it('lists what --skip-failed-pages left out, with how to request it elsewhere', async () => {
    const { server } = await failing(3);
    const cwd = temporaryFolder();
    const args = [server.url, ...paged, '--skip-failed-pages', '1', '-o', 'items.ndjson', '--checkpoint', 'place'];
    const first = await pagewise(args, { cwd });
    expect(first.code).toBe(3);
    expect(first.stderr).toContain('To request the skipped pages again, run the same command again.\n');
    expect(await pagewise(args, { cwd })).toMatchObject({ code: 3 });
  });

  it('says so if a commit fails, and leaves every item to the next run', async () => {
    const answer = numbered(50);
    const cwd = temporaryFolder();
    const place = join(cwd, 'place');
    const server = await serve((seen, response, index) => {
      // From now on the checkpoint can't be renamed to its name: there is a folder.
      if (index === 0) mkdirSync(place);
      answer(seen, response);
    });
    const args = [server.url, ...paged, '-o', 'items.ndjson', '--checkpoint', 'place'];
    const first = await pagewise(args, { cwd });
    expect(first.code).toBe(1);
    expect(first.stderr).toContain("pagewise: can't write to place: EISDIR");
    expect(first.stderr).toContain('To resume, run the same command again.');
    rmdirSync(place);
    expect((await pagewise(args, { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'items.ndjson'), 'utf8')).toBe(lines(rows(50)));
  });

  it('of version 1 is continued: its token marks the page before by all its items', async () => {
    const server = await serve(numbered(50));
    const cwd = temporaryFolder();
    const args = [server.url, ...paged, '-o', 'items.ndjson', '--checkpoint', 'place'];
    await pagewise([...args, '--max-pages', '2'], { cwd });
    const place = JSON.parse(readFileSync(join(cwd, 'place'), 'utf8')) as { resume: object };
    expect(place).toMatchObject({ v: 1, resume: { v: 2, last: expect.stringMatching(/^10:/) } });
    const old = { ...place, resume: { ...place.resume, v: 1, last: '1zr5l7wmkrk' } };
    writeFileSync(join(cwd, 'place'), JSON.stringify(old));
    expect((await pagewise(args, { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'items.ndjson'), 'utf8')).toBe(lines(rows(50)));
  });

  it('is readable by its owner only, and its folder is made', async () => {
    const server = await serve(numbered(5));
    const cwd = temporaryFolder();
    await pagewise([server.url, ...paged, '--checkpoint', 'a/b/place.json'], { cwd });
    expect(statSync(join(cwd, 'a/b/place.json')).mode & 0o777).toBe(0o600);
  });

  it('fails before anything is sent if it cannot be written', async () => {
    const server = await serve(numbered(5));
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'file'), '');
    const { code, stderr } = await pagewise([server.url, ...paged, '--checkpoint', 'file/place'], { cwd });
    expect({ code, requests: server.seen.length }).toEqual({ code: 2, requests: 0 });
    expect(stderr).toMatch(/^pagewise: --checkpoint file\/place: can't /);
  });

  describe('refuses, and leaves the output untouched:', () => {
    const begun = async () => {
      const server = await serve(numbered(50));
      const cwd = temporaryFolder();
      const args = [server.url, ...paged, '-o', 'items.ndjson', '--checkpoint', 'place.json'];
      expect((await pagewise([...args, '--max-pages', '2'], { cwd })).code).toBe(0);
      return { server, cwd, args };
    };
    const over = 'start over: delete place.json or name another file\n';

    it.each<[name: string, change: (args: string[], cwd: string) => string[], message: string]>([
      ['another URL', ([url = '', ...args]) => [`${url}?q=1`, ...args], 'the checkpoint was made with another URL; run the command that made it, or '],
      ['another strategy', (args) => [...args, '--page-param', 'p'], 'the checkpoint was made with another strategy or other paging options; run '],
      ['another method', (args) => [...args, '-X', 'POST'], 'the checkpoint was made with another method; run '],
      ['another output', (args) => args.map((arg) => (arg === 'items.ndjson' ? 'other.ndjson' : arg)), 'the checkpoint was made with -o items.ndjson, but this run has -o other.ndjson; use the same flags, or '],
      ['another format', (args) => [...args, '--format', 'csv'], 'the checkpoint was made with --format ndjson, but this run has --format csv; '],
      ['other fields', (args) => [...args, '--fields', 'a'], 'the checkpoint was made with no --fields, but this run has --fields a; '],
      ['pages', (args) => [...args, '--pages'], 'the checkpoint was made with no --pages, but this run has --pages; '],
      ['a damaged one', (args, cwd) => (writeFileSync(join(cwd, 'place.json'), '{"v":1'), args), 'the file is not a checkpoint, or is damaged; '],
      ['one of the library', (args, cwd) => (writeFileSync(join(cwd, 'place.json'), libraries(cwd)), args), 'the checkpoint was not made by this command; '],
      ['an output that was cut', (args, cwd) => (truncateSync(join(cwd, 'items.ndjson'), 3), args), 'the output is shorter than the checkpoint says, so the output was replaced or cut; '],
    ])('%s', async (_name, change, message) => {
      const { server, cwd, args } = await begun();
      const changed = change(args, cwd);
      const before = readFileSync(join(cwd, 'items.ndjson'));
      const { code, stderr } = await pagewise(changed, { cwd });
      expect(stderr).toContain(message);
      expect(stderr).toMatch(new RegExp(`^pagewise: --checkpoint place.json: .*${over}$`));
      expect({ code, requests: server.seen.length }).toEqual({ code: 2, requests: 2 });
      expect(readFileSync(join(cwd, 'items.ndjson'))).toEqual(before);
    }); // prettier-ignore

    const libraries = (cwd: string) => {
      const { v, resume } = JSON.parse(readFileSync(join(cwd, 'place.json'), 'utf8')) as Record<string, unknown>;
      return JSON.stringify({ v, resume });
    };
  });
});

describe('an interrupt', () => {
  it('of a run with a checkpoint: the same command resumes, and every item is there once', async () => {
    let hold = true;
    const answer = numbered(50);
    const server = await serve((seen, response) => {
      if (!hold || seen.url.searchParams.get('page') !== '3') answer(seen, response);
    });
    const cwd = temporaryFolder();
    const args = [server.url, ...paged, '-o', 'items.ndjson', '--checkpoint', 'place'];
    const run = startPagewise(args, { cwd });
    await until('page 3 is requested', () => server.seen.length === 3);
    run.child.kill('SIGTERM');
    const first = await run.ended;
    expect(first.code).toBe(143);
    expect(first.stderr).toContain(
      'To resume after the last complete page, run the same command again: place has the progress.',
    );
    hold = false;
    expect((await pagewise(args, { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'items.ndjson'), 'utf8')).toBe(lines(rows(50)));
  });

  it('while a page is written finishes and commits it, and requests no other', async () => {
    const server = await serve((_seen, response) =>
      json(response, { items: rows(30).map((row) => `${row} ${'x'.repeat(100_000)}`) }),
    );
    const cwd = temporaryFolder();
    const args = [server.url, ...paged, '--on-repeat', 'allow', '--checkpoint', 'place', '-v'];
    const run = startPagewise(args, { cwd, unread: true });
    // More than a pipe holds, and nobody reads it.
    await until('it is being written', () => run.stderr().includes('page 1: 30 items'));
    run.child.kill('SIGINT');
    await until('it says so', () =>
      run.stderr().includes('Page 1 is being written; interrupt again to stop immediately.\n'),
    );
    let text = '';
    run.child.stdout!.setEncoding('utf8').on('data', (more: string) => (text += more));
    const { code, stderr } = await run.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('1 page, 30 items, 1 request');
    await until('the page is read', () => text.split('\n').length === 31);
    const { resume } = JSON.parse(readFileSync(join(cwd, 'place'), 'utf8')) as { resume: { index: number } };
    expect(resume.index).toBe(1);
  });

  it('a second time ends immediately, and commits nothing of the page in progress', async () => {
    const server = await serve((_seen, response) => json(response, { items: ['x'.repeat(4_000_000)] }));
    const cwd = temporaryFolder();
    const run = startPagewise([server.url, ...paged, '--checkpoint', 'place', '-v'], { cwd, unread: true });
    await until('it is being written', () => run.stderr().includes('page 1: 1 item'));
    run.child.kill('SIGINT');
    await until('it says so', () =>
      run.stderr().includes('Page 1 is being written; interrupt again to stop immediately.\n'),
    );
    run.child.kill('SIGINT');
    const { code, stderr } = await run.ended;
    expect(code).toBe(130);
    expect(stderr).toContain(
      'Page 1 was being written: some of its items may already be in the output, and will be written again.',
    );
    expect(existsSync(join(cwd, 'place'))).toBe(false);
  });
});
