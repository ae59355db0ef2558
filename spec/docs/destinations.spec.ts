import { describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArguments } from '../../lib/cli/flags/parse-arguments.js';
import { readConfig } from '../../lib/cli/jobs/read-config.js';

const files = ['README.md', ...readdirSync('docs', { recursive: true }).map((name) => `docs/${String(name)}`)].filter(
  (name) => name.endsWith('.md'),
);
const blocks = (file: string, language: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
    ([, text = '']) => text,
  );

function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'pagewise-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const jobFiles = files.flatMap(
  (file) =>
  blocks(file, 'json').filter((text) => text.includes('"jobs"')).map((text) => [file, text] as const), // prettier-ignore
);

describe('files of jobs in the docs', () => {
  it('are found', () => {
    expect(jobFiles.length).toBeGreaterThan(4);
  });

  it.each(jobFiles)('%s: can be read, and every job has flags that exist', (_file, text) => {
    inFolder((folder) => {
      const file = join(folder, 'jobs.json');
      writeFileSync(file, text);
      for (const [, name = ''] of text.matchAll(/\$ENV\{(\w+)\}/g)) process.env[name] ??= 't';
      expect(readConfig(file, 'all').jobs.length).toBeGreaterThan(0);
    });
  });
});

/** `pagewise run …` within any other command. */
const runs = [
  'docs/schedules.md',
  'docs/destinations.md',
  'docs/sync.md',
  'docs/partitions.md',
  'docs/ceilings.md',
].flatMap(
  // prettier-ignore
  (file) =>
    [...readFileSync(file, 'utf8').matchAll(/(?:pagewise|main\.js)(?:,)? (run,?(?: [\w.$-]+)+)/g)].map(
      ([, words = '']) => [file, words.replaceAll(',', '')] as const,
    ),
);

describe('commands in schedules', () => {
  it.each(runs)('%s: pagewise %s', (_file, words) => {
    expect(parseArguments(words.split(' '))).toMatchObject({ kind: 'jobs' });
  });

  it('start the file that the package names', () => {
    const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { bin: { pagewise: string } };
    const named = [...readFileSync('docs/schedules.md', 'utf8').matchAll(/node_modules\/pagewise\/([\w/.]+)/g)];
    expect(new Set(named.map(([, file]) => file))).toEqual(new Set([bin.pagewise]));
  });
});

const orders = [
  { id: 1, customer: 'a\\b "x"', total: 10.5, updated_at: '2024-01-01T00:00:00Z' },
  { id: 2, customer: "née\u2028,\t'", total: 3, updated_at: '2024-01-02T00:00:00Z' },
  { id: 1, customer: 'later', total: 11, updated_at: '2024-02-01T00:00:00Z' },
];

/** Runs a load of docs/destinations.md twice, after the run of the command. */
function load(tool: string, folder: string): void {
  const text = blocks('docs/destinations.md', 'sh').find((block) => block.startsWith(`pagewise run orders && ${tool}`));
  writeFileSync(join(folder, 'orders.ndjson'), orders.map((row) => `${JSON.stringify(row)}\n`).join(''));
  for (let run = 0; run < 2; run++)
    execFileSync('sh', ['-c', (text ?? 'false').replace('pagewise run orders', 'true')], { cwd: folder });
}

const hasSqlite = spawnSync('sqlite3', ['--version']).status === 0;

// Debian's package is installed by .ci/run; elsewhere a machine may have none.
(hasSqlite ? describe : describe.skip)('docs/destinations.md with sqlite3', () => {
  it('keeps the last version of each row, however often it is loaded', () => {
    inFolder((folder) => {
      load('sqlite3', folder);
      const read = execFileSync('sqlite3', ['-json', 'shop.db', 'SELECT * FROM orders ORDER BY id'], { cwd: folder });
      expect(JSON.parse(read.toString())).toEqual([orders[2], orders[1]]);
    });
  });
});

(process.env['PGHOST'] ? describe : describe.skip)(
  'PostgreSQL (by npm run test:postgres): docs/destinations.md',
  () => {
    it('PostgreSQL keeps the last version of each row, however often it is loaded', () => {
      inFolder((folder) => {
        // A schema of its own: docs/etl.md runs at the same time.
        process.env['PGOPTIONS'] = '-c search_path=destinations';
        execFileSync('psql', ['-qc', 'CREATE SCHEMA IF NOT EXISTS destinations']);
        load('psql', folder);
        const read = execFileSync('psql', ['-Atqc', 'SELECT json_agg(o ORDER BY id) FROM orders o']).toString();
        expect(JSON.parse(read)).toMatchObject([
          { id: 1, customer: 'later', total: 11 },
          { id: 2, customer: orders[1]?.customer },
        ]);
      });
    });
  },
);
