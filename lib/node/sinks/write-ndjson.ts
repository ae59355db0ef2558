import { fileSink, type FileSinkOptions, type FileWritten } from './file-sink.js';
import { ndjsonFormat } from './format.js';
import type { Sink } from './sink.js';

/**
 * Writes items into a file, one JSON value a line; gzipped where its name ends in `.gz`.
 *
 *     await paginate(request, strategy, { checkpoint: checkpoint(fileStore('.jobs'), 'orders') })
 *       .to(writeNdjson('orders.ndjson.gz'));
 *
 * With a checkpoint, the file's length is part of each commit, and the next run cuts off what came after it: every item
 * is in the file once, wherever the process was killed. What was written is flushed to the disk before it is committed.
 * @throws ConfigError for options that can't work; later WriteError, ResumeError, and whatever the pages throw
 */
export const writeNdjson = <Item = unknown>(
  file: string,
  options: FileSinkOptions<Item> = {},
): Sink<Item, FileWritten> => fileSink('writeNdjson', file, options, [], ndjsonFormat);
