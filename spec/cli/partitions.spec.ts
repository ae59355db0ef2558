import { describe, expect, it, jest } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { json, numbered, rows, type Seen, serve, until } from '../support/server.js';
import { pagewise, startPagewise, temporaryFolder } from './pagewise.js';

jest.setTimeout(120_000);

const paging = { paging: 'page', items: 'items', size: 10, retries: 0 };
const lines = (items: readonly unknown[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('');

/** A folder with a file of jobs. */
function folderWith(jobs: Readonly<Record<string, object>>): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'pagewise.config.json'), JSON.stringify({ defaults: paging, jobs }));
  return cwd;
}

const read = (cwd: string, file: string) => readFileSync(join(cwd, file), 'utf8');
const targets = (seen: readonly Seen[]) => [...new Set(seen.map(({ target }) => target.replace(/[?&]page=.*/, '')))];

/** Rows that are objects, and say what was asked. */
const objects = (total: number) => (seen: Seen, response: Parameters<typeof json>[0]) => {
  const page = Number(seen.url.searchParams.get('page') ?? 1);
  json(response, { items: rows(total).slice((page - 1) * 10, page * 10).map((id) => ({ id })) }); // prettier-ignore
};

describe('partitions of a job', () => {
  it('are walks with an output and a checkpoint each; a second run asks for nothing', async () => {
    const server = await serve(numbered(25));
    const cwd = folderWith({
      orders: { url: `${server.origin}/{account}/orders`, partitions: { account: ['a', 'b'] }, partitionConcurrency: 2, output: 'orders-{account}.ndjson' },
    }); // prettier-ignore
    const first = await pagewise(['run', 'orders'], { cwd });
    expect(first).toMatchObject({ code: 0, stdout: '' });
    expect(first.stderr).toMatch(/^orders: 2 partitions: 2 done; 8 pages, 50 items, [\d.]+ s\n$/);
    for (const account of ['a', 'b']) expect(read(cwd, `orders-${account}.ndjson`)).toBe(lines(rows(25)));
    expect(readdirSync(join(cwd, '.pagewise/orders')).sort()).toEqual(['#0.json', 'a.json', 'b.json']);
    expect(targets(server.seen).sort()).toEqual(['/a/orders', '/b/orders']);
    server.seen.length = 0;
    const second = await pagewise(['run', '--all'], { cwd });
    expect(second.stderr).toMatch(/^orders: 2 partitions: 2 done; 0 pages, 0 items, [\d.]+ s\n$/);
    expect(server.seen).toEqual([]);
    rmSync(join(cwd, 'orders-a.ndjson'));
    const gone = await pagewise(['run', 'orders', '-q'], { cwd });
    expect(gone.code).toBe(2);
    expect(gone.stderr).toContain('pagewise: orders, a: --checkpoint .pagewise/orders/a.json: the output, orders-a.ndjson, is gone'); // prettier-ignore
    const restart = await pagewise(['run', 'orders', '--when-done', 'restart'], { cwd });
    expect(restart.code).toBe(0);
    expect(read(cwd, 'orders-a.ndjson')).toBe(lines(rows(25)));
  });

  it('read a file, a line each; one that fails leaves the others alone, new ones are added, vanished ones are named', async () => {
    let broken = 'b';
    const server = await serve((seen, response) =>
      seen.url.pathname === `/${broken}`
        ? json(response, { error: 'no such account' }, 404)
        : numbered(15)(seen, response),
    );
    const cwd = folderWith({ o: { url: `${server.origin}/{account}`, partitions: { account: '@accounts.txt' }, output: 'out/{account}.ndjson' } }); // prettier-ignore
    writeFileSync(join(cwd, 'accounts.txt'), '\ufeffa\r\n\r\nb\nc\n');
    const first = await pagewise(['run', 'o'], { cwd });
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(
      /^pagewise: o, b: Page 1 failed: 404 Not Found, GET \S+\/b\?.*\no: 3 partitions: 2 done, 1 failed; .*\nTo continue/,
    );
    expect(read(cwd, 'out/c.ndjson')).toBe(lines(rows(15)));
    writeFileSync(join(cwd, 'accounts.txt'), 'b\nc\nd');
    broken = '';
    server.seen.length = 0;
    const second = await pagewise(['run', 'o'], { cwd });
    expect(second.code).toBe(0);
    expect(second.stderr).toContain(
      'o: of earlier runs, no longer in the list: a; their outputs stay, and their checkpoints; to remove these: pagewise checkpoints delete .pagewise/o/a.json\n',
    );
    expect(second.stderr).toContain('o: 3 partitions: 3 done, 1 vanished');
    expect(targets(server.seen)).toEqual(['/b', '/d']);
    expect(existsSync(join(cwd, 'out/a.ndjson'))).toBe(true);
  });

  it('end at the first that fails, if the job says so: those that run are finished, and the next run goes on', async () => {
    let broken = true;
    const server = await serve((seen, response) =>
      seen.url.pathname === '/b' && broken ? json(response, {}, 404) : numbered(15)(seen, response),
    );
    const cwd = folderWith({ o: { url: `${server.origin}/{k}`, partitions: { k: ['a', 'b', 'c'] }, onPartitionError: 'stop', output: '{k}.ndjson' } }); // prettier-ignore
    const first = await pagewise(['run', 'o'], { cwd });
    expect(first.code).toBe(1);
    expect(first.stderr).toContain('o: 2 partitions: 1 done, 1 failed;');
    expect(targets(server.seen)).toEqual(['/a', '/b']);
    broken = false;
    expect((await pagewise(['run', 'o'], { cwd })).code).toBe(0);
    for (const k of ['a', 'b', 'c']) expect(read(cwd, `${k}.ndjson`)).toBe(lines(rows(15)));
  });

  it('are the items of another job, which runs first', async () => {
    const server = await serve((seen, response) => {
      const page = Number(seen.url.searchParams.get('page'));
      if (seen.url.pathname === '/repos')
        json(response, { items: page > 1 ? [] : ['o/x', 'o/y', 'o/x', '../up'].map((full_name) => ({ full_name, owner: { id: 12345678901 } })) }); // prettier-ignore
      else objects(3)(seen, response);
    });
    const cwd = folderWith({
      issues: { url: `${server.origin}/repos/{+repo}/issues`, partitions: { repo: { job: 'repos', field: 'full_name' } }, output: 'issues/{+repo}.ndjson', addFields: { repo: '{repo}' } },
      repos: { url: `${server.origin}/repos`, output: 'repos.json.gz' },
      byOwner: { url: `${server.origin}/owners/{id}`, partitions: { id: { job: 'repos', field: 'owner.id' } }, output: '{id}.csv' },
    }); // prettier-ignore
    const early = await pagewise(['run', 'issues'], { cwd });
    expect(early).toMatchObject({ code: 2 });
    expect(early.stderr).toContain('the job "repos" has not written repos.json.gz yet; run it first');
    const { code, stderr } = await pagewise(['run', '--all'], { cwd });
    expect(code).toBe(2); // Of the value that leads elsewhere.
    expect(stderr).toContain('pagewise: issues, ../up: ');
    expect(stderr).toContain('issues: 3 partitions: 2 done, 1 failed');
    expect(read(cwd, 'issues/o/x.ndjson')).toBe(lines(rows(3).map((id) => ({ id, repo: 'o/x' }))));
    expect(targets(server.seen)).toEqual(['/repos', '/repos/o/x/issues', '/repos/o/y/issues', '/owners/12345678901']);
    expect(read(cwd, '12345678901.csv')).toBe('id\r\n0\r\n1\r\n2\r\n');
    expect(readdirSync(cwd).sort()).toEqual([
      '.pagewise',
      '12345678901.csv',
      'issues',
      'pagewise.config.json',
      'repos.json.gz',
    ]);
    // A list that was cut is no list.
    writeFileSync(join(cwd, 'repos.json.gz'), readFileSync(join(cwd, 'repos.json.gz')).subarray(0, -12));
    const cut = await pagewise(['run', 'byOwner'], { cwd });
    expect([cut.code, cut.stderr]).toEqual([2, expect.stringContaining('has an output that can\'t be read: repos.json.gz')]); // prettier-ignore
  });

  it('of several names are their product', async () => {
    const server = await serve(numbered(3));
    const cwd = folderWith({
      o: { url: `${server.origin}/{a}?y={year}`, partitions: { a: ['x,y', 'x'], year: [2024, 2025] }, output: '{a}-{year}.ndjson' },
    }); // prettier-ignore
    expect((await pagewise(['run', 'o'], { cwd })).code).toBe(0);
    expect(targets(server.seen)).toEqual(['/x%2Cy?y=2024', '/x%2Cy?y=2025', '/x?y=2024', '/x?y=2025']);
    expect(existsSync(join(cwd, '.pagewise/o/x%2Cy,2024.json'))).toBe(true);
  });

  it('append to one output in turn, if its name has no placeholder, and each continues at its own page', async () => {
    let broken = true;
    const server = await serve((seen, response) => {
      if (broken && seen.url.pathname === '/b' && seen.url.searchParams.get('page') === '2') json(response, {}, 404);
      else objects(15)(seen, response);
    });
    for (const output of ['all.ndjson', 'all.json', 'all.csv', 'all.csv.gz', 'all.ndjson.gz']) {
      broken = true;
      const cwd = folderWith({ o: { url: `${server.origin}/{k}`, partitions: { k: ['a', 'b', 'c'] }, output, addFields: { k: '{k}' } } }); // prettier-ignore
      expect((await pagewise(['run', 'o'], { cwd })).code).toBe(1);
      broken = false;
      expect(await pagewise(['run', 'o'], { cwd })).toMatchObject({ code: 0 });
      expect((await pagewise(['run', 'o'], { cwd })).stderr).toContain('3 done; 0 pages');
      if (output.endsWith('.gz')) continue;
      const all = [['a', 0, 15], ['b', 0, 10], ['c', 0, 15], ['b', 10, 15]] as const; // prettier-ignore
      const expected = all.flatMap(([k, from, to]) => rows(to).slice(from).map((id) => ({ id, k }))); // prettier-ignore
      const text = read(cwd, output);
      if (output === 'all.ndjson') expect(text).toBe(lines(expected));
      if (output === 'all.json') expect(JSON.parse(text)).toEqual(expected);
      if (output === 'all.csv') expect(text).toBe(`id,k\r\n${expected.map(({ id, k }) => `${id},${k}\r\n`).join('')}`);
    }
  });

  it('write to stdout one after the other', async () => {
    const server = await serve(objects(2));
    const cwd = folderWith({
      o: { url: `${server.origin}/{k}`, partitions: { k: ['a', 'b'] }, addFields: { k: '{k}' } },
    });
    expect((await pagewise(['run', 'o'], { cwd })).items).toEqual(
      ['a', 'b'].flatMap((k) => rows(2).map((id) => ({ id, k }))),
    );
  });

  it.each([['all.ndjson'], ['{k}.ndjson']])('survive kill -9 in mid-run: each row once in %s', async (output) => {
    const server = await serve(async (seen, response) => {
      await new Promise((resolve) => setTimeout(resolve, 4));
      objects(55)(seen, response);
    });
    const keys = rows(12).map((k) => `k${k}`);
    const cwd = folderWith({
      o: { url: `${server.origin}/{k}`, partitions: { k: keys }, output, addFields: { k: '{k}' }, partitionConcurrency: output.includes('{') ? 3 : 1 },
    }); // prettier-ignore
    for (const after of [9, 31, 52]) {
      const { child, ended } = startPagewise(['run', 'o'], { cwd });
      await until('it has asked', () => server.seen.length >= after);
      child.kill('SIGKILL');
      await ended;
    }
    expect(await pagewise(['run', 'o'], { cwd })).toMatchObject({ code: 0 });
    const written = output.includes('{') ? keys.map((k) => read(cwd, `${k}.ndjson`)).join('') : read(cwd, output);
    expect(written.split('\n').sort()).toEqual(lines(keys.flatMap((k) => rows(55).map((id) => ({ id, k })))).split('\n').sort()); // prettier-ignore
  });

  it('end in order at an interrupt, and continue', async () => {
    const server = await serve(async (seen, response) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      numbered(95)(seen, response);
    });
    const cwd = folderWith({ o: { url: `${server.origin}/{k}`, partitions: { k: ['a', 'b', 'c'] }, partitionConcurrency: 2, output: '{k}.ndjson' } }); // prettier-ignore
    const { child, ended } = startPagewise(['run', 'o'], { cwd });
    await until('it has asked', () => server.seen.length > 5);
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(
      /^pagewise: o: interrupted\no: 2 partitions: 0 done, 2 unfinished; \d+ pages?, \d+ items?, .*\nTo continue/,
    );
    expect((await pagewise(['run', 'o'], { cwd })).code).toBe(0);
    for (const k of ['a', 'b', 'c']) expect(read(cwd, `${k}.ndjson`)).toBe(lines(rows(95)));
  });

  it.each([['all.ndjson'], ['{k}.ndjson']])(
    'are one job: a second run at the same time exits with 4, and changes nothing (%s)',
    async (output) => {
      let open: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => (open = resolve));
      const server = await serve(async (seen, response) => {
        if (seen.url.searchParams.get('page') === '2') await gate;
        objects(15)(seen, response);
      });
      const cwd = folderWith({ o: { url: `${server.origin}/{k}`, partitions: { k: ['a', 'b'] }, output, addFields: { k: '{k}' } } }); // prettier-ignore
      const first = startPagewise(['run', 'o'], { cwd });
      await until('the first run is in the middle', () => server.seen.length === 2);
      const second = await pagewise(['run', 'o'], { cwd });
      expect(second.code).toBe(4);
      expect(second.stderr).toMatch(
        /^pagewise: the checkpoint ".pagewise\/o\/#0.json" is in use by .*, process \d+ since /,
      );
      expect((await pagewise(['checkpoints', 'delete', '.pagewise/o/a.json'], { cwd })).code).toBe(4);
      expect(server.seen).toHaveLength(2);
      open();
      expect((await first.ended).code).toBe(0);
      const written = output.includes('{')
        ? ['a', 'b'].map((k) => read(cwd, `${k}.ndjson`)).join('')
        : read(cwd, output);
      expect(written).toBe(lines(['a', 'b'].flatMap((k) => rows(15).map((id) => ({ id, k })))));
      expect(readdirSync(join(cwd, '.pagewise/o')).filter((name) => name.endsWith('.lock'))).toEqual([]);
    },
  );

  it('have their checkpoints listed, shown and deleted with those of other jobs', async () => {
    const server = await serve(objects(15));
    const cwd = folderWith({ o: { url: `${server.origin}/{k}`, partitions: { k: ['a', 'b'] }, output: 'all.ndjson' } }); // prettier-ignore
    await pagewise(['run', 'o'], { cwd });
    const { stdout } = await pagewise(['checkpoints'], { cwd });
    expect(stdout.split('\n').map((line) => line.replace(/ {2,}\d.*/, ''))).toEqual([
      '.pagewise/o/a.json  done: 15 items',
      '.pagewise/o/b.json  done: 15 items',
      '',
    ]);
    const files = readdirSync(join(cwd, '.pagewise/o')).sort().map((name) => `.pagewise/o/${name}`); // prettier-ignore
    const shown = await pagewise(['checkpoints', 'show', ...files], { cwd });
    expect(shown.stdout).toMatch(
      /#0.json\n {2}state {5}which partitions the job has begun\n[^]*#output.json\n {2}state {5}where the output of all partitions ends\n/,
    );
    expect((await pagewise(['checkpoints', 'delete', ...files], { cwd })).code).toBe(0);
    expect(readdirSync(join(cwd, '.pagewise/o'))).toEqual([]);
  });

  it.each([['all.ndjson'], ['{k}.ndjson']])('with sync are asked for what is new in each run (%s)', async (output) => {
    let total = 15;
    const server = await serve((seen, response) => objects(total)(seen, response));
    const cwd = folderWith({ o: { url: `${server.origin}/{k}`, partitions: { k: ['a', 'b'] }, output, addFields: { k: '{k}' }, sync: 'id', syncKey: 'id' } }); // prettier-ignore
    for (total of [15, 15, 32]) expect((await pagewise(['run', 'o'], { cwd })).code).toBe(0);
    const written = output.includes('{') ? ['a', 'b'].map((k) => read(cwd, `${k}.ndjson`)).join('') : read(cwd, output);
    const expected = ['a', 'b'].flatMap((k) => rows(32).map((id) => ({ id, k })));
    expect(written.trimEnd().split('\n').sort()).toEqual(lines(expected).trimEnd().split('\n').sort());
  });

  it('keep the rows of one whose checkpoint is deleted, as the report advises, in an output that all share', async () => {
    const server = await serve(objects(15));
    const cwd = temporaryFolder();
    const run = async (k: readonly string[]) => {
      const job = { url: `${server.origin}/{k}`, partitions: { k }, output: 'all.ndjson', addFields: { k: '{k}' } };
      writeFileSync(join(cwd, 'pagewise.config.json'), JSON.stringify({ defaults: paging, jobs: { o: job } }));
      return pagewise(['run', 'o'], { cwd });
    };
    await run(['a', 'b', 'c']);
    const advice = /to remove these: pagewise (.*)/.exec((await run(['a', 'b'])).stderr)?.[1] ?? '';
    expect(advice).toBe('checkpoints delete .pagewise/o/c.json');
    expect((await pagewise(advice.split(' '), { cwd })).code).toBe(0);
    expect((await run(['a', 'b', 'd'])).code).toBe(0);
    expect(read(cwd, 'all.ndjson')).toBe(lines(['a', 'b', 'c', 'd'].flatMap((k) => rows(15).map((id) => ({ id, k })))));
    // What says where the output ends is not deleted alone, and missed if it is gone.
    const refused = await pagewise(['checkpoints', 'delete', '.pagewise/o/#output.json'], { cwd });
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('the partitions in .pagewise/o need this file')]); // prettier-ignore
    rmSync(join(cwd, '.pagewise/o/#output.json'));
    const gone = await run(['a', 'e']);
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining('which says where the output ends, is gone; to start over, delete the folder .pagewise/o')]); // prettier-ignore
  });

  it('are refused if the output that all share is gone or was edited, though all are done', async () => {
    const server = await serve(objects(5));
    const cwd = folderWith({ o: { url: `${server.origin}/{k}`, partitions: { k: ['a', 'b'] }, output: 'all.ndjson' } }); // prettier-ignore
    await pagewise(['run', 'o'], { cwd });
    const whole = read(cwd, 'all.ndjson');
    for (const text of [undefined, whole.slice(0, -9), `${whole}{}\n`, whole.replace('0', '7')]) {
      if (text === undefined) rmSync(join(cwd, 'all.ndjson'));
      else writeFileSync(join(cwd, 'all.ndjson'), text);
      const { code, stderr } = await pagewise(['run', 'o'], { cwd });
      expect([code, stderr]).toEqual([2, expect.stringContaining('start over: delete .pagewise/o ')]);
    }
  });

  it('never write to a file that the run reads or writes besides', async () => {
    const server = await serve(
      ({ url }, response) =>
      json(response, { items: url.searchParams.get('page') !== '1' ? [] : url.pathname === '/list' ? [{ n: 'ok' }, { n: 'list' }] : [{ id: 1 }] }), // prettier-ignore
    );
    const cwd = folderWith({
      config: { url: `${server.origin}/{k}`, partitions: { k: ['x', 'pagewise.config'] }, output: '{k}.json' },
      lines: { url: `${server.origin}/{k}`, partitions: { k: '@accounts.txt' }, output: '{k}.txt', format: 'ndjson' },
      list: { url: `${server.origin}/list`, output: 'list.ndjson' },
      each: { url: `${server.origin}/{k}`, partitions: { k: { job: 'list', field: 'n' } }, output: '{k}.ndjson' },
      own: { url: `${server.origin}/{k}`, partitions: { k: ['a', 'b'] }, output: 'own/{k}.ndjson' },
      plain: { url: `${server.origin}/plain`, output: 'own/b.ndjson' },
      nested: { url: `${server.origin}/{k}`, partitions: { k: ['a', 'a.ndjson/b'] }, output: 'acc/{+k}.ndjson' },
      other: { url: `${server.origin}/{m}`, partitions: { m: ['b'] }, output: 'own/{m}.ndjson' },
    }); // prettier-ignore
    writeFileSync(join(cwd, 'accounts.txt'), 'one\naccounts\n');
    const config = read(cwd, 'pagewise.config.json');
    for (const [names, message] of [
      [['config'], 'the partition pagewise.config would write to pagewise.config.json, as the file of jobs does'],
      [['lines'], 'the partition accounts would write to accounts.txt, as the list of k does'],
      [['own', 'plain'], 'the partition b would write to own/b.ndjson, as -o own/b.ndjson of the job plain does'],
      [['nested'], 'one would be a folder of the other'],
      [['own', 'other'], 'the partition b would write to own/b.ndjson, as the partition b does'],
    ] as const) {
      const { code, stderr } = await pagewise(['run', ...names], { cwd });
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
    expect(read(cwd, 'pagewise.config.json')).toBe(config);
    expect(read(cwd, 'accounts.txt')).toBe('one\naccounts\n');
    // A value of an API makes its partition fail, and the others run.
    const foreign = await pagewise(['run', 'list', 'each'], { cwd });
    expect([foreign.code, foreign.stderr]).toEqual([2, expect.stringContaining('each, list: ')]);
    expect(read(cwd, 'list.ndjson')).toBe(lines([{ n: 'ok' }, { n: 'list' }]));
    expect(read(cwd, 'ok.ndjson')).toBe(lines([{ id: 1 }]));
  });

  it('keep what they remember in the folder of their job, whatever its name, and make no folder where none can be', async () => {
    const server = await serve(numbered(1));
    const job = { url: `${server.origin}/{k}`, partitions: { k: ['q'] }, output: 'out/{k}.ndjson' };
    const cwd = folderWith({ '..': job, proc: { ...job, output: '/proc/pagewise-none/{k}.ndjson' } });
    expect((await pagewise(['run', '..'], { cwd })).code).toBe(0);
    expect(readdirSync(cwd).sort()).toEqual(['.pagewise', 'out', 'pagewise.config.json']);
    expect(readdirSync(join(cwd, '.pagewise'))).toEqual(['%2E%2E']);
    const nowhere = await pagewise(['run', 'proc'], { cwd });
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining("can't create the folder of this file (ENOENT)")]); // prettier-ignore
  });

  it('need no checkpoint, if each has an output of its own', async () => {
    const server = await serve(numbered(15));
    const cwd = folderWith({ o: { url: `${server.origin}/{k}`, partitions: { k: ['a', 'b'] }, output: '{k}.json' } });
    for (let run = 0; run < 2; run++) {
      expect((await pagewise(['run', 'o', '--no-checkpoint'], { cwd })).code).toBe(0);
      for (const k of ['a', 'b']) expect(JSON.parse(read(cwd, `${k}.json`))).toEqual(rows(15));
      expect(readdirSync(cwd).sort()).toEqual(['a.json', 'b.json', 'pagewise.config.json']);
    }
  });

  it('keep all digits of their values', async () => {
    const server = await serve(numbered(1));
    const cwd = temporaryFolder();
    const jobs = `{ "o": { "url": "${server.origin}/{k}", "paging": "page", "items": "items", "size": 10, "partitions": { "k": [9007199254740993, 12] }, "output": "{k}.ndjson" } }`;
    writeFileSync(join(cwd, 'pagewise.config.json'), `{ "jobs": ${jobs} }`);
    expect((await pagewise(['run', 'o'], { cwd })).code).toBe(0);
    expect(targets(server.seen)).toEqual(['/9007199254740993', '/12']);
  });

  it('end when the reader of stdout has left, and say the words of the API once for all', async () => {
    const server = await serve((seen, response) =>
      seen.url.pathname.startsWith('/no')
        ? json(response, { error: 'no such account' }, 404)
        : objects(500)(seen, response),
    );
    const keys = rows(40).map((n) => `no${n}`);
    const cwd = folderWith({
      fails: { url: `${server.origin}/{k}`, partitions: { k: keys }, output: '{k}.ndjson' },
      pipe: { url: `${server.origin}/{k}`, partitions: { k: rows(40) }, addFields: { pad: 'x'.repeat(2000) } },
    });
    const { code, stderr } = await pagewise(['run', 'fails'], { cwd });
    expect(code).toBe(1);
    expect(stderr.match(/no such account/g)).toHaveLength(40); // Each names its own URL.
    const { child, ended } = startPagewise(['run', 'pipe'], { cwd });
    child.stdout?.once('data', () => child.stdout?.destroy());
    await ended;
    expect(targets(server.seen).filter((path) => !path.startsWith('/no')).length).toBeLessThan(40);
  });

  it('show in a dry run the partition that is next, by its checkpoint', async () => {
    const server = await serve(numbered(15));
    const cwd = folderWith({ o: { url: `${server.origin}/{k}`, partitions: { k: ['a', 'b'] }, output: '{k}.ndjson', sync: '.', syncKey: '.' }, p: { url: `${server.origin}/{k}`, partitions: { k: ['a', 'b'] }, output: 'p.ndjson' } }); // prettier-ignore
    expect((await pagewise(['run', 'o', '--dry-run'], { cwd })).stdout).toContain(`${server.origin}/a?`);
    const first = await pagewise(['run', 'p', '--dry-run'], { cwd });
    expect(first.stdout).toContain(`${server.origin}/a?`);
    expect(first.stderr).toContain('pagewise: p, a:');
    expect(server.seen).toEqual([]);
    await pagewise(['run', 'p'], { cwd });
    const sent = server.seen.length;
    const done = await pagewise(['run', 'p', '--dry-run'], { cwd });
    expect([done.code, done.stderr]).toEqual([0, expect.stringContaining('nothing to do')]);
    expect(server.seen).toHaveLength(sent);
  });

  it('share one rate', async () => {
    const at: number[] = [];
    const server = await serve((seen, response) => {
      at.push(performance.now());
      numbered(3)(seen, response);
    });
    const cwd = folderWith({ o: { url: `${server.origin}/{k}`, partitions: { k: rows(8) }, partitionConcurrency: 8, rate: '2/200ms', output: '{k}.ndjson' } }); // prettier-ignore
    expect((await pagewise(['run', 'o'], { cwd })).code).toBe(0);
    // 16 requests, of which two may be sent in each 200 ms.
    expect(at.at(-1)! - at[0]!).toBeGreaterThan(1000);
  });

  it('2,000 partitions end, with a line for all', async () => {
    const server = await serve(numbered(1));
    const cwd = folderWith({ o: { url: `${server.origin}/{k}`, partitions: { k: rows(2000) }, partitionConcurrency: 8, output: 'out/{k}.ndjson' } }); // prettier-ignore
    const { code, stderr } = await pagewise(['run', 'o'], { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^o: 2,000 partitions: 2,000 done; .*\n$/);
    expect(readdirSync(join(cwd, 'out'))).toHaveLength(2000);
  });
});

