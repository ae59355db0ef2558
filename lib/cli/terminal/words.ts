/** `1 page`, `1,000 items`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;

export const retried = (count: number): string => counted(count, 'retry', 'retries');

/** An argument as a POSIX shell reads it back. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
