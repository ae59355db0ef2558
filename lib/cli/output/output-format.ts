import { csvFormat } from '../../node/sinks/csv-format.js';
import { type Format, jsonFormat, ndjsonFormat } from '../../node/sinks/format.js';
import type { Page } from '../../page.js';
import { parsePath, readPath } from '../../reading/path.js';
import type { Arguments, FormatName } from '../flags/arguments.js';

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

/** What is written of a page, given those of its items that are. */
export type RowMaker = (page: Page, items: readonly unknown[]) => readonly unknown[];

/** @throws ConfigError for fields that are no paths */
export function rowMaker(args: Pick<Arguments, 'format' | 'output' | 'fields' | 'pages'>): RowMaker {
  const paths = args.fields?.map((field) => parsePath('--fields', field));
  // CSV has columns, which read them by themselves.
  const picked =
    paths && formatName(args) !== 'csv'
      ? (items: readonly unknown[]) =>
          items.map((item) => Object.fromEntries(paths.map((path) => [path.text, readPath(item, path)])))
      : (items: readonly unknown[]) => items;
  if (!args.pages) return (_page, items) => picked(items);
  return ({ index, total, next }, items) => [{ index, items: picked(items), total, next: next ?? null }];
}
