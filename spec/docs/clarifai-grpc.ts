import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { entries, grpc, ok, serveGrpc, sliceOf, type GrpcServer } from '../grpc/clarifai-server.js';
import { selfSigned } from '../support/self-signed.js';

/** The server that Clarifai's own clients in the docs reach: over TLS, since they insist on it. */
export async function startClarifaiGrpc(
  /** Where the certificate is written. */
  folder: string,
): Promise<GrpcServer & { url: string; env: NodeJS.ProcessEnv }> {
  const { key, cert } = selfSigned();
  const server = await serveGrpc(
    ({ method, message }) => {
      if (method.endsWith('Inputs')) return { status: ok, inputs: sliceOf(entries(1000, 'input-'), message) };
      return { status: ok, concepts: sliceOf(entries(300, 'concept-'), message) };
    },
    grpc.ServerCredentials.createSsl(null, [{ private_key: Buffer.from(key), cert_chain: Buffer.from(cert) }]),
  );
  const base = server.address.replace('127.0.0.1', 'localhost');
  const roots = resolve(folder, `roots-${base.replace(':', '-')}.pem`);
  writeFileSync(roots, cert);
  return {
    ...server,
    url: `https://${base}`,
    // The stub reads the first, grpc-js the second.
    env: { CLARIFAI_GRPC_BASE: base, GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: roots },
  };
}
