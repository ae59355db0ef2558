import { csvFormat } from '../node/sinks/csv-format.js';
import type { Format } from '../node/sinks/format.js';
import { jsonFormat } from '../node/sinks/json-format.js';
import { ndjsonFormat } from '../node/sinks/ndjson-format.js';
import type { Arguments, FormatName } from './arguments.js';

/** What `--format` says, or the name of the file. */
export function formatName({ format, output = '-' }: Pick<Arguments, 'format' | 'output'>): FormatName {
  if (format) return format;
  const [, extension] = /\.(json|csv)(?:\.gz)?$/i.exec(output) ?? [];
  return (extension?.toLowerCase() as FormatName | undefined) ?? 'ndjson';
}

/** @throws ConfigError for fields that are no paths */
export function outputFormat(args: Pick<Arguments, 'format' | 'output' | 'fields'>): Format {
  switch (formatName(args)) {
    case 'ndjson':
      return ndjsonFormat;
    case 'json':
      return jsonFormat;
    case 'csv':
      return csvFormat(args.fields ? '--fields' : '--format csv', args.fields, false);
  }
}
