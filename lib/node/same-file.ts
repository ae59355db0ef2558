import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { followLinks } from './files.js';

/** A file, or the name that it will have, however its path is spelt. */
export interface FileId {
  /** Device and inode: of the file, or else of the folder that will hold it. */
  readonly inode: string;
  /** The existing folder, and the rest of the path; empty if the file exists. */
  readonly folder: string;
  readonly rest: string;
}

/**
 * Identifies a file by its path or descriptor.
 * @returns `undefined` for pipes and devices, which any number of writers may share, and for paths that can't be read
 */
export function fileId(file: string | number): FileId | undefined {
  try {
    if (typeof file === 'number') return existing(fstatSync(file, { bigint: true }));
    const target = followLinks(file);
    const stat = statSync(target, { bigint: true, throwIfNoEntry: false });
    if (stat) return existing(stat);
    let folder = dirname(target);
    let rest = basename(target);
    while (!existsSync(folder) && dirname(folder) !== folder) {
      rest = join(basename(folder), rest);
      folder = dirname(folder);
    }
    return { inode: inodeOf(statSync(folder, { bigint: true })), folder, rest };
  } catch {
    return undefined;
  }
}

interface Stat {
  readonly dev: bigint;
  readonly ino: bigint;
  isFile(): boolean;
}

const inodeOf = ({ dev, ino }: Stat): string => `${String(dev)}:${String(ino)}`;

const existing = (stat: Stat): FileId | undefined =>
  stat.isFile() ? { inode: inodeOf(stat), folder: '', rest: '' } : undefined;

/** @param exists whether a path exists; tests replace it to simulate a file system that ignores case */
export const isSameFile = (
  a: FileId | undefined,
  b: FileId | undefined,
  exists: (path: string) => boolean = existsSync,
): boolean =>
  a !== undefined && a.inode === b?.inode && (a.rest === b.rest || isSameName(a.folder, a.rest, b.rest, exists));

/** Whether a file system treats two names as the same. Only names that differ by case or accents are tried. */
function isSameName(folder: string, a: string, b: string, exists: (path: string) => boolean): boolean {
  const folded = (name: string) => name.normalize('NFC').toUpperCase().toLowerCase();
  if (folded(a) !== folded(b)) return false;
  const probe = (name: string) => join(folder, `.pagewise-${stem}-${name.replaceAll(/[\\/]/g, '-')}`);
  const stem = randomBytes(6).toString('hex');
  try {
    closeSync(openSync(probe(a), 'wx', 0o600));
    try {
      return exists(probe(b));
    } finally {
      rmSync(probe(a), { force: true });
    }
  } catch {
    return false; // Neither can be created.
  }
}