describe('S15 values in URLs, headers, bodies and names of files', () => {
  const hostile = ['../../etc/passwd', 'a/b', '%2e%2e', 'a?b=c&d#e', 'a b', 'ä', "it's", '{k}', '$&', 'CON', '-', 'x'.repeat(3000), 'A', 'a']; // prettier-ignore

  it('are one segment of a path and one value of a query, and files stay in their folder', async () => {
    const server = await serve(numbered(2));
    const cwd = folderWith({ o: { url: `${server.origin}/p/{k}/e?q={k}&x={{y}}`, partitions: { k: hostile }, output: 'out/{k}.ndjson' } }); // prettier-ignore
    const { code, stderr } = await pagewise(['run', 'o'], { cwd });
    expect([code, stderr.slice(0, 100)]).toEqual([0, expect.stringContaining('14 done')]);
    expect(server.seen.filter(({ url }) => url.searchParams.get('page') === '1').map(({ url }) => [decodeURIComponent(url.pathname.slice(3, -2)), url.searchParams.get('q'), url.searchParams.get('x')])).toEqual(hostile.map((k) => [k, k, '{{y}}'])); // prettier-ignore
    for (const { url } of server.seen) expect(url.pathname.split('/')).toHaveLength(4);
    expect(readdirSync(join(cwd, 'out'))).toHaveLength(hostile.length);
    expect(readdirSync(cwd).sort()).toEqual(['.pagewise', 'out', 'pagewise.config.json']);
    for (const name of readdirSync(join(cwd, 'out'))) expect(name.length).toBeLessThan(230);
  });

  it.each<[why: string, value: string, job: object, message: string]>([
    ['..', '..', { url: '/p/{k}/e' }, 'makes a . or .. in the path of the URL'],
    ['. as a part', '.', { url: '/p/.{k}/e' }, 'makes a . or .. in the path of the URL'],
    ['.. with slashes', 'a/../../b', { url: '/p/{+k}' }, 'makes a . or .. in the path of the URL'],
    [
      '.. in a name',
      '../../etc/passwd',
      { url: '/?q={k}', output: 'out/{+k}.ndjson' },
      'its parts between slashes must be names',
    ],
    [
      'an absolute name',
      '/etc/passwd',
      { url: '/?q={k}', output: '{+k}.ndjson' },
      'its parts between slashes must be names',
    ],
    ['CR LF in a header', 'a\r\nX-Evil: 1', { url: '/', header: { 'X-K': '{k}' } }, "can't be sent in a header"],
    ['CR LF at the end of a header', 'a\r\n', { url: '/', header: ['X-K: {k}'] }, "can't be sent in a header"],
    [
      'JSON outside a string',
      '1,"admin":true',
      { url: '/', json: '{"id": {k}}' },
      "can't stand in JSON outside a string",
    ],
    ['nothing', '', { url: '/{k}' }, 'must be a text that is not empty'],
    ['half a character', '\ud800', { url: '/{k}' }, 'must be a text that is not empty'],
    ['a host', 'evil.example/', { url: 'http://{k}.127.0.0.1/' }, "can't be a part of a host name"],
  ])('%s is refused before anything is sent', async (_, value, { url, ...job }: { url?: string }, message) => {
    const server = await serve(numbered(2));
    const whole = url?.startsWith('/') ? server.origin + url : url;
    const cwd = folderWith({ o: { url: whole, partitions: { k: ['ok', value] }, output: '{k}.ndjson', ...job } });
    const { code, stderr } = await pagewise(['run', 'o'], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(server.seen).toEqual([]);
  });

  it('are escaped in JSON, encoded in forms, and as they are in headers; other braces stay', async () => {
    const server = await serve(numbered(2));
    const value = 'a"b\\c\nd{k}';
    const query = 'query { repo(name: "{k}") { issues { nodes { id } } } }';
    const cwd = folderWith({
      graphql: { url: server.url, json: { query: 'query($k: String!) { a(k: $k) { {b} } }', variables: { k: '{k}', n: { k: 1 } } }, in: 'query', partitions: { k: [value] }, output: 'g-{k}.ndjson' },
      file: { url: server.url, json: '@q.json', in: 'query', partitions: { k: [value] }, output: 'f-{k}.ndjson' },
      number: { url: server.url, json: '{"id": {k}, "s": "{k}"}', in: 'query', partitions: { k: [42] }, output: 'n-{k}.ndjson' },
      form: { url: server.url, data: ['a={k}', 'b={+k}', '{other}=1'], in: 'query', partitions: { k: ['x&y=/z'] }, output: 'o-{k}.ndjson' },
      encoded: { url: server.url, 'data-urlencode': 'q=a b {k}', in: 'query', partitions: { k: ['@/etc/passwd&'] }, output: 'e-{k}.ndjson' },
      head: { url: server.url, header: { 'X-K': 'v {k}', 'X-Other': '{other}' }, partitions: { k: ['org/repo "q"'] }, output: 'h-{k}.ndjson' },
    }); // prettier-ignore
    writeFileSync(join(cwd, 'q.json'), JSON.stringify({ query }));
    expect((await pagewise(['run', '--all'], { cwd })).code).toBe(0);
    const firsts = server.seen.filter(({ url }) => url.searchParams.get('page') === '1');
    expect(JSON.parse(firsts[0]!.body)).toEqual({
      query: 'query($k: String!) { a(k: $k) { {b} } }',
      variables: { k: value, n: { k: 1 } },
    });
    expect(JSON.parse(firsts[1]!.body)).toEqual({ query: query.replace('{k}', () => value) });
    expect(firsts[2]!.body).toBe('{"id": 42, "s": "42"}');
    expect(firsts[3]!.body).toBe('a=x%26y%3D%2Fz&b=x&y=/z&{other}=1');
    expect(firsts[4]!.body).toBe('q=a%20b%20%40%2Fetc%2Fpasswd%26');
    expect(firsts[5]!.headers).toMatchObject({ 'x-k': 'v org/repo "q"', 'x-other': '{other}' });
  });
});

describe('addFields', () => {
  it('refuses a field that rows have, unless it is to be replaced; and rows that are no objects', async () => {
    const server = await serve(objects(2));
    const plain = await serve(numbered(2));
    const job = { url: `${server.origin}/{k}`, partitions: { k: ['a'] }, output: '{k}.ndjson' };
    const cwd = folderWith({
      same: { ...job, addFields: { id: '{k}' } },
      over: { ...job, output: 'over-{k}.ndjson', addFields: { id: '{k}', n: 1 }, onSameField: 'replace' },
      plain: { ...job, url: `${plain.origin}/{k}`, output: 'plain-{k}.ndjson', addFields: { k: '{k}' } },
      fields: { url: server.url, fields: 'id', addFields: { source: 'x' }, output: 'fields.csv' },
    });
    const same = await pagewise(['run', 'same'], { cwd });
    expect(same).toMatchObject({ code: 1, stderr: expect.stringContaining('a row has the field "id" already') });
    expect(existsSync(join(cwd, 'a.ndjson'))).toBe(false);
    expect((await pagewise(['run', 'over'], { cwd })).code).toBe(0);
    expect(read(cwd, 'over-a.ndjson')).toBe(
      lines([
        { id: 'a', n: 1 },
        { id: 'a', n: 1 },
      ]),
    );
    expect((await pagewise(['run', 'plain'], { cwd })).stderr).toContain(
      'a row must be an object to get a field, not 0',
    );
    expect((await pagewise(['run', 'fields'], { cwd })).code).toBe(0);
    expect(read(cwd, 'fields.csv')).toBe('id,source\r\n0,x\r\n1,x\r\n');
  });
});

describe('what can not work is refused before anything is sent', () => {
  const job = { url: 'http://127.0.0.1:1/{k}', partitions: { k: ['a', 'b'] }, output: '{k}.ndjson' };
  it.each<[object, string]>([
    [{ partitions: {} }, 'partitions must be like { "account": ["a", "b"] }'],
    [{ partitions: { 'a-b': ['x'] } }, '"a-b" is not a name'],
    [{ partitions: { k: 'accounts' } }, 'partitions, k must be a list, "@FILE" or'],
    [{ partitions: { k: ['a', null] } }, 'partitions, k, number 2 must be a text'],
    [{ partitions: { k: ['a', 'b', 'a'] } }, 'has "a" twice'],
    [{ partitions: { k: '@none.txt' } }, "can't read the file none.txt (ENOENT)"],
    [{ partitions: { k: { job: 'none', field: 'x' } } }, 'which is not in the file'],
    [{ partitions: { k: { job: 'o', field: 'x' } } }, "o wait for each other's items"],
    [{ partitions: { k: ['a'], other: ['b'] } }, '{other} is neither in url'],
    [{ url: 'http://x/' }, '{k} is neither in url'],
    [{ url: '{+k}' }, 'must begin with https:// or http://'],
    [{ url: 'http://example.com{+k}' }, 'would let a value name another host'],
    [{ url: 'http://example.com{k}/' }, 'would let a value name another host'],
    [{ header: ['X-{k}: 1'] }, 'the name of a header can not have a placeholder'],
    [{ cookie: 'a={k}' }, '{k} is not filled in within "cookie"'],
    [{ output: 'all.ndjson', partitionConcurrency: 2 }, 'several partitions would write one output at once'],
    [{ output: 'all-{k}' }, '"output" must end with what the file is'],
    [{ output: '{k}.parquet' }, 'writes NDJSON, JSON and CSV, not .parquet'],
    [{ partitions: { k: ['a'], j: ['b'] }, url: 'http://x/{k}/{j}' }, 'has not all of {k} and {j}'],
    [{ cookieJar: 'c.txt' }, '"cookieJar": each partition would overwrite the file'],
    [{ report: 'r.html', har: '{k}.har' }, '"report" and "har" have different placeholders'],
    [{ resumeFrom: '{}' }, '"resumeFrom" continues one walk'],
    [{ output: 'all.ndjson', distinct: 'id' }, '"distinct" needs an output for each partition'],
    [{ output: 'all.ndjson', whenDone: 'restart' }, '"whenDone": "restart" needs an output for each'],
    [{ output: '-', format: 'csv' }, 'partitions write NDJSON to stdout, not csv'],
    [{ output: 'all.ndjson', checkpoint: false }, 'each partition would overwrite it'],
    [{ partitions: { k: ['$ENV{HOME}'] } }, "$ENV{…} can't be a value here"],
    [{ partitions: { k: [1e21] } }, 'put its digits in quotes'],
    [{ partitionConcurrency: 0 }, 'partitionConcurrency must be a whole number'],
    [{ onPartitionError: 'abort' }, 'onPartitionError must be "continue" or "stop", not "abort"'],
    [{ partition: {} }, 'Did you mean partitions?'],
    [{ addFields: [] }, 'addFields must be an object'],
    [{ onSameField: 'replace' }, '"onSameField" needs "addFields"'],
  ])('%j', async (more, message) => {
    const cwd = folderWith({ o: { ...job, ...more } });
    const { code, stderr } = await pagewise(['run', 'o'], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(readdirSync(cwd)).toEqual(['pagewise.config.json']);
  });
});

describe('run --parallel', () => {
  it('runs jobs side by side, and names them in what they say', async () => {
    let open = 0;
    let most = 0;
    const server = await serve(async (seen, response) => {
      most = Math.max(most, ++open);
      await until('both ask', () => most === 2);
      open--;
      if (seen.url.pathname === '/c') json(response, {}, 404);
      else numbered(5)(seen, response);
    });
    const job = (name: string) => ({ url: `${server.origin}/${name}`, output: `${name}.ndjson` });
    const cwd = folderWith({ a: job('a'), b: job('b'), c: job('c') });
    const { code, stderr } = await pagewise(['run', '--all', '--parallel', '2'], { cwd });
    expect(code).toBe(1);
    expect(most).toBe(2);
    for (const name of ['a', 'b']) {
      expect(read(cwd, `${name}.ndjson`)).toBe(lines(rows(5)));
      expect(stderr).toMatch(new RegExp(`^${name}: 2 pages, 5 items`, 'm'));
    }
    expect(stderr).toMatch(/^pagewise: c: Page 1 failed: 404/m);
  });

  it('runs a job after the one that lists its partitions, and not if that has failed', async () => {
    let broken = false;
    const server = await serve((seen, response) =>
      broken
        ? json(response, {}, 404)
        : seen.url.pathname === '/ids'
          ? objects(3)(seen, response)
          : numbered(2)(seen, response),
    );
    const jobs = {
      each: { url: `${server.origin}/{id}`, partitions: { id: { job: 'ids', field: 'id' } }, output: '{id}.ndjson' },
      ids: { url: `${server.origin}/ids`, output: 'ids.ndjson' },
    };
    const { code, stderr } = await pagewise(['run', '--all', '--parallel', '4'], { cwd: folderWith(jobs) });
    expect([code, stderr]).toEqual([0, expect.stringContaining('each: 3 partitions: 3 done')]);
    broken = true;
    const failed = await pagewise(['run', '--all', '--parallel', '4'], { cwd: folderWith(jobs) });
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('job "each": not started, since "ids", which lists its partitions, has failed');
  });

  it('refuses what would mix: two jobs on stdout, and no file', async () => {
    const cwd = folderWith({ a: { url: 'http://127.0.0.1:1' }, b: { url: 'http://127.0.0.1:1' } });
    const { code, stderr } = await pagewise(['run', '--all', '--parallel', '2'], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining('a and b would write to stdout at the same time')]);
    expect((await pagewise(['http://127.0.0.1:1', '--parallel', '2'])).stderr).toContain(
      '--parallel 2 is for jobs of a file',
    );
  });
});
