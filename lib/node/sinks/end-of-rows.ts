import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ConfigError, WriteError } from '../../errors.js';
import type { Format } from './format.js';

/** The end of a file that is appended to. */
export interface EndOfRows {
  /** Whether the file has no rows yet, so that it needs its beginning. */
  readonly empty: boolean;
}

/**
 * Checks whether rows can be appended to a file. A pipe or a device counts as empty.
 * @param name the sink's name in errors
 * @throws ConfigError if the file does not end with a whole row, or has other columns; WriteError if it can't be read
 */
export async function endOfRows(name: string, path: string, format: Format): Promise<EndOfRows> {
  const zipped = path.endsWith('.gz');
  const refuse = (problem: string) => new ConfigError(`${name}: ${path} ${problem}`);
  try {
    const size = await fileSize(path);
    if (size === 0) return { empty: true };
    // Only CSV begins with something: its header.
    const header = [...(await format.open(undefined)).rows([])].join('');
    const { text, broken, quoted, row, last } =
      zipped || header !== '' ? await readRows(path, zipped, size) : await readEnd(path, size);
    if (broken !== undefined)
      throw refuse(`is not a whole gzip file (${broken}), so appended rows could not be read; write to another file`);
    if (text === 0) return { empty: true };
    if (header !== '' && quoted)
      throw refuse('ends within a quoted cell, so its last row is incomplete; remove that row, then append');
    if (last !== lineFeed)
      throw refuse(
        'does not end with a line break, so its last row may be incomplete; remove that row or add the line break, then append',
      );
    if (header !== '') checkHeader(name, path, header, row);
    return { empty: false };
  } catch (cause) {
    throw cause instanceof ConfigError ? cause : new WriteError(path, cause);
  }
}

const lineFeed = 0x0a;
const quote = 0x22;
const longestHeader = 1_000_000;

/** 0 for a pipe, a device, and a file that does not exist. */
async function fileSize(path: string): Promise<number> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : 0;
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return 0;
    throw error;
  }
}

interface Reading {
  /** Bytes of text. */
  text: number;
  /** What is wrong with the compressed file. */
  broken: string | undefined;
  /** Whether the text ends within quotes. */
  quoted: boolean;
  /** The first row, with its line break. */
  row: string;
  last: number | undefined;
}

/** Reads the last byte only. */
async function readEnd(path: string, size: number): Promise<Reading> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    return { text: size, broken: undefined, quoted: false, row: '', last: buffer[0] };
  } finally {
    await file.close();
  }
}

/** Reads the whole text. A quote within a quoted cell is doubled, so an odd number of quotes is an open cell. */
async function readRows(path: string, zipped: boolean, size: number): Promise<Reading> {
  const reading: Reading = { text: 0, broken: undefined, quoted: false, row: '', last: undefined };
  const file = createReadStream(path);
  const gunzip = zipped ? createGunzip() : undefined;
  const first: Buffer[] = [];
  let inFirst = true;
  try {
    for await (const chunk of (gunzip ? pipeline(file, gunzip, () => undefined) : file) as AsyncIterable<Buffer>) {
      reading.text += chunk.length;
      reading.last = chunk.at(-1);
      for (let at = 0; at < chunk.length; at++) {
        if (chunk[at] === quote) reading.quoted = !reading.quoted;
        else if (inFirst && chunk[at] === lineFeed && !reading.quoted) {
          inFirst = false;
          first.push(chunk.subarray(0, at + 1));
        }
      }
      if (inFirst && reading.text < longestHeader) first.push(chunk);
    }
  } catch (error) {
    if (!(error as { code?: string }).code?.startsWith('Z_')) throw error;
    reading.broken = (error as Error).message;
  } finally {
    file.destroy();
    // The descriptor is closed after the last chunk has been read.
    await new Promise<void>((resolve) => (file.closed ? resolve() : file.once('close', resolve)));
  }
  // gunzip does not read past padding zeros.
  const rest = gunzip ? size - gunzip.bytesWritten : 0;
  if (rest > 0) reading.broken ??= `${String(rest)} other bytes at its end`;
  reading.row = Buffer.concat(first).toString();
  return reading;
}

function checkHeader(name: string, path: string, header: string, row: string): void {
  const [wanted, found] = [cellsOf(header), cellsOf(row)];
  if (JSON.stringify(wanted) === JSON.stringify(found)) return;
  throw new ConfigError(
    `are ${wanted.join(', ')}, but the first row of ${path} is ${found.join(', ').slice(0, 200)}; use the columns of the file, or write to another file`,
    { of: name, options: ['columns'] },
  );
}

/** The cells of one CSV row, whichever of them are quoted. */
function cellsOf(row: string): readonly string[] {
  const text = row.replace(/^\uFEFF/, '').replace(/\r?\n$/, '');
  const cells = text.match(/(?:^|,)(?:"(?:[^"]|"")*"|[^,]*)/g) ?? [];
  return cells.map((cell, index) => {
    const value = index === 0 ? cell : cell.slice(1);
    return value.startsWith('"') && value.endsWith('"') && value.length > 1 ? value.slice(1, -1).replaceAll('""', '"') : value; // prettier-ignore
  });
}
