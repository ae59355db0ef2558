import type { BodyListener } from './wire.js';

/** A body as fetch gives it: a web stream, or a Node stream (node-fetch 2). */
type Body = ReadableStream<Uint8Array> | NodeStream | null;

interface NodeStream {
  on(event: 'data', listener: (chunk: Uint8Array) => void): this;
  on(event: 'end' | 'close', listener: () => void): this;
  on(event: 'error', listener: (error: unknown) => void): this;
  destroy(): unknown;
}

/** Tells a body, until there is enough of it; then its connection is freed. */
export async function readBody(response: Response, listener: BodyListener): Promise<void> {
  const body = response.body as Body;
  if (body === null) listener.end();
  else if ('getReader' in body) await readWebStream(body, listener);
  else readNodeStream(body, listener);
}

async function readWebStream(body: ReadableStream<Uint8Array>, listener: BodyListener): Promise<void> {
  const bytes = body.getReader();
  for (;;) {
    const { done, value } = await bytes.read();
    if (done) {
      listener.end();
      return;
    }
    if (!listener.data(value)) {
      // Not awaited: a server that goes on sending would keep us here.
      bytes.cancel().catch(() => undefined);
      return;
    }
  }
}

function readNodeStream(body: NodeStream, listener: BodyListener): void {
  let ended = false;
  body.on('data', (chunk) => {
    if (!listener.data(chunk)) body.destroy();
  });
  body.on('end', () => {
    ended = true;
    listener.end();
  });
  body.on('error', (error) => {
    ended = true;
    listener.error(error);
  });
  body.on('close', () => {
    // Made only where it is told: it costs more than the rest of the reading.
    if (!ended) listener.error(prematureClose());
  });
}

/** The error of an answer that is not complete, as Node's streams name it. @param cause how the client names it */
export function prematureClose(cause?: Error): Error {
  const error = cause ? new Error(`Premature close: ${cause.message}`, { cause }) : new Error('Premature close');
  return Object.assign(error, { code: 'ERR_STREAM_PREMATURE_CLOSE' });
}
