import { ConfigError } from '../errors.js';
import { describe } from '../values/describe.js';
import type { GrpcClient, UnaryMethod } from './grpc-client.js';

/** The client's unary method of that name. @throws ConfigError where there is none */
export function findMethod(client: GrpcClient, name: string | undefined): UnaryMethod {
  if (name === undefined)
    throw new ConfigError(
      "grpcTransport: the request names no method to call; give it as method: { method: 'ListInputs', body: { … } }",
    );
  const { service } = client.constructor as { service?: Readonly<Record<string, unknown>> };
  const found = (client as unknown as Record<string, UnaryMethod | undefined>)[name];
  if (typeof found !== 'function' || ownNames.has(name))
    throw new ConfigError(`grpcTransport: the client has no method ${describe(name)}${suggest(name, service)}`);
  if (found.requestStream === true || found.responseStream === true)
    throw new ConfigError(
      `grpcTransport: ${name} is a streaming call; pages come from unary calls, with one message in and one out`,
    );
  return found;
}

/** What every client has, and is no method of the API. */
const ownNames = new Set([
  'constructor', 'close', 'getChannel', 'waitForReady',
  'makeUnaryRequest', 'makeClientStreamRequest', 'makeServerStreamRequest', 'makeBidiStreamRequest',
]); // prettier-ignore

function suggest(name: string, service: Readonly<Record<string, unknown>> | undefined): string {
  const all = Object.keys(service ?? {});
  const start = name.slice(0, 6).toLowerCase();
  const near = all.filter((other) => other.toLowerCase().startsWith(start));
  const shown = (near.length === 0 ? all : near).slice(0, 8);
  return shown.length === 0 ? '' : `; it has ${shown.join(', ')}${shown.length < all.length ? ' …' : ''}`;
}
