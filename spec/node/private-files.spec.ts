// Files that hold positions: who can read them, what a link at their path means, and what a killed run leaves.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStore } from 'pagewise/node';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagewise-private-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const modeOf = (name: string) => statSync(at(name)).mode & 0o777;

describe('D8 fileStore', () => {
  it('makes files that only their owner can read, also in place of one that others could', async () => {
    writeFileSync(at('job.json'), 'old');
    chmodSync(at('job.json'), 0o644);
    const store = fileStore(folder);
    await store.set('job', 'new');
    await store.set('other', 'new');
    expect([modeOf('job.json'), modeOf('other.json')]).toEqual([0o600, 0o600]);
    expect(readdirSync(folder).sort()).toEqual(['job.json', 'other.json']);
  });

  it('follows no link that is planted at the name of its temporary file', async () => {
    writeFileSync(at('victim'), 'untouched');
    symlinkSync(at('victim'), at(`job.json.${process.pid}.tmp`));
    await fileStore(folder).set('job', 'text');
    expect(readFileSync(at('victim'), 'utf8')).toBe('untouched');
    expect(readFileSync(at('job.json'), 'utf8')).toBe('text');
  });

  it.each(['there', 'not there yet'])(
    'keeps a link at the path of a checkpoint, and replaces the file %s',
    async (is) => {
      mkdirSync(at('real'));
      symlinkSync('real/far.json', at('job.json'));
      symlinkSync(at('job.json'), at('again.json'));
      if (is === 'there') writeFileSync(at('real/far.json'), 'old');
      const store = fileStore(folder);
      await store.set('again', 'new');
      expect(lstatSync(at('job.json')).isSymbolicLink() && lstatSync(at('again.json')).isSymbolicLink()).toBe(true);
      expect(readFileSync(at('real/far.json'), 'utf8')).toBe('new');
      expect(await store.get('job')).toBe('new');
      expect(modeOf('real/far.json')).toBe(0o600);
      expect(readdirSync(at('real'))).toEqual(['far.json']);
    },
  );

  it('removes what killed runs of the same key have left, and nothing else', async () => {
    const stay = ['job.json.tmp', 'job.json.0123456789abc.tmp', 'job.json.0123456789ab.tmp.json', 'other.json.0123456789ab.tmp', 'ajob.json.0123456789ab.tmp']; // prettier-ignore
    for (const name of [...stay, 'job.json.0123456789ab.tmp', 'job.json.ba9876543210.tmp']) writeFileSync(at(name), '');
    await fileStore(folder).set('job', 'text');
    expect(readdirSync(folder).sort()).toEqual([...stay, 'job.json'].sort());
  });

  it('does so once for each key, before it writes or when it takes the lease: later ones are of runs that are writing', async () => {
    const store = fileStore(folder);
    await store.set('job', 'text');
    await store.lease('held', 'me', 60_000);
    const later = ['held.json.0123456789ab.tmp', 'job.json.0123456789ab.tmp'];
    for (const name of [...later, 'other.json.0123456789ab.tmp']) writeFileSync(at(name), '');
    for (const key of ['job', 'held', 'other']) await store.set(key, 'again');
    expect(readdirSync(folder).sort()).toEqual(['held.json', 'held.json.lock', 'job.json', 'other.json', ...later].sort());
  }); // prettier-ignore

  it('makes its folder to write or to take a lease, which another run can not take then', async () => {
    const store = fileStore(at('deep/jobs'));
    expect(await store.get('a/b')).toBeUndefined();
    expect(existsSync(at('deep'))).toBe(false);
    const lease = await store.lease('a/b', 'me', 60_000);
    expect(lease).not.toHaveProperty('holder');
    expect(await fileStore(at('deep/jobs')).lease('a/b', 'another', 60_000)).toMatchObject({ holder: 'me' });
    await fileStore(at('far/jobs')).set('a/b', 'text');
    expect(readdirSync(at('far/jobs'))).toEqual(['a%2Fb.json']);
  });

  it('deletes what is there, or not', async () => {
    const store = fileStore(folder);
    await store.set('job', 'text');
    await store.delete('job');
    await store.delete('job');
    expect([readdirSync(folder), await store.get('job')]).toEqual([[], undefined]);
  });

  it.each([[''], [5], [undefined], [null]])('refuses %p as its folder', (given) => {
    expect(() => fileStore(given as string)).toThrow(/^fileStore: the folder must be a path, not /);
  });

  it('removes its temporary file if the file cannot be replaced', async () => {
    mkdirSync(at('job.json'));
    writeFileSync(at('job.json/x'), '');
    await expect(fileStore(folder).set('job', 'text')).rejects.toMatchObject({ syscall: 'rename' });
    expect(readdirSync(folder)).toEqual(['job.json']);
  });

  it('writes the same key from many calls at the same time', async () => {
    const stores = Array.from({ length: 8 }, () => fileStore(folder));
    await Promise.all(stores.map((store, n) => store.set('job', `text ${n}`)));
    expect(readFileSync(at('job.json'), 'utf8')).toMatch(/^text \d$/);
    expect(readdirSync(folder)).toEqual(['job.json']);
    expect(existsSync(at('job.json'))).toBe(true);
  });
});
