import { randomBytes } from 'node:crypto';
import { readlinkSync, readFileSync } from 'node:fs';
import { link, open, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { Lease, LeaseTaken } from '../checkpoint.js';
import { followLinks, removeLeftovers, replaceFile } from './files.js';

// The lease of a file is a file beside it, `orders.json.lock`. Whoever creates it holds the lease, its time of change says
// when it was renewed, and its text who holds it.
//
// Nothing locks the folder, so a run may be stopped between any two steps here, and another one may take the lease over
// meanwhile. What makes a late commit fail is the order of the steps:
//
//     commit     write the temporary file  ▸  read the lock: is it mine?  ▸  rename the temporary file
//     takeover   replace the lock          ▸  remove temporary files      ▸  read the file
//
// If the commit finds its own lock, its temporary file was there before the lock was replaced. So the takeover removes
// it, and the rename finds nothing to rename; or the rename was first, and the takeover reads what it stored.

/** What a lock says of its holder. */
interface Lock {
  /** Differs for each lease. */
  readonly id: string;
  readonly holder: string;
  /** In epoch milliseconds. */
  readonly since: number;
  /** Milliseconds after which it is taken over if it is not renewed. */
  readonly ms: number;
  /** The process, if a crash can be told: a number that another process may have later, and when it was started. */
  readonly process?: RunningProcess | undefined;
}

interface RunningProcess {
  /** The boot of the machine, and the container: elsewhere the same number is another process. */
  readonly machine: string;
  readonly pid: number;
  readonly started: string;
}

/** A lock that was found: its text, and what it says if that is a lock. */
interface Found {
  readonly text: string;
  readonly lock: Lock | undefined;
  /** Tells it from a later lock of the same name. */
  readonly identity: string;
  /** When it was renewed, by the clock of the file system. */
  readonly renewed: number;
}

const lockOf = (path: string): string => `${followLinks(path)}.lock`;

/** Takes the lease of a file, whose folder must exist. @returns who holds it, if it is taken */
export async function leaseFile(path: string, holder: string, ms: number): Promise<Lease | LeaseTaken> {
  const name = lockOf(path);
  const lock: Lock = { id: randomBytes(12).toString('hex'), holder, since: Date.now(), ms, process: processOf() };
  for (let found = await take(name, lock); found; found = await take(name, lock)) {
    if (!isOver(found, await nowBeside(name))) return holderOf(found);
    await remove(name, found.identity);
  }
  await removeLeftovers(path);
  await removeLeftovers(name);

  /** @returns who has taken the lease over, unless it is still held */
  async function lost(): Promise<LeaseTaken | undefined> {
    const found = await find(name);
    return found?.lock?.id === lock.id ? undefined : found ? holderOf(found) : {};
  }
  return {
    async renew() {
      const taken = await lost();
      if (taken) return taken;
      // Not utimes: only a write has the time of the file system's clock, which another machine compares.
      await writeFile(name, JSON.stringify(lock), { flag: 'r+' });
      return true;
    },
    async set(text) {
      const notMine = new Error('the lease is lost');
      let taken: LeaseTaken | undefined;
      try {
        await replaceFile(path, text, async () => {
          taken = await lost();
          if (taken) throw notMine;
        });
      } catch (error) {
        taken ??= await lost(); // Also if the rename found nothing to rename.
        if (taken) return taken;
        throw error;
      }
      return true;
    },
    release: () => remove(name, lock.id),
  };
}

/** Who holds the lease of a file; `undefined` if no one does. */
export async function leaseOf(path: string): Promise<LeaseTaken | undefined> {
  const name = lockOf(path);
  const found = await findWhole(name);
  return !found || isOver(found, Date.now()) ? undefined : holderOf(found);
}

const holderOf = ({ lock, renewed }: Found): LeaseTaken => ({
  holder: lock?.holder,
  since: lock?.since ?? Math.round(renewed),
  until: Math.round(renewed) + (lock?.ms ?? unwritten),
});

/** Milliseconds after which a lock without a text is of a run that crashed before it could write it. */
const unwritten = 60_000;

/** Creates the lock. @returns the one that is there already */
async function take(name: string, lock: Lock): Promise<Found | undefined> {
  for (;;) {
    try {
      await writeFile(name, JSON.stringify(lock), { flag: 'wx', mode: 0o600 });
      return undefined;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const found = await findWhole(name);
    if (found) return found;
  }
}

async function find(name: string): Promise<Found | undefined> {
  const file = await open(name).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return undefined;
  try {
    const { mtimeMs, ino } = await file.stat();
    const text = await file.readFile('utf8');
    const lock = parse(text);
    return { text, lock, identity: lock?.id ?? `${ino} ${text}`, renewed: mtimeMs };
  } finally {
    await file.close();
  }
}

/** Waits a moment for the text of a lock that was just created. */
async function findWhole(name: string): Promise<Found | undefined> {
  let found = await find(name);
  for (let i = 0; i < 10 && found && !found.lock; i++) {
    await setTimeout(20);
    found = await find(name);
  }
  return found;
}

function parse(text: string): Lock | undefined {
  try {
    const lock = JSON.parse(text) as Partial<Lock> | null;
    return typeof lock?.id === 'string' && typeof lock.holder === 'string' && typeof lock.ms === 'number'
      ? (lock as Lock)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the holder has crashed, or has not renewed its lease in time. */
function isOver({ lock, renewed }: Found, now: number): boolean {
  const here = processOf();
  if (here && lock?.process?.machine === here.machine) {
    const { pid, started } = lock.process;
    if (startOf(pid) !== started) return true;
    if (pid === here.pid) return false; // Another walk of this process, which can't be stopped alone.
  }
  // If it was renewed far in the future, the clock was set back since.
  return Math.abs(now - renewed) > (lock?.ms ?? unwritten);
}

/** The time by the clock of the file system: machines that share a folder may differ. */
async function nowBeside(name: string): Promise<number> {
  const probe = `${name}.${randomBytes(6).toString('hex')}.tmp`;
  const file = await open(probe, 'wx', 0o600);
  try {
    return (await file.stat()).mtimeMs;
  } finally {
    await file.close();
    await rm(probe, { force: true });
  }
}

/** Removes this lock and no other one, which may have come in its place since it was read. */
async function remove(name: string, identity: string): Promise<void> {
  if ((await find(name))?.identity !== identity) return;
  const aside = `${name}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await rename(name, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  // One that came between reading and renaming is put back. If that fails, its holder has lost its lease, and hears of it.
  if ((await find(aside))?.identity !== identity) await link(aside, name).catch(() => undefined);
  await rm(aside, { force: true });
}

/** This process; `undefined` where a crash can't be told from a process elsewhere. */
function processOf(): RunningProcess | undefined {
  const machine = (ownMachine ??= machineOf());
  const started = startOf(process.pid);
  return machine === '' || started === undefined ? undefined : { machine, pid: process.pid, started };
}

let ownMachine: string | undefined;

/** Only Linux has all of this in files. */
function machineOf(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

/** When a process was started, in ticks since the boot; `undefined` if there is none. */
function startOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : rest[18]; // A zombie has ended.
  } catch {
    return undefined;
  }
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;
