import { afterEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, utimesSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import Keyv from 'keyv';
import { checkpoint, ConfigError, eachPage, LeaseError, paginate, type CheckpointStore, type Lease, type LeaseTaken, type PaginateOptions } from 'pagewise'; // prettier-ignore
import { both, fileStore, writeNdjson } from 'pagewise/node';
import { defer, firstValueFrom, lastValueFrom } from 'rxjs';
import { start } from './process/run.js';
import { until } from './support/server.js';
import { answer, counting, echo, rejection, thrown } from './support/walks.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pagewise-leases-'));
  folders.push(folder);
  return folder;
}

const walk = (store: CheckpointStore, options: Parameters<typeof checkpoint>[2] = {}, more: Omit<PaginateOptions<number>, 'schema'> = {}) =>
  paginate({ body: {} }, counting(4), { transport: echo, checkpoint: checkpoint(store, 'job', options), ...more }); // prettier-ignore

async function take(store: CheckpointStore, count = 9, options: Parameters<typeof checkpoint>[2] = {}) {
  const seen: number[] = [];
  for await (const { index } of walk(store, options)) if (seen.push(index) === count) break;
  return seen;
}

/** A loop that holds its checkpoint at its first page. */
async function begin(store: CheckpointStore, options: Parameters<typeof checkpoint>[2] = {}) {
  const pages = walk(store, options)[Symbol.asyncIterator]();
  expect((await pages.next()).value?.index).toBe(0);
  return pages;
}

describe('a checkpoint in use, within a process', () => {
  const stores: [name: string, make: () => CheckpointStore][] = [
    ['a Map', () => new Map()],
    ['a Keyv', () => new Keyv()],
    ['a fileStore', () => fileStore(temporaryFolder())],
  ];
  describe.each(stores)('in %s', (_, make) => {
    it('is refused to a second loop, eachPage and sink, until the first has ended', async () => {
      const store = make();
      const before = Date.now();
      const pages = await begin(store);
      const refused = await rejection(take(store));
      expect(refused).toBeInstanceOf(LeaseError);
      expect(refused).toMatchObject({ name: 'LeaseError', key: 'job', lost: false });
      expect(refused['holder']).toContain(`${hostname()}, process ${process.pid}`);
      expect(refused['since']).toBeGreaterThanOrEqual(before);
      expect(refused.message).toMatch(/^the checkpoint "job" is in use by .* since 20\d\d-.*; wait for that run, or stop it/); // prettier-ignore
      const file = join(temporaryFolder(), 'a');
      for (const other of [
        lastValueFrom(eachPage(walk(store), async () => undefined)),
        walk(store).to(writeNdjson(file)),
        walk(store).to(both(writeNdjson(file), writeNdjson(`${file}b`))),
        take(store, 1, { lease: false }),
      ])
        expect(await rejection(other)).toMatchObject({ name: 'LeaseError', message: refused.message });
      expect(existsSync(file)).toBe(false);
      await pages.return();
      expect(await take(store)).toEqual([0, 1, 2, 3]);
    });

    it('is free after each kind of end', async () => {
      const store = make();
      expect(await take(store, 1)).toEqual([0]); // break
      expect(
        await rejection(
          (async () => {
            for await (const page of walk(store)) throw new Error(`page ${page.index}`);
          })(),
        ),
      ).toMatchObject({ message: 'page 0' });
      const failing = walk(store, {}, { check: (__, position) => (position === 2 ? { fail: 'no' } : undefined) });
      expect(await rejection((async () => { for await (const page of failing) void page; })())).toMatchObject({ pageIndex: 1 }); // prettier-ignore
      const stop = new AbortController();
      const aborted = walk(store, {}, { signal: stop.signal })[Symbol.asyncIterator]();
      await aborted.next();
      stop.abort(new Error('enough'));
      expect((await rejection(aborted.next())).message).toBe('enough');
      // Unsubscribed in the middle, and begun again at once.
      expect(await firstValueFrom(eachPage(walk(store), async ({ index }) => index))).toBe(2);
      expect(await take(store, 1)).toEqual([2]);
      const broken = eachPage(walk(store), () => { throw new Error('full'); }); // prettier-ignore
      expect((await rejection(lastValueFrom(broken))).message).toBe('full');
      const sink = () => walk(store).to(writeNdjson(join(temporaryFolder(), 'missing', 'a')));
      expect((await rejection(sink())).name).toMatch(/WriteError|ResumeError/);
      expect(await lastValueFrom(eachPage(walk(store), async ({ index }) => index))).toBe(3);
      expect(await take(store)).toEqual([]);
      expect(await take(store)).toEqual([]);
    });
  });

  it('is free again when a run that unsubscribed has stored its last page, and not before', async () => {
    const kept = new Map<string, string>();
    let finish: (() => void) | undefined;
    const store: CheckpointStore = {
      get: (key) => kept.get(key),
      set: (key, text) => new Promise<void>((resolve) => (finish = () => { kept.set(key, text); resolve(); })), // prettier-ignore
    };
    const first = eachPage(walk(store), async ({ index }) => index).subscribe();
    await until('a page is to be stored', () => finish !== undefined);
    first.unsubscribe();
    let seen: number | undefined;
    const next = walk(store)[Symbol.asyncIterator]();
    const second = next.next().then(({ value }) => (seen = value?.index));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(seen).toBe(undefined);
    finish?.();
    expect(await second).toBe(1);
    await next.return();
  });

  it('emits the end event of a run that is refused, and requests nothing', async () => {
    const store = new Map<string, string>();
    const pages = await begin(store);
    const events: string[] = [];
    const other = walk(store, {}, { events: { next: ({ type }) => events.push(type) } });
    await rejection(other[Symbol.asyncIterator]().next());
    expect(events).toEqual(['end']);
    await pages.return();
  });
});

