import { dirname, resolve } from 'node:path';
import { fileId, isSameFile } from '../../node/same-file.js';
import { UsageError } from '../flags/arguments.js';
import { fillIn, keyOf, type Template, type Values } from './placeholders.js';

/** One partition of a job. */
export interface Part {
  readonly key: string;
  readonly values: Values;
}

/** A file, and what it is of, for messages. */
export interface NamedFile {
  readonly path: string;
  readonly what: string;
}

export const labelOf = (values: Values): string => Object.values(values).join(', ');

/** Every combination of the values, the last name changing fastest. */
export function* parts(lists: ReadonlyMap<string, readonly string[]>): Generator<Part> {
  const names = [...lists.keys()];
  function* combine(index: number, before: Values): Generator<Values> {
    const name = names[index];
    if (name === undefined) yield before;
    else for (const value of lists.get(name) ?? []) yield* combine(index + 1, { ...before, [name]: value });
  }
  for (const values of combine(0, {})) yield { key: keyOf(names, values), values };
}

/** What the partitions of a job are checked for. */
export interface CheckedFor {
  /** The file and the job, for messages. */
  readonly location: string;
  /** Whether the values are an API's: then a partition that is refused fails, and the others run. */
  readonly isForeign: boolean;
  /** The file of each checkpoint, by key. */
  readonly checkpointOf: ((key: string) => string) | undefined;
  /** Other files of the run. */
  readonly files: readonly NamedFile[];
  /** The files of partitions, those of earlier jobs included. */
  readonly taken: Map<string, NamedFile>;
}

/**
 * Fills in every partition before anything is sent: values that can't stand where their placeholders are, and files that
 * two partitions would share, or that the run reads or writes besides.
 * @returns the errors by key
 */
export function refusals(
  template: Template,
  lists: ReadonlyMap<string, readonly string[]>,
  { location, isForeign, checkpointOf, files, taken }: CheckedFor,
): ReadonlyMap<string, UsageError> {
  const refused = new Map<string, UsageError>();
  /** Folders of files, which can't be files. */
  const folders = new Map<string, NamedFile>();
  const others = files.map((file) => ({ ...file, id: fileId(file.path) }));
  const folded = (path: string) => path.normalize('NFC').toUpperCase().toLowerCase();
  for (const { key, values } of parts(lists)) {
    const label = labelOf(values);
    try {
      const { output } = fillIn(template, values);
      const written = [template.ownOutput ? output : undefined, checkpointOf?.(key)].filter(
        (file) => file !== undefined,
      );
      for (const given of written) {
        const path = resolve(given);
        const id = fileId(path);
        // On some systems, names that differ only in case are one file.
        const earlier = taken.get(folded(path));
        const other =
          earlier && (earlier.path === path || isSameFile(id, fileId(earlier.path)))
            ? earlier
            : others.find((file) => isSameFile(id, file.id));
        const above = foldersOf(path).map(folded);
        const nested = folders.get(folded(path)) ?? above.map((folder) => taken.get(folder)).find(Boolean);
        if (nested && nested.path !== path)
          throw new UsageError(
            `the partition ${label} would write to ${given}, and ${nested.what} to ${nested.path}: one would be a folder of the other; give one of them another name`,
          );
        if (other)
          throw new UsageError(
            `the partition ${label} would write to ${given}, as ${other.what} does, or reads it; give one of them another file`,
          );
        const own = { path, what: `the partition ${label}` };
        taken.set(folded(path), own);
        for (const folder of above) folders.set(folder, own);
      }
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const located = new UsageError(`${location}: ${error.message}`);
      if (!isForeign) throw located;
      refused.set(key, located);
    }
  }
  return refused;
}

/** All folders that a file is in. */
function foldersOf(path: string): readonly string[] {
  const folder = dirname(path);
  return folder === path ? [] : [folder, ...foldersOf(folder)];
}
