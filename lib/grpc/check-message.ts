import { ConfigError } from '../errors.js';
import { describeError } from '../values/describe.js';
import type { UnaryMethod } from './grpc-client.js';

/**
 * Refuses a message with a field that its type does not have. Serialising drops such a field without a word, and
 * paging that is written there would ask for the first page for ever. @throws ConfigError
 */
export function checkMessage(name: string, method: UnaryMethod, message: unknown): void {
  const { requestSerialize, requestDeserialize } = method;
  if (!requestSerialize || !requestDeserialize) return;
  let sent: unknown;
  try {
    sent = requestDeserialize(requestSerialize(message));
  } catch (error) {
    throw new ConfigError(
      `grpcTransport: ${name} can't take this message: ${describeError(error)}. ` +
        'Where the client wants an instance of a generated class, make it with toMessage',
      { cause: error },
    );
  }
  const lost = lostField(message, sent, '');
  if (lost)
    throw new ConfigError(
      `grpcTransport: the message of ${name} has no field ${JSON.stringify(lost.path)}` +
        `${lost.known.length === 0 ? '' : ` (there it takes ${lost.known.join(', ')})`}; it would not be sent`,
    );
}

function lostField(given: unknown, sent: unknown, path: string): { path: string; known: string[] } | undefined {
  if (typeof given !== 'object' || given === null || typeof sent !== 'object' || sent === null) return undefined;
  // google.protobuf.Any has a form of its own, in which it comes back otherwise.
  if (!isPlain(given) || '@type' in given) return undefined;
  for (const [key, value] of Object.entries(given)) {
    if (isNothing(value)) continue;
    const at = Array.isArray(given) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    if (!Object.hasOwn(sent, key)) return { path: at, known: Object.keys(sent) };
    const lost = lostField(value, (sent as Record<string, unknown>)[key], at);
    if (lost) return lost;
  }
  return undefined;
}

const isPlain = (value: object): boolean => Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;

/** What a message may leave out, since it is a field's default. */
const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === 0 || value === '' || value === false || isEmpty(value);

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;
