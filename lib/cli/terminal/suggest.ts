import { distance } from '../../values/similar.js';

/** ` (Did you mean …?)` if a known name is similar to the given one. */
export function suggest(given: string, known: Iterable<string>): string {
  const plain = (name: string) => name.replaceAll('-', '').toLowerCase();
  const near = [...known].find((name) => name !== '' && distance(plain(given), plain(name)) <= 2);
  return near === undefined ? '' : ` (Did you mean ${near}?)`;
}
