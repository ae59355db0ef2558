import { describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { profileNames } from '../../lib/cli/flags/profiles.js';
import { program } from '../../lib/cli/flags/program.js';
import { help } from '../../lib/cli/terminal/help.js';
import { json, serve } from '../support/server.js';
import { pagewise, repository, start } from './pagewise.js';

jest.setTimeout(60_000);

const { options } = program([]);
const long = options.map((option) => option.long ?? '');
const shown = options.filter(({ hidden }) => !hidden).map((option) => option.long ?? '');
const flagsIn = (text: string) =>
  new Set([...text.matchAll(/(?<![\w-])--[a-z][\w.]*(?:-[a-z\d]+)*/g)].map(([flag]) => flag));

describe('the help', () => {
  it.each([['--help'], ['-h'], ['help']])('%s fits a screen of 80 columns and 40 lines', async (...args) => {
    const { code, stdout, stderr } = await pagewise(args, { env: { COLUMNS: '200' } });
    const lines = stdout.split('\n');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(lines.length).toBeLessThanOrEqual(40);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    for (const flag of flagsIn(stdout)) expect([...long, '--help']).toContain(flag);
  });

  it.each(['paging', 'jobs', 'output', 'secrets', 'exit-codes'])(
    'on %s fits a screen, and names only existing flags',
    async (topic) => {
      const { code, stdout } = await pagewise(['help', topic]);
      const lines = stdout.split('\n');
      expect(code).toBe(0);
      expect(lines.length).toBeLessThanOrEqual(40);
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
      for (const flag of flagsIn(stdout)) expect(long).toContain(flag);
    },
  );

  it('on flags names every flag in 80 columns, each with its group', async () => {
    const { stdout } = await pagewise(['help', 'flags'], { env: { COLUMNS: '200' } });
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    const named = flagsIn(stdout);
    expect(shown.filter((flag) => !named.has(flag))).toEqual([]);
    expect(stdout).not.toMatch(/^Options:/m);
  });
});

describe('the name of an error', () => {
  it('is at the end of its message, and a topic of the help: cause, fix and an example in 80 columns', async () => {
    const server = await serve((_seen, response) => json(response, { error: 'nothing here' }, 404));
    const { code, stderr } = await pagewise([server.url, '--paging', 'page']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^pagewise: Page 1 failed: 404 Not Found, GET \S+ \[HttpError\]\nThe API says: nothing here\n/,
    );
    const help = await pagewise(['help', 'HttpError']);
    expect([help.code, help.stderr]).toEqual([0, '']);
    expect(help.stdout).toMatch(/^HttpError\n\n[^]*\nCause\. [^]*\nFix\. [^]*\n\nPage 7 failed: 503/);
    expect(help.stdout.split('\n').filter((line) => line.length > 80 || /[`*]|\]\(/.test(line))).toEqual([]);
  });

  it('is explained for each class, however it is written', async () => {
    const names = [...readFileSync(join(repository, 'docs/errors.md'), 'utf8').matchAll(/^## (\w+)$/gm)].map(([, name = '']) => name); // prettier-ignore
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) {
      expect(help(name).startsWith(`${name}\n`)).toBe(true);
      expect(help(name.toLowerCase())).toBe(help(name));
    }
    expect(() => help('OtherError')).toThrow('help OtherError: there is no such topic');
  });

  it('is not added to what is wrong with the arguments, which says what to write', async () => {
    const { code, stderr } = await pagewise(['http://localhost', '--size', '0']);
    expect([code, stderr]).toEqual([2, expect.not.stringContaining('[')]);
  });
});

describe('pagewise profiles', () => {
  it('prints each profile with a line, in 80 columns', async () => {
    const { code, stdout, stderr } = await pagewise(['profiles']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split(/ {2,}/)[0])).toEqual(profileNames);
    expect(lines.filter((line) => line.length > 80 || !/^[a-z-]+ {2,}\S.*$/.test(line))).toEqual([]);
    expect([...profileNames].sort()).toEqual(profileNames);
  });

  it('names those of the table in docs/apis, and no others', () => {
    const text = readFileSync(join(repository, 'docs/apis/README.md'), 'utf8');
    const last = [...text.matchAll(/^\| \[.*\| ([^|]*) \|$/gm)].map(([, cell = '']) => cell);
    const named = last.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
    expect(named.sort()).toEqual(profileNames);
  });
});

describe('docs/command-line.md', () => {
  it('names every flag, and only existing flags', () => {
    const text = readFileSync(join(repository, 'docs/command-line.md'), 'utf8');
    const named = flagsIn(text);
    expect(long.filter((flag) => !named.has(flag))).toEqual([]);
    expect([...named].filter((flag) => ![...long, '--help'].includes(flag))).toEqual([]);
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('%s names every flag', async (shell) => {
    const { code, stdout } = await pagewise(['completion', shell]);
    expect(code).toBe(0);
    const named = new Set(stdout.split(/[^\w-]+/));
    const names = shell === 'fish' ? shown.map((flag) => flag.slice(2)) : shown;
    expect(names.filter((name) => !named.has(name))).toEqual([]);
  });

  it.each([
    ['--che', 1, '--checkpoint'],
    ['--format js', 2, 'json'],
    ['--profile git', 2, 'github github-compare github-graphql gitlab'],
    ['ru', 1, 'run'],
    ['pro', 1, 'profiles'],
    ['help ex', 2, 'exit-codes'],
    ['--config packa', 2, 'package-lock.json package.json'],
    ['-H x', 2, ''],
  ])('bash completes pagewise %s', async (line, word, found) => {
    const { stdout } = await pagewise(['completion', 'bash']);
    const script = `${stdout}\nCOMP_WORDS=(pagewise ${line}); COMP_CWORD=${word}; _pagewise; echo "\${COMPREPLY[@]}"`;
    const run = await start('bash', ['--norc', '-u', '-c', script], { cwd: repository }).ended;
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout.trim().split(' ').sort().join(' ')).toBe(found); // prettier-ignore
  });
});
