import { fileSink, type FileSinkOptions, type FileWritten } from './file-sink.js';
import { ndjsonFormat } from './format.js';
import type { Sink } from './sink.js';

/**
 * Writes items to a file, one JSON value per line, gzipped if its name ends in `.gz`.
 *
 *     await paginate(request, strategy, { checkpoint: checkpoint(fileStore('.jobs'), 'orders') })
 *       .to(writeNdjson('orders.ndjson.gz'));
 *
 * With a checkpoint, each commit stores the file's length, and the next run cuts off anything after it. Every item is
 * in the file exactly once, wherever the process was killed. Pages are flushed to the disk before they are committed.
 * @throws ConfigError for options that can't work; later WriteError, ResumeError, and whatever the pages throw
 */
export const writeNdjson = <Item = unknown>(
  file: string,
  options: FileSinkOptions<Item> = {},
): Sink<Item, FileWritten> => fileSink('writeNdjson', file, options, [], ndjsonFormat);
