import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { checkpoint, type LeaseTaken, openKey, type Place } from '../../checkpoint.js';
import { LeaseError } from '../../errors.js';
import { leaseOf } from '../../node/file-lease.js';
import { readText } from '../../node/files.js';
import { UsageError } from '../flags/arguments.js';
import type { CheckpointAction } from '../flags/parse-arguments.js';
import { codeOf, fileByName, readCheckpoint } from '../output/job-output.js';
import { fileOfKeys } from '../output/seen-keys.js';
import { sharedOutput } from '../output/shared-output.js';
import { visibleLines } from '../terminal/say.js';
import { counted, pagesOf } from '../terminal/words.js';

/** A file of --checkpoint. */
interface KeptFile {
  readonly file: string;
  /** `undefined` if it is damaged, or belongs to a job with partitions. */
  readonly place: Place | undefined;
  /** What a job with partitions keeps beside their checkpoints. */
  readonly beside: string | undefined;
  /** When it was written, in epoch milliseconds. */
  readonly saved: number;
  /** The run that uses it. */
  readonly user: LeaseTaken | undefined;
}

/** Folder of the checkpoints of jobs in a file. */
const defaultFolder = '.pagewise';

/** Lists, shows or deletes checkpoints. @returns the exit code. @throws UsageError; LeaseError for one that is in use */
export async function checkpoints(action: CheckpointAction, paths: readonly string[]): Promise<number> {
  switch (action) {
    case 'list':
      await list(paths.length === 0 ? [defaultFolder] : paths);
      break;
    case 'show':
      for (const path of named(action, paths)) print(shown(await read(path)));
      break;
    case 'delete':
      // What a job keeps beside the checkpoints of its partitions goes last.
      for (const path of [...named(action, paths)].sort((a, b) => Number(isBeside(a)) - Number(isBeside(b))))
        await remove(path);
  }
  return 0;
}

function named(action: string, paths: readonly string[]): readonly string[] {
  if (paths.length > 0) return paths;
  throw new UsageError(`checkpoints ${action} needs the file of a checkpoint, such as ${join(defaultFolder, 'JOB.json')}; pagewise checkpoints list names them`); // prettier-ignore
}

const print = (lines: readonly string[]) => process.stdout.write(visibleLines(lines));

async function list(paths: readonly string[]): Promise<void> {
  const all: KeptFile[] = [];
  for (const path of paths) all.push(...((await isFolder(path)) ? await readFolder(path) : [await read(path)]));
  if (all.length === 0) {
    print([`no checkpoints in ${paths.join(', ')}`]);
    return;
  }
  const rows = all.map((kept) => [kept.file, stateOf(kept), `${ago(kept.saved)}${kept.user ? `, ${useOf(kept.user)}` : ''}`]); // prettier-ignore
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)) + 2);
  print(rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('')));
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: unknown) => {
    // Before the first run of a job, there is no folder.
    if (path === defaultFolder && codeOf(error) === 'ENOENT') return undefined;
    throw unreadable(path, error);
  });
  return found?.isDirectory() ?? true;
}

/** The checkpoints in a folder, among any other files, and in its folders: those of partitions. */
async function readFolder(folder: string): Promise<readonly KeptFile[]> {
  const found: KeptFile[] = [];
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw unreadable(folder, error);
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await readFolder(path)));
    if (entry.isDirectory() || /\.(keys|lock|tmp)$/.test(entry.name)) continue;
    const text = await readText(path).catch(() => undefined);
    // Every checkpoint begins so, also one that was cut.
    if (text?.startsWith('{"v":1,"resume":')) found.push(await read(path));
  }
  return found;
}

/** @throws UsageError if there is no such file */
async function read(file: string): Promise<KeptFile> {
  try {
    const { mtimeMs } = await stat(file);
    const text = await readText(file);
    const place = await checkpoint({ get: () => text, set: () => undefined }, file)
      .load()
      .catch(() => undefined);
    return { file, place, beside: besideOf(text), saved: mtimeMs, user: await leaseOf(file) };
  } catch (error) {
    throw unreadable(file, error);
  }
}

const unreadable = (path: string, error: unknown) =>
  new UsageError(
    `checkpoints: can't read ${path} (${codeOf(error)}); name a folder of checkpoints, or one of its files`,
  );

