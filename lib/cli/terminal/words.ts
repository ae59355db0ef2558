/** `1 page`, `1,000 items`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;

export const retried = (count: number): string => counted(count, 'retry', 'retries');

/** An argument as a POSIX shell reads it back. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const shownPages = 20;

/** `page 3`, `pages 3, 7`: pages by their indexes, which count from 0. */
export function pagesOf(indexes: readonly number[]): string {
  const numbers = [...indexes].sort((a, b) => a - b).slice(0, shownPages);
  const more = indexes.length - numbers.length;
  const list = numbers.map((index) => index + 1).join(', ');
  return `${indexes.length === 1 ? 'page' : 'pages'} ${list}${more > 0 ? ` and ${more} more` : ''}`;
}