/** A store with leases, which records what is called. */
function leased(answers: { lease?: LeaseTaken; renew?: true | LeaseTaken | Error; set?: true | LeaseTaken } = {}) {
  const calls: string[] = [];
  const kept = new Map<string, string>();
  const lease: Lease = {
    async renew() {
      calls.push('renew');
      if (answers.renew instanceof Error) throw answers.renew;
      return answers.renew ?? true;
    },
    async set(text) {
      calls.push('commit');
      if ((answers.set ?? true) === true) kept.set('job', text);
      return answers.set ?? true;
    },
    release: () => void calls.push('release'),
  };
  const store: CheckpointStore = {
    get(key) {
      calls.push('get');
      return kept.get(key);
    },
    set: () => void calls.push('set'),
    lease(key, holder, ms) {
      calls.push(`lease ${key} ${ms} ${holder}`);
      return answers.lease ?? lease;
    },
  };
  return { store, calls, kept, answers };
}

describe('a store with leases', () => {
  it('leases before it reads, commits by the lease, and releases at the end', async () => {
    const { store, calls } = leased();
    expect(await take(store, 9, { lease: { holder: 'me', time: 5000 } })).toEqual([0, 1, 2, 3]);
    expect(calls).toEqual(['lease job 5000 me', 'get', 'commit', 'commit', 'commit', 'commit', 'release']);
  });

  it('is not asked for a lease with lease: false, and by default for a minute', async () => {
    const { store, calls } = leased();
    await take(store, 2, { lease: false });
    expect(calls).toEqual(['get', 'set']);
    await take(store, 2);
    expect(calls[2]).toBe(`lease job 60000 ${hostname()}, process ${process.pid}`);
  });

  it('says who holds a lease, since when and until when', async () => {
    const since = Date.UTC(2031, 0, 1);
    const { store, calls } = leased({ lease: { holder: 'worker-2', since, until: since + 60_000 } });
    const refused = await rejection(take(store));
    expect(refused).toMatchObject({ holder: 'worker-2', since, until: since + 60_000, lost: false });
    expect(refused.message).toBe(
      'the checkpoint "job" is in use by worker-2 since 2031-01-01T00:00:00.000Z; wait for that run, or stop it; if it has crashed, its lease ends at 2031-01-01T00:01:00.000Z',
    );
    expect(calls).toHaveLength(1);
    expect((await rejection(take(leased({ lease: {} }).store))).message).toContain('is in use by another run; wait');
  });

  it('commits nothing after the lease is lost, and ends the run with who has taken it', async () => {
    const { store, calls, answers, kept } = leased();
    const pages = await begin(store);
    answers.set = { holder: 'worker-2' };
    const lost = await rejection(pages.next());
    expect(lost).toMatchObject({ name: 'LeaseError', holder: 'worker-2', lost: true });
    expect(lost.message).toBe(
      'the lease of the checkpoint "job" is lost: this run was stopped or asleep for longer than the lease, and worker-2 has taken it over; let that run finish, and run this one again',
    );
    expect(kept.size).toBe(0);
    expect(calls.slice(-2)).toEqual(['commit', 'release']);
    expect(await take(leased().store)).toHaveLength(4);
  });

  it('is asked to renew after each third of the time, also after a failure, and not after the end', async () => {
    const { store, calls, answers } = leased();
    answers.renew = new Error('away');
    const pages = await begin(store, { lease: { time: 1000 } });
    const renewals = () => calls.filter((call) => call === 'renew').length;
    await until('a renewal has failed', () => renewals() === 1);
    answers.renew = true;
    await until('two more', () => renewals() === 3);
    expect((await pages.next()).value?.index).toBe(1);
    await pages.return();
    const after = renewals();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(renewals()).toBe(after);
    expect(calls.at(-1)).toBe('release');
  });

  it('a renewal that finds the lease lost ends the run before it commits, and before a sink writes', async () => {
    const { store, calls, answers } = leased({ renew: { holder: 'worker-2' } });
    const pages = await begin(store, { lease: { time: 1000 } });
    await until('it was renewed', () => calls.includes('renew'));
    expect(await rejection(pages.next())).toMatchObject({ name: 'LeaseError', lost: true, holder: 'worker-2' });
    expect(calls).not.toContain('commit');

    const file = join(temporaryFolder(), 'a.ndjson');
    answers.renew = true;
    let seen = 0;
    const slow = walk(
      store,
      { lease: { time: 1000 } },
      {
        transport: (request) =>
          defer(async () => {
            if (seen++ === 1) {
              answers.renew = {};
              const before = calls.length;
              await until('it was renewed', () => calls.slice(before).includes('renew'));
            }
            return answer(request.body);
          }),
      },
    );
    expect(await rejection(slow.to(writeNdjson(file)))).toMatchObject({ name: 'LeaseError', lost: true });
    expect(readFileSync(file, 'utf8')).toBe('1\n');
  });

  it('what it throws names the method', async () => {
    const cause = new Error('down');
    const { store } = leased();
    const error = await rejection(take({ ...store, lease: () => Promise.reject(cause) }));
    expect(error).toMatchObject({ name: 'CallbackError', callback: 'checkpoint.lease', cause });
  });

  it('a lease that can not be released does not fail the run', async () => {
    const { store } = leased();
    const failing: CheckpointStore = {
      ...store,
      lease: async (...given) => ({
        ...((await store.lease!(...given)) as Lease),
        release: () => Promise.reject(new Error('down')),
      }),
    };
    expect(await take(failing)).toEqual([0, 1, 2, 3]);
  });

  it('refuses options that can not work', () => {
    const made = (store: object, lease: unknown) => thrown(() => checkpoint(store as never, 'job', { lease } as never));
    expect(made(new Keyv(), {})).toBeInstanceOf(ConfigError);
    expect(made(new Keyv(), { time: 5000 }).message).toBe(
      "checkpoint: lease must be left out, since this store has none (a Keyv can't compare and set); use fileStore, redisLease or postgresLease",
    );
    expect(made(fileStore('x'), { time: 10 }).message).toContain('lease.time');
    expect(made(fileStore('x'), { time: '5m' }).message).toContain('lease.time');
    expect(made(fileStore('x'), { holder: '' }).message).toBe(
      'checkpoint: lease.holder must be a text that names this run, not ""',
    );
    expect(made(fileStore('x'), { tiem: 1 }).message).toContain('tiem');
    expect(made(fileStore('x'), true).message).toContain('lease');
    expect(() => checkpoint(new Map(), 'job', { lease: { time: 5000 } })).not.toThrow();
  });
});

