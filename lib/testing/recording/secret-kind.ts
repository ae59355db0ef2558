import { isSecretName } from '../../values/redact.js';

const credential =
  /auth(?!ors?(?![a-z]))|cookie|api[-_.]?key|(access|security|private|client)[-_.]?(key|token)|secret|passw|credential|session|signature|^(key|token|sig|pat)$/i;

/**
 * What a header or parameter of this name holds. A credential is the tester's own: it is dropped, and not compared. A
 * cursor has to be known again: a stand-in takes its place.
 */
export function secretKind(name: string): 'credential' | 'cursor' | undefined {
  if (credential.test(name)) return 'credential';
  return isSecretName(name) ? 'cursor' : undefined;
}

/** A value without its secret. */
export const dropped = 'redacted';
