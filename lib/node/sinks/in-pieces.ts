/** Pieces of at most about so much text: a page of any size needs little memory beside its own. */
const pieceLength = 64 * 1024;

/** Joins texts to pieces that are worth a write each. */
export function* inPieces(texts: Iterable<string>): Generator<string> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
