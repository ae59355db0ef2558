import { cursor, paginate, type PaginateOptions } from 'pagewise';

const strategy = cursor({ items: 'items', next: 'next', cursorParam: 'page' });

export const walk = (url: string, options: Omit<PaginateOptions, 'schema'> = {}) =>
  paginate({ url }, strategy, options);
