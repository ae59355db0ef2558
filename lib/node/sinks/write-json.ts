import { fileSink, type FileSinkOptions, type FileWritten } from './file-sink.js';
import { jsonFormat } from './format.js';
import type { Sink } from './sink.js';

/**
 * Writes items into a file, as one JSON array with a line for each; gzipped where its name ends in `.gz`. The array's end
 * is written with each page, so the file is valid whenever a page is written. Exactly once with a checkpoint, as
 * `writeNdjson`.
 * @throws ConfigError for options that can't work; later WriteError, ResumeError, and whatever the pages throw
 */
export const writeJson = <Item = unknown>(
  file: string,
  options: Omit<FileSinkOptions<Item>, 'append'> = {},
): Sink<Item, FileWritten> => fileSink('writeJson', file, options, [], jsonFormat);
