/** A position at another size, where what it points at does not depend on the size: an offset, a cursor, a key. */
export function resizeFreely<P extends { readonly size?: number }>(position: P, factor: number): P | undefined {
  if (position.size === undefined) return undefined;
  const size = Math.max(1, Math.floor(position.size * factor));
  return size === position.size ? undefined : { ...position, size };
}

/**
 * The page that starts with the same item at another size: page 3 of 100 is page 5 of 50, and no page of 30. Smaller
 * sizes are looked for down to 1, which always fits.
 * @param page counted from 0
 */
export function repage(page: number, size: number, factor: number): { page: number; size: number } | undefined {
  const offset = page * size;
  for (let other = Math.floor(size * factor); other >= 1; other--) {
    if (offset % other === 0) return other === size ? undefined : { page: offset / other, size: other };
    if (factor > 1) return undefined; // It may grow at another page.
  }
  return undefined;
}
