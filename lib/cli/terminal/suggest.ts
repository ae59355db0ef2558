/** ` (Did you mean …?)` if a known name is similar to the given one. */
export function suggest(given: string, known: Iterable<string>): string {
  const plain = (name: string) => name.replaceAll('-', '').toLowerCase();
  const near = [...known].find((name) => name !== '' && distance(plain(given), plain(name)) <= 2);
  return near === undefined ? '' : ` (Did you mean ${near}?)`;
}

/** The number of letters to change, add or remove. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(Math.min((row[j] ?? 0) + (letter === b[j] ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    row = next;
  }
  return row.at(-1) ?? 0;
}
