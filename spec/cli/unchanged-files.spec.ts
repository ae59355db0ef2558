import { describe, expect, it, jest } from '@jest/globals';
import {
  appendFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { json, numbered, rows, serve } from '../support/server.js';
import { pagewise, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

const paged = ['--paging', 'page', '--items', 'items', '--size', '10'];
const lines = (items: readonly unknown[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('');

describe('D5 --checkpoint', () => {
  const setUp = async (...more: string[]) => {
    const server = await serve(numbered(50));
    const cwd = temporaryFolder();
    const args = [server.url, ...paged, '-o', 'a.ndjson', '--checkpoint', 'place'];
    expect((await pagewise([...args, ...more], { cwd })).code).toBe(0);
    const { length } = server.seen;
    const output = join(cwd, 'a.ndjson');
    const refused = async (message: string) => {
      const before = existsSync(output) ? readFileSync(output) : undefined;
      const { code, stderr } = await pagewise(args, { cwd });
      expect(stderr).toBe(`pagewise: --checkpoint place: ${message}\n`);
      expect({ code, requests: server.seen.length }).toEqual({ code: 2, requests: length });
      expect(existsSync(output) ? readFileSync(output) : undefined).toEqual(before);
    };
    return { cwd, args, output, refused };
  };
  const restart = 'to write everything again, add --when-done restart';
  const over = 'start over: delete place or name another file';

  it('is not done if the output of a finished job is gone, cut, edited or longer', async () => {
    const { cwd, args, output, refused } = await setUp();
    const bytes = readFileSync(output);
    rmSync(output);
    await refused(`the output, a.ndjson, is gone; ${restart}`);
    writeFileSync(output, bytes.subarray(1));
    await refused(`the output is shorter than the checkpoint says, so the output was replaced or cut; ${restart}`);
    writeFileSync(output, bytes.toString().replace('49', '94'));
    await refused(`the text of a.ndjson before byte ${bytes.length} is not what the last run wrote, so the file was replaced or edited; ${restart}`); // prettier-ignore
    writeFileSync(output, `${bytes.toString()}50\n`);
    await refused(`a.ndjson has ${bytes.length + 3} bytes, but the last run ended at byte ${bytes.length}, so something else has written to it; remove what was added; ${restart}`); // prettier-ignore
    rmSync(output);
    expect((await pagewise([...args, '--when-done', 'restart'], { cwd })).code).toBe(0);
    expect(readFileSync(output)).toEqual(bytes);
    expect((await pagewise(args, { cwd })).stderr).toMatch(/^Nothing to do/);
  });

  it('refuses an output that was replaced or has grown since --max-pages or --max-items ended a run', async () => {
    for (const more of [
      ['--max-pages', '2'],
      ['--max-items', '15'],
    ]) {
      const { cwd, args, output, refused } = await setUp(...more);
      const bytes = readFileSync(output);
      writeFileSync(output, 'x'.repeat(bytes.length));
      await refused(`the text of a.ndjson before byte ${bytes.length} is not what the last run wrote, so the file was replaced or edited; ${over}`); // prettier-ignore
      writeFileSync(output, bytes);
      appendFileSync(output, '99\n');
      await refused(`a.ndjson has ${bytes.length + 3} bytes, but the last run ended at byte ${bytes.length}, so something else has written to it; remove what was added; ${over}`); // prettier-ignore
      truncateSync(output, bytes.length);
      expect((await pagewise(args, { cwd })).code).toBe(0);
      expect(readFileSync(output, 'utf8')).toBe(lines(rows(50)));
    }
  });

  it.each(['deleted', 'cut'])('fails if the output is %s while it is written, and commits nothing after that', async (what) => {
    const answer = numbered(50);
    const cwd = temporaryFolder();
    const output = join(cwd, 'a.ndjson');
    const server = await serve((seen, response) => {
      if (seen.url.searchParams.get('page') === '4') truncateSync(output, 3);
      if (seen.url.searchParams.get('page') === '4' && what === 'deleted') rmSync(output);
      answer(seen, response);
    });
    for (const more of [['--checkpoint', 'place', '--prefetch', '0'], ['--prefetch', '0']]) {
      rmSync(output, { force: true });
      const { code, stderr } = await pagewise([server.url, ...paged, '-o', 'a.ndjson', ...more], { cwd });
      expect(code).toBe(1);
      expect(stderr).toMatch(/^pagewise: can't write to a\.ndjson: it (was deleted|has \d+ bytes instead of \d+: it was cut).*; start over \[WriteError\]\n/);
      expect(stderr).not.toContain('To resume');
    }
    expect(JSON.parse(readFileSync(join(cwd, 'place'), 'utf8'))).toMatchObject({ resume: { index: 3 } });
    const again = await pagewise([server.url, ...paged, '-o', 'a.ndjson', '--checkpoint', 'place'], { cwd });
    expect(again.code).toBe(2);
  }); // prettier-ignore

  it('continues the output of a finished walk with skipped pages, if it has not changed', async () => {
    let broken = true;
    const answer = numbered(50);
    const server = await serve((seen, response) =>
      broken && ['2', '3'].includes(seen.url.searchParams.get('page') ?? '') ? json(response, {}, 400) : answer(seen, response)); // prettier-ignore
    const cwd = temporaryFolder();
    const args = [server.url, ...paged, '-o', 'a.json', '--checkpoint', 'place', '--skip-failed-pages', '3'];
    const output = join(cwd, 'a.json');
    expect((await pagewise(args, { cwd })).code).toBe(3);
    appendFileSync(output, 'x');
    expect((await pagewise(args, { cwd })).code).toBe(2);
    truncateSync(output, statSync(output).size - 1);
    broken = false;
    expect((await pagewise(args, { cwd })).code).toBe(0);
    expect((JSON.parse(readFileSync(output, 'utf8')) as number[]).sort((a, b) => a - b)).toEqual(rows(50));
    expect((await pagewise(args, { cwd })).stderr).toMatch(/^Nothing to do/);
  });
});

describe('D5 the keys of --distinct', () => {
  const shifted = (id: number) => ({ id: id === 20 ? 19 : id, text: 'x'.repeat(100) });
  const answerWith = (onPage?: (page: number) => void) =>
    serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page'));
      onPage?.(page);
      json(response, {
        items: rows(50)
          .slice((page - 1) * 10, page * 10)
          .map(shifted),
      });
    });
  const argsFor = (url: string) => [url, ...paged, '-o', 'a.ndjson', '--checkpoint', 'place', '--distinct', 'id'];
  const over = 'start over: delete place or name another file';

  it('are refused before anything is sent if they were deleted, cut, replaced or edited between two runs', async () => {
    const server = await answerWith();
    const cwd = temporaryFolder();
    const [keys, output] = [join(cwd, 'place.keys'), join(cwd, 'a.ndjson')];
    const args = argsFor(server.url);
    expect((await pagewise([...args, '--max-pages', '2'], { cwd })).code).toBe(0);
    const { length } = server.seen;
    const kept = readFileSync(keys);
    const written = readFileSync(output);
    const edited = `the text of place.keys before byte ${kept.length} is not what the last run wrote, so the file was replaced or edited`;
    for (const [change, message] of [
      [() => rmSync(keys), 'the file of earlier keys, place.keys, was cut or deleted'],
      [() => truncateSync(keys, kept.length - 3), 'the file of earlier keys, place.keys, was cut or deleted'],
      [() => writeFileSync(keys, kept.toString().replace('7\n', '8\n')), edited],
      [() => writeFileSync(keys, 'x'.repeat(kept.length)), edited],
      [() => writeFileSync(keys, `0\n${kept.toString()}`), edited],
    ] as const) {
      change();
      const { code, stderr } = await pagewise(args, { cwd });
      expect(stderr).toBe(`pagewise: --distinct id: ${message}; ${over}\n`);
      expect({ code, requests: server.seen.length }).toEqual({ code: 2, requests: length });
      expect(readFileSync(output)).toEqual(written);
      writeFileSync(keys, kept);
    }
    // A checkpoint of an earlier version has their length only.
    const place = JSON.parse(readFileSync(join(cwd, 'place'), 'utf8')) as { at: { keys: unknown } };
    expect(place.at.keys).toMatchObject({ bytes: kept.length });
    writeFileSync(join(cwd, 'place'), JSON.stringify({ ...place, at: { ...place.at, keys: kept.length } }));
    expect((await pagewise(args, { cwd })).code).toBe(0);
    const ids = readFileSync(output, 'utf8').trim().split('\n').map((line) => (JSON.parse(line) as { id: number }).id); // prettier-ignore
    expect(ids).toEqual(rows(50).filter((id) => id !== 20));

    // A finished job is not done without them.
    rmSync(keys);
    const ended = await pagewise(args, { cwd });
    expect(ended.stderr).toBe('pagewise: --distinct id: the file of earlier keys, place.keys, was cut or deleted; to write everything again, add --when-done restart\n'); // prettier-ignore
    expect((await pagewise([...args, '--when-done', 'restart'], { cwd })).code).toBe(0);
    expect(readFileSync(keys, 'utf8').split('\n')).toHaveLength(50);
  });

  it('of a checkpoint whose length of them is damaged are refused', async () => {
    const server = await answerWith();
    const cwd = temporaryFolder();
    const args = argsFor(server.url);
    expect((await pagewise([...args, '--max-pages', '2'], { cwd })).code).toBe(0);
    const text = readFileSync(join(cwd, 'place'), 'utf8');
    const place = JSON.parse(text) as { at: { keys: object } };
    for (const keys of [-1, 'x', null, [], { ...place.at.keys, bytes: -5 }, { ...place.at.keys, bytes: '7' }]) {
      writeFileSync(join(cwd, 'place'), JSON.stringify({ ...place, at: { ...place.at, keys } }));
      const { code, stderr } = await pagewise(args, { cwd });
      expect(stderr).toContain('--checkpoint place: the checkpoint was not made by this command; start over');
      expect(code).toBe(2);
    }
  });

  it.each(['deleted', 'moved', 'replaced', 'cut', 'longer'])('%s while they are written: an error, and no commit after that', async (what) => {
    const cwd = temporaryFolder();
    const keys = join(cwd, 'place.keys');
    const server = await answerWith((page) => {
      if (page !== 4) return;
      if (what === 'deleted') rmSync(keys);
      if (what === 'moved') renameSync(keys, join(cwd, 'moved'));
      if (what === 'replaced') writeFileSync(join(cwd, 'new'), 'x');
      if (what === 'replaced') renameSync(join(cwd, 'new'), keys);
      if (what === 'cut') truncateSync(keys, 3);
      if (what === 'longer') appendFileSync(keys, '99\n');
    });
    const { code, stderr } = await pagewise([...argsFor(server.url), '--prefetch', '0'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^pagewise: can't write to place\.keys: it (was deleted, moved or replaced while|has \d+ bytes instead of \d+: it was cut).*; start over \[WriteError\]\n/);
    expect(stderr).not.toContain('To resume');
    expect(JSON.parse(readFileSync(join(cwd, 'place'), 'utf8'))).toMatchObject({ resume: { index: 3 } });
  }); // prettier-ignore
});

describe('D6 --resume-from with -o', () => {
  const csv = ['--fields', 'id,name'];
  it.each<[name: string, content: string | Buffer, message: string, more?: readonly string[]]>([
    ['a.ndjson', '1\n2', '-o: a.ndjson does not end with a line break'],
    ['a.ndjson.gz', gzipSync('1\n').subarray(0, -3), '-o: a.ndjson.gz is not a whole gzip file (unexpected end of file), so appended rows could not be read; write to another file'],
    ['a.ndjson.gz', gzipSync('1\n2'), '-o: a.ndjson.gz does not end with a line break'],
    ['a.csv', 'id,nmae\r\n1,a\r\n', '--fields are id, name, but the first row of a.csv is id, nmae; use the columns of the file, or write to another file', csv],
    ['a.csv', 'id,name\r\n1,"a\r\n', '-o: a.csv ends within a quoted cell', csv],
  ])('%s refuses %j before anything is sent', async (name, content, message, more = []) => {
    const server = await serve(numbered(50));
    const cwd = temporaryFolder();
    const { token } = await pagewise([server.url, '--max-pages', '1'], { cwd });
    const { length } = server.seen;
    writeFileSync(join(cwd, name), content);
    // Without paging flags: detection would send something.
    const { code, stderr } = await pagewise([server.url, '-o', name, ...more, '--resume-from', token ?? ''], { cwd });
    expect(stderr).toContain(`pagewise: ${message}`);
    expect({ code, requests: server.seen.length }).toEqual({ code: 2, requests: length });
    expect(readFileSync(join(cwd, name))).toEqual(Buffer.from(content));
  }); // prettier-ignore

  it.each(['new', 'empty'])('begins a %s CSV file with its header', async (is) => {
    const page = rows(10).map((id) => ({ id, name: 'a' }));
    const server = await serve(({ url }, response) =>
      json(response, { items: Number(url.searchParams.get('page')) < 3 ? page : [] }));
    const cwd = temporaryFolder();
    const args = [server.url, ...paged, ...csv, '--on-repeat', 'allow'];
    const { token } = await pagewise([...args, '--max-pages', '1'], { cwd });
    if (is === 'empty') writeFileSync(join(cwd, 'a.csv'), '');
    expect((await pagewise([...args, '-o', 'a.csv', '--resume-from', token ?? ''], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'a.csv'), 'utf8')).toBe(`id,name\r\n${page.map(({ id }) => `${id},a\r\n`).join('')}`);
  }); // prettier-ignore
});
