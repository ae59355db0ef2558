import { distance } from '../../values/similar.js';

/** ` (Did you mean …?)` with the known name that is closest to the given one, if one is close. */
export function suggest(given: string, known: Iterable<string>): string {
  const plain = (name: string) => name.replaceAll(/[-_ ]/g, '').toLowerCase();
  // Half of a short name would match any other one.
  const most = Math.min(2, Math.floor(plain(given).length / 2));
  const near = [...known]
    .map((name) => ({ name, far: distance(plain(given), plain(name)) }))
    .filter(({ name, far }) => name !== '' && far <= most)
    .sort((a, b) => a.far - b.far)[0];
  return near === undefined ? '' : ` (Did you mean ${near.name}?)`;
}
