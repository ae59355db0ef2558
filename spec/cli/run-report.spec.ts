import { describe, expect, it, jest } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '../../lib/cli/terminal/command-line.js';
import type { ReportData } from '../../lib/node/run/report/report-data.js';
import { json, numbered, serve } from '../support/server.js';
import { pagewise, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

const paged = ['--paging', 'page', '--items', 'items', '--size', '10'];
const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as ReportData;

describe('the head of the report', () => {
  it('has the command without secrets, the output, and where the checkpoint was and is', async () => {
    const server = await serve(numbered(25));
    const cwd = temporaryFolder();
    const args = [`${server.url}?account=secret1`, ...paged, '-H', 'X-Key: secret2', '-o', 'out.ndjson', '--checkpoint', 'job.json']; // prettier-ignore
    const report = ['--report', 'run.json'];
    const file = join(cwd, 'run.json');
    expect(await pagewise([...args, ...report, '--max-items', '10'], { cwd })).toMatchObject({ code: 0 });
    const [first] = read(file).runs;
    expect(first?.about).toEqual({
      Command: `pagewise '${server.url}?account=…' --paging page --items items --size 10 -H 'X-Key: …' -o out.ndjson --checkpoint job.json --report run.json --max-items 10`,
      Output: 'out.ndjson',
      'Items written': 10,
      Checkpoint: 'job.json',
      'Checkpoint before': 'none',
      'Checkpoint after': 'page 2 is next, after 10 items',
    });
    expect(await pagewise([...args, ...report], { cwd })).toMatchObject({ code: 0 });
    const [second] = read(file).runs;
    expect(second?.about).toMatchObject({
      'Items written': 15,
      'Checkpoint before': 'page 2 is next, after 10 items',
      'Checkpoint after': 'done, after 25 items',
    });
    expect(readFileSync(file, 'utf8')).not.toMatch(/secret\d/);
  });

  it('has what the API says of a failure, without values from the environment', async () => {
    const server = await serve((_seen, response) =>
      json(response, { error: { message: 'no list for tenant4711, sorry' } }, 404),
    );
    const cwd = temporaryFolder();
    const args = [server.url, ...paged, '-H', 'Tenant: $ENV{TENANT}', '--report', 'run.json'];
    expect(await pagewise(args, { cwd, env: { TENANT: 'tenant4711' } })).toMatchObject({ code: 1 });
    const [run] = read(join(cwd, 'run.json')).runs;
    expect(run?.end?.error).toMatchObject({ name: 'HttpError', pageIndex: 0 });
    expect(run?.about).toMatchObject({ Output: 'stdout', 'Items written': 0 });
    expect(readFileSync(join(cwd, 'run.json'), 'utf8')).not.toContain('tenant4711');
  });
});

describe('the command as it was called', () => {
  it.each<[argv: readonly string[], shown: string]>([
    [['run', 'orders', '--all'], 'pagewise run orders --all'],
    [['https://me:pw@a.example/x?key=1'], "pagewise 'https://a.example/x?key=…'"],
    [['-HAuthorization: Bearer abc', '-H', 'Accept: text/csv'], "pagewise -H 'Authorization: …' -H 'Accept: text/csv'"],
    [['--header=X: y', '-H', '@keys.txt', '-H', 'X;'], "pagewise '--header=X: …' -H @keys.txt -H 'X;'"],
    [['-u', 'me:pw', '-ume:pw', '--user=me:pw'], 'pagewise -u … -u … --user=…'],
    [['-sku', 'me:pw'], 'pagewise -sku …'],
    [['-b', 'sid=1', '-d', 'a=1', '-d@body.txt', '--json', '{"a":1}'], 'pagewise -b … -d … -d @body.txt --json …'],
    [['--resume-from', '{"v":2}', '--resume-from', '@token'], 'pagewise --resume-from … --resume-from @token'],
    [['--first-cursor', 'abc', '--start', '5', '--end-tokens', 'nil'], 'pagewise --first-cursor … --start 5 --end-tokens …'],
    [['--in', 'template:{"key":"{{page}}"}', '--in', 'body:page'], 'pagewise --in template:… --in body:page'],
    [['-x', 'http://me:pw@proxy:8080/'], 'pagewise -x http://proxy:8080/'],
    [['--tokne=abc', '--tokne', 'https://a.example/?b=c'], "pagewise --tokne=… --tokne 'https://a.example/?b=…'"],
    [['-Zabc'], 'pagewise -Z…'],
    [['--', '-u'], 'pagewise -u'],
    [['-o', "it's.csv"], "pagewise -o 'it'\\''s.csv'"],
    [['--rate', '10/s', '--split-params', '{field}[gte],{field}[lt]'], "pagewise --rate 10/s --split-params '{field}[gte],{field}[lt]'"],
  ])('%j', (argv, shown) => {
    expect(commandLine(argv)).toBe(shown);
  }); // prettier-ignore
});

describe('one report of several jobs', () => {
  it('has a walk for each, with its name, also of one that fails', async () => {
    const server = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page'));
      if (url.pathname === '/b') json(response, {}, 404);
      else json(response, { items: page > 2 ? [] : [page] });
    });
    const cwd = temporaryFolder();
    const origin = new URL(server.url).origin;
    const job = (name: string) => ({
      url: `${origin}/${name}`,
      paging: 'page',
      items: 'items',
      output: `${name}.ndjson`,
    });
    const config = {
      defaults: { report: 'all.json', har: 'all.har' },
      jobs: { a: job('a'), b: job('b'), c: job('c') },
    };
    writeFileSync(join(cwd, 'pagewise.config.json'), JSON.stringify(config));
    expect(await pagewise(['run', '--all', '-q'], { cwd })).toMatchObject({ code: 1 });
    const { runs } = read(join(cwd, 'all.json'));
    expect(runs.map(({ label, sums, end }) => [label, sums.items, end?.reason])).toEqual([
      ['a', 2, 'last-page'],
      ['b', 0, 'error'],
      ['c', 2, 'last-page'],
    ]);
    expect(runs.map(({ about }) => [about['Job'], about['Output'], about['Checkpoint after']])).toEqual([
      ['a, in pagewise.config.json', 'a.ndjson', 'done, after 2 items'],
      ['b, in pagewise.config.json', 'b.ndjson', 'page 1 is next, after 0 items'],
      ['c, in pagewise.config.json', 'c.ndjson', 'done, after 2 items'],
    ]);
    const { log } = JSON.parse(readFileSync(join(cwd, 'all.har'), 'utf8')) as { log: { entries: { _walk: string }[] } };
    expect(log.entries.map(({ _walk }) => _walk)).toEqual(['a', 'a', 'a', 'b', 'c', 'c', 'c']);
  });

  it('has a walk for each partition', async () => {
    const server = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page'));
      json(response, { items: page > 1 ? [] : [url.pathname] });
    });
    const cwd = temporaryFolder();
    const job = {
      url: `${server.url}{region}`,
      paging: 'page',
      items: 'items',
      output: 'all.ndjson',
      report: 'all.json',
    };
    const regions = Array.from({ length: 25 }, (_, i) => `r${i}`);
    const config = { jobs: { orders: { ...job, partitions: { region: regions } } } };
    writeFileSync(join(cwd, 'pagewise.config.json'), JSON.stringify(config));
    expect(await pagewise(['run', 'orders', '-q'], { cwd })).toMatchObject({ code: 0 });
    const { runs } = read(join(cwd, 'all.json'));
    expect(runs.map(({ label, sums }) => [label, sums.items])).toEqual(
      regions.map((region) => [`orders, ${region}`, 1]),
    );
    expect(runs.map(({ about }) => about['Items written'])).toEqual(regions.map(() => 1));
  });
});
