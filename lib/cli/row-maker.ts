import type { Page } from '../page.js';
import { parsePath, readPath } from '../values/path.js';
import type { Arguments } from './arguments.js';
import { formatName } from './output-format.js';

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