/** Whether a job with partitions keeps this file beside their checkpoints. */
const isBeside = (path: string): boolean => /^#(\d+|output)\.json$/.test(basename(path));

/** What the text is, if it belongs to a job with partitions. */
function besideOf(text: string | undefined): string | undefined {
  if (text?.startsWith('{"v":1,"partitions":')) return 'which partitions the job has begun';
  return text?.startsWith('{"v":1,"key":') ? 'where the output of all partitions ends' : undefined;
}

function stateOf({ place, beside }: KeptFile): string {
  if (beside !== undefined) return beside;
  if (!place) return 'damaged, or no checkpoint';
  const { done, index, itemsBefore, gaps = [] } = place.resume;
  const missing = gaps.length === 0 ? '' : `, without ${pagesOf(gaps.map((gap) => gap.index))}`;
  // Of a job that is done, the index counts its pages.
  return done === true
    ? `done: ${counted(itemsBefore, 'item')}${missing}`
    : `page ${(index + 1).toLocaleString('en-US')} is next: ${counted(itemsBefore, 'item')}${missing}`;
}

const useOf = ({ holder = 'another run', since }: LeaseTaken): string =>
  `in use by ${holder}${since === undefined ? '' : ` since ${new Date(since).toISOString()}`}`;

const units = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000], ['second', 1000]] as const; // prettier-ignore

function ago(time: number): string {
  const ms = Math.max(0, Date.now() - time);
  const [name, length] = units.find(([, each]) => ms >= each) ?? ['second', 1000];
  return `${counted(Math.floor(ms / length), name)} ago`;
}

function shown(kept: KeptFile): readonly string[] {
  const { file, place, saved, user } = kept;
  const { as, bytes } = (place?.at ?? {}) as {
    readonly as?: Readonly<Record<string, unknown>>;
    readonly bytes?: number;
  };
  const output = as?.['-o'] === '-' ? 'stdout' : as?.['-o'];
  return [
    file,
    `  state     ${stateOf(kept)}`,
    ...(place?.resume.total === undefined ? [] : [`  total     ${counted(place.resume.total, 'item')} announced by the API`]),
    ...(place?.resume.position === undefined ? [] : ['  position  not shown, since it may be a secret; it is in the file']),
    ...(typeof output === 'string' ? [`  output    ${output}${bytes === undefined ? '' : `, ${counted(bytes, 'byte')}`}`] : []),
    `  saved     ${new Date(saved).toISOString()}, ${ago(saved)}`,
    ...(user ? [`  lease     ${useOf(user)}`] : []),
  ]; // prettier-ignore
}

/** Deletes a checkpoint and its keys, as a run that uses it would: no other run does. */
async function remove(file: string): Promise<void> {
  if (await isFolder(file))
    throw new UsageError(`checkpoints delete ${file}: this is a folder; name the files, as in ${join(file, '*.json')}`);
  const { place, beside } = await read(file);
  if (!place && beside === undefined)
    throw new UsageError(`checkpoints delete ${file}: the file is damaged, or no checkpoint; delete it with rm if you are sure`); // prettier-ignore
  const folder = dirname(file);
  if (beside !== undefined && (await readdir(folder)).some((name) => name.endsWith('.json') && !isBeside(name)))
    throw new UsageError(`checkpoints delete ${file}: the partitions in ${folder} need this file; to start over, delete their checkpoints too, and the output`); // prettier-ignore
  const job = join(folder, '#0.json');
  const use = openKey(fileByName, file);
  const ofJob = file !== job && existsSync(job) ? openKey(fileByName, job) : undefined;
  try {
    await ofJob?.begin();
    await use.begin();
    // The end of an output that partitions share may be known by this checkpoint alone.
    if (place && existsSync(join(folder, '#output.json')))
      await sharedOutput(folder, (path) => readCheckpoint(path, undefined)).settle();
    await rm(fileOfKeys(file), { force: true });
    await rm(file, { force: true });
  } catch (error) {
    if (error instanceof LeaseError || error instanceof UsageError) throw error;
    throw new UsageError(`checkpoints delete ${file}: can't delete it (${codeOf((error as Error).cause ?? error)})`);
  } finally {
    await use.end();
    await ofJob?.end();
  }
  print([`deleted ${file}`]);
}
