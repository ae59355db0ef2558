import { createReadStream, readFileSync } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parseExactJson } from '../../reading/exact-json.js';
import { parsePath, readPath } from '../../reading/path.js';
import { describe } from '../../values/describe.js';
import { UsageError } from '../flags/arguments.js';
import { codeOf, formatName, toStdout } from '../output/job-output.js';
import { type Job, partitionValue, type PartitionValues } from './read-config.js';

/**
 * The values of one name, each once.
 * @param location the file, the job and the name, for messages
 * @throws UsageError if a list or a file has a value twice, or if there is no text to read
 */
export async function valuesOf(
  values: PartitionValues,
  location: string,
  sources: ReadonlyMap<string, Job>,
): Promise<readonly string[]> {
  if ('job' in values) return [...new Set(await itemsOf(values, location, sources.get(values.job)))];
  const list = 'file' in values ? linesOf(values.file, location) : values;
  const seen = new Set<string>();
  for (const value of list) {
    if (seen.has(value)) throw new UsageError(`${location} has ${describe(value)} twice; remove one of them`);
    seen.add(value);
  }
  return list;
}

/** The lines of a file that are not empty. */
function linesOf(file: string, location: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    throw new UsageError(`${location}: can't read the file ${file} (${codeOf(error)})`);
  }
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.filter((line) => line !== '').map((line) => partitionValue(line, `${location}: a line of ${file}`));
}

/** A field of the rows that another job has written. Rows with the same value are one partition. */
async function itemsOf(
  { job, field }: { readonly job: string; readonly field: string },
  location: string,
  source: Job | undefined,
): Promise<readonly string[]> {
  const { flags = {}, partitions } = source ?? {};
  const refuse = (problem: string) => new UsageError(`${location}: the job ${JSON.stringify(job)} ${problem}`);
  if (partitions) throw refuse('has partitions itself; name a job with one output');
  if (toStdout(flags)) throw refuse('writes to stdout, which can not be read again; give it an "output"');
  if (flags.pages) throw refuse('writes whole pages ("pages"), not items');
  const { output = '' } = flags;
  if (formatName(flags) === 'csv') throw refuse('writes CSV; its output must be NDJSON or JSON');
  const path = parsePath(undefined, 'partitions', field);
  const found: string[] = [];
  let number = 0;
  try {
    for await (const line of textLinesOf(output)) {
      number++;
      // The rows of a JSON array stand on a line each.
      const text = line.replace(/,?\r?$/, '');
      if (text === '' || text === '[' || text === ']') continue;
      const item: unknown = parseExactJson(text);
      const own = typeof item === 'object' && item !== null && Object.hasOwn(item, field);
      const value = own ? (item as Readonly<Record<string, unknown>>)[field] : readPath(item, path);
      found.push(partitionValue(value, `${location}: ${field} in line ${number} of ${output}`));
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (codeOf(error) === 'ENOENT')
      throw refuse(`has not written ${output} yet; run it first, or both: pagewise run ${job} …`);
    throw refuse(`has an output that can't be read: ${output}, line ${number} (${(error as Error).message})`);
  }
  return found;
}

/** The lines of a file, compressed if its name says so. */
async function* textLinesOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  const stream = path.endsWith('.gz') ? pipeline(file, createGunzip(), () => undefined) : file;
  let rest = '';
  try {
    for await (const text of stream.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    file.destroy();
  }
}
