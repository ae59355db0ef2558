/** The number of letters to change, add or remove. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(Math.min((row[j] ?? 0) + (letter === b[j] ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    row = next;
  }
  return row.at(-1) ?? 0;
}

const sorted = (name: string): string => Array.from(name).sort().join('');

/**
 * Whether one name is probably the other one, misspelt: the same apart from case and separators, or a letter or two
 * apart, or with two letters swapped. Not names that differ in a number (`phone`, `phone2`), nor short ones (`id`,
 * `ip`).
 */
export function isMisspelt(a: string, b: string): boolean {
  const [x, y] = [a, b].map((name) => name.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase()) as [string, string];
  if (x === y) return a !== b;
  const shortest = Math.min(x.length, y.length);
  if (Math.abs(x.length - y.length) > 2 || x.length > 60 || x.replace(/\d+/g, '') === y.replace(/\d+/g, ''))
    return false;
  const swapped = x.length === y.length && sorted(x) === sorted(y);
  return distance(x, y) <= (shortest >= 7 || (swapped && shortest >= 4) ? 2 : shortest >= 4 ? 1 : 0);
}
