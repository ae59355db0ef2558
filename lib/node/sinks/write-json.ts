import { fileSink, type FileSinkOptions, type FileWritten } from './file-sink.js';
import { jsonFormat } from './format.js';
import type { Sink } from './sink.js';

/**
 * Writes items to a file as one JSON array with one line per item, gzipped if its name ends in `.gz`. The array is
 * closed after each page, so the file is valid JSON after every page. With a checkpoint, each item is written exactly
 * once, as with `writeNdjson`.
 * @throws ConfigError for options that can't work; later WriteError, ResumeError, and whatever the pages throw
 */
export const writeJson = <Item = unknown>(
  file: string,
  options: Omit<FileSinkOptions<Item>, 'append'> = {},
): Sink<Item, FileWritten> => fileSink('writeJson', file, options, [], jsonFormat);
