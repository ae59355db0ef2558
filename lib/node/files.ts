import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Replaces a file, completely or not at all. Only its owner can read the new file. If the path is a link, the link stays
 * and the file that it leads to is replaced.
 * @param confirm called last; what it throws leaves the file as it is
 */
export async function replaceFile(path: string, text: string, confirm?: () => Promise<void>): Promise<void> {
  const target = followLinks(path);
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  // Exclusive, with an unguessable name: otherwise a link planted there would be followed.
  const file = await open(temporary, 'wx', 0o600);
  inUse.add(temporary);
  try {
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await confirm?.();
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    inUse.delete(temporary);
  }
  await syncFolder(dirname(target));
}

/** Temporary files that this process is writing. */
const inUse = new Set<string>();

/** Removes the temporary files that killed runs have left beside a file. */
export async function removeLeftovers(path: string): Promise<void> {
  const target = followLinks(path);
  const start = `${basename(target)}.`;
  // Without the folder, or the right to read it, there is nothing to remove.
  for (const name of await readdir(dirname(target)).catch(() => [])) {
    if (!name.startsWith(start) || !/^[0-9a-f]{12}\.tmp$/.test(name.slice(start.length))) continue;
    const leftover = join(dirname(target), name);
    if (!inUse.has(leftover)) await rm(leftover, { force: true }).catch(() => undefined);
  }
}

/** The path of the file that a path leads to, through links; the file may be missing. */
export function followLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
  }
  const folder = tryTo(() => realpathSync(dirname(path))) ?? dirname(path);
  const link = tryTo(() => readlinkSync(path));
  return link === undefined ? join(folder, basename(path)) : followLinks(resolve(folder, link));
}

function tryTo<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** Settles when the names in a folder survive a power failure, if the system supports that. */
export async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder, 'r').catch(() => undefined);
  try {
    await opened?.sync();
  } catch {
    // Windows and some file systems don't support it.
  } finally {
    await opened?.close();
  }
}

/** The text of a file, without a byte order mark; `undefined` if there is no file. @throws Error for a pipe or a device */
export async function readText(path: string): Promise<string | undefined> {
  // Without O_NONBLOCK, opening a pipe would wait for its writer, and the process could not exit.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  });
  try {
    const stat = await file?.stat();
    if (stat && !stat.isFile() && !stat.isDirectory())
      throw new Error(`${path} is a pipe or a device, which can't be read again; name a file`);
    return (await file?.readFile('utf8'))?.replace(/^\ufeff/, '');
  } finally {
    await file?.close();
  }
}

/**
 * Makes a folder and those that it is in, one by one: Node's own recursion never ends where a file system makes none, such
 * as /proc.
 */
export function makeFolders(path: string): void {
  const missing: string[] = [];
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  for (const folder of missing) {
    try {
      mkdirSync(folder);
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error; // Another run has made it.
    }
  }
  if (!statSync(path).isDirectory()) throw failed('ENOTDIR', 'it is a file');
}

/** Whether a path leads to a pipe, which only a reader or a writer at its other end lets go on. */
export function isPipe(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFIFO() ?? false;
  } catch {
    return false; // Whoever opens it says why it can't be.
  }
}

/** Whether a file can be written, or created; nothing is changed. @throws Error if it can't */
export function checkWritable(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) throw failed('EISDIR', 'it is a folder');
  if (stat?.isSocket()) throw failed('ENXIO', 'it is a socket');
  accessSync(stat ? path : dirname(followLinks(path)), constants.W_OK);
  // Rights are not all: the file may be immutable, or a program that runs.
  if (stat?.isFile()) closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
}

const failed = (code: string, message: string): Error => Object.assign(new Error(message), { code });