async function eventually(done: () => Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A run in another process, over a fileStore, which holds its lease at its first page. */
async function runElsewhere(folder: string, time = 60_000) {
  const other = start(`
    const strategy = { name: 'counting', first: 1, place: (request, page) => ({ ...request, body: { page } }),
      items: ({ page }) => [page], next: ({ position }) => (position < 4 ? position + 1 : undefined) };
    const transport = ({ body }) => [{ status: 200, url: '', headers: { get: () => null }, body }];
    const job = pagewise.checkpoint(node.fileStore(${JSON.stringify(folder)}), 'job', { lease: { time: ${time} } });
    process.stdin.resume();
    try {
      for await (const { index } of pagewise.paginate({ body: {} }, strategy, { transport, checkpoint: job })) {
        const next = new Promise((resolve) => setTimeout(resolve, index === 0 ? 2 ** 30 : 0, process.on('SIGUSR2', resolve)));
        console.log('page', index); // It may be stopped from now on.
        await next;
      }
      console.log('done');
    } catch (error) {
      console.log(error.name, error.lost, error.message);
    }
    process.exit();
  `);
  await until('the other process has a page', () => other.out().includes('page 0'));
  return other;
}

describe('a fileStore', () => {
  const indexIn = (folder: string) =>
    (JSON.parse(readFileSync(join(folder, 'job.json'), 'utf8')) as { resume: { index: number } }).resume.index;

  it('refuses a run of another process, and lets it take over from one that was killed', async () => {
    const folder = temporaryFolder();
    const other = await runElsewhere(folder);
    const refused = await rejection(take(fileStore(folder)));
    expect(refused).toMatchObject({ name: 'LeaseError', holder: `${hostname()}, process ${other.child.pid}` });
    expect(refused['until']).toBeGreaterThan(Date.now());
    other.child.kill('SIGKILL');
    await other.ended;
    expect(existsSync(join(folder, 'job.json.lock'))).toBe(true);
    // On Linux a crash is seen; elsewhere it takes the time of the lease.
    if (process.platform === 'linux') {
      expect(await take(fileStore(folder))).toEqual([0, 1, 2, 3]);
      expect(readdirSync(folder)).toEqual(['job.json']);
    }
  });

  it('a run that was stopped for longer than its lease does not overwrite what the next one has stored', async () => {
    const folder = temporaryFolder();
    const other = await runElsewhere(folder, 1000);
    other.child.kill('SIGSTOP');
    await eventually(async () => {
      const seen = await take(fileStore(folder), 3).catch((error: unknown) => error);
      if (seen instanceof LeaseError) return false;
      expect(seen).toEqual([0, 1, 2]);
      return true;
    });
    expect(indexIn(folder)).toBe(2);
    const held = await begin2(folder);
    other.child.kill('SIGUSR2');
    other.child.kill('SIGCONT');
    const { out } = await other.ended;
    expect(out).toMatch(
      /^page 0\nLeaseError true the lease of the checkpoint "job" is lost: .* has taken it over since /,
    );
    expect(indexIn(folder)).toBe(2);
    expect(existsSync(join(folder, 'job.json.lock'))).toBe(true); // It has not released the lease of the other run.
    expect((await held.next()).value?.index).toBe(3);
    await held.return();
    expect(readdirSync(folder)).toEqual(['job.json']);
  });
  const begin2 = async (folder: string) => {
    const pages = walk(fileStore(folder))[Symbol.asyncIterator]();
    expect((await pages.next()).value?.index).toBe(2);
    return pages;
  };

  it('a run that was stopped, and was not taken over, continues', async () => {
    const folder = temporaryFolder();
    const other = await runElsewhere(folder, 1000);
    other.child.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    other.child.kill('SIGUSR2');
    other.child.kill('SIGCONT');
    expect((await other.ended).out).toBe('page 0\npage 1\npage 2\npage 3\ndone\n');
    expect(readdirSync(folder)).toEqual(['job.json']);
  });

  it('a commit that was stopped at any of its steps stores nothing once the lease is taken over', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'job.json');
    for (let round = 0; round < 8; round++) {
      const other = start(`
        const lease = await node.fileStore(${JSON.stringify(folder)}).lease('job', 'other', 150);
        console.log('held');
        for (let i = 0; ; i++) {
          const result = await lease.set('other ' + i);
          if (result !== true) break;
        }
        console.log('lost');
        await lease.release();
      `);
      await until('it commits', () => other.out().includes('held') && existsSync(file));
      await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 10));
      other.child.kill('SIGSTOP');
      let lease: Lease | LeaseTaken = {};
      await eventually(async () => {
        lease = await fileStore(folder).lease('job', 'me', 60_000);
        return 'set' in lease;
      });
      const before = readFileSync(file, 'utf8');
      other.child.kill('SIGCONT');
      expect(await other.ended).toMatchObject({ code: 0, out: 'held\nlost\n' });
      expect(readFileSync(file, 'utf8')).toBe(before);
      expect(await (lease as Lease).set('mine')).toBe(true);
      expect(readFileSync(file, 'utf8')).toBe('mine');
      await (lease as Lease).release();
      expect(readdirSync(folder)).toEqual(['job.json']);
    }
  });

  it('of many processes that begin at once, one gets the lease', async () => {
    const folder = temporaryFolder();
    // A lock of a process that has crashed, which all of them try to take over.
    const crashed = start(`await node.fileStore(${JSON.stringify(folder)}).lease('job', 'crashed', 60_000); process.kill(process.pid, 'SIGKILL')`); // prettier-ignore
    await crashed.ended;
    const others = Array.from({ length: 6 }, () =>
      start(`
        const result = await node.fileStore(${JSON.stringify(folder)}).lease('job', 'other', 60_000);
        const mine = 'set' in result && (await result.set('mine')) === true;
        console.log(mine ? 'mine' : 'taken by ' + result.holder);
        setInterval(() => undefined, 1000); // Alive, so that its lease is.
      `),
    );
    await until('all have an answer', () => others.every((other) => other.out().endsWith('\n')));
    const answers = others.map((other) => other.out());
    if (process.platform === 'linux') expect(answers.filter((out) => out === 'mine\n')).toHaveLength(1);
    for (const out of answers) expect(out).toMatch(/^(mine|taken by (other|crashed))\n$/);
  });

  const lock = (folder: string, process: object | undefined, ms = 60_000) =>
    writeFileSync(
      join(folder, 'job.json.lock'),
      JSON.stringify({ id: 'a', holder: 'other', since: 1, ms, ...(process && { process }) }),
    );
  const old = (folder: string, ms: number) => {
    const time = new Date(Date.now() - ms);
    utimesSync(join(folder, 'job.json.lock'), time, time);
  };

  it.each([
    ['on another machine', { machine: 'other', pid: 2 ** 30, started: '1' }],
    ['of which nothing is known', undefined],
  ])('waits for the time of a run %s', async (_, process) => {
    const folder = temporaryFolder();
    lock(folder, process);
    old(folder, 55_000);
    expect(await rejection(take(fileStore(folder)))).toMatchObject({ name: 'LeaseError', holder: 'other', since: 1 });
    // The time is that of the run that holds the lease.
    expect(await rejection(take(fileStore(folder), 9, { lease: { time: 1000 } }))).toBeInstanceOf(LeaseError);
    old(folder, 61_000);
    expect(await take(fileStore(folder))).toEqual([0, 1, 2, 3]);
  });

  it('waits for a lock that has no text, as one that is just being written', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'job.json.lock'), '');
    expect((await rejection(take(fileStore(folder)))).message).toContain('is in use by another run since');
    old(folder, 61_000);
    expect(await take(fileStore(folder))).toEqual([0, 1, 2, 3]);
  });

  (process.platform === 'linux' ? it : it.skip)('takes over at once if another process has the number of the one that crashed', async () => {
    const folder = temporaryFolder();
    const machine = `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
    const started = readFileSync(`/proc/${process.ppid}/stat`, 'utf8').replace(/^.*\)/s, '').split(' ')[20]!;
    lock(folder, { machine, pid: process.ppid, started });
    expect(await rejection(take(fileStore(folder)))).toBeInstanceOf(LeaseError);
    lock(folder, { machine, pid: process.ppid, started: '1' });
    expect(await take(fileStore(folder))).toEqual([0, 1, 2, 3]);
  }); // prettier-ignore

  it('keeps no process alive', async () => {
    const folder = temporaryFolder();
    const { out, code } = await start(`
      const lease = await node.fileStore(${JSON.stringify(folder)}).lease('other', 'me', 60_000);
      const strategy = { name: 'counting', first: 1, place: (request) => request, items: () => [1], next: () => 1 };
      const transport = () => [{ status: 200, url: '', headers: { get: () => null }, body: {} }];
      const checkpoint = pagewise.checkpoint(node.fileStore(${JSON.stringify(folder)}), 'job');
      const pages = pagewise.paginate({ url: 'http://localhost' }, strategy, { transport, checkpoint })[Symbol.asyncIterator]();
      await pages.next();
      console.log('a page');
    `).ended;
    expect({ out, code }).toEqual({ out: 'a page\n', code: 0 });
  });

  it('hides the lock from others, and puts it beside what a link leads to', async () => {
    const folder = temporaryFolder();
    const pages = await begin(fileStore(folder));
    expect(readdirSync(folder)).toEqual(['job.json.lock']);
    await pages.return();
    expect(readdirSync(folder)).toEqual([]);
  });
});
