import { fork } from 'node:child_process';
import { once } from 'node:events';

const script = new URL('../server.mjs', import.meta.url);

/** Starts the API in a separate process. */
export async function startServer() {
  const child = fork(script);
  const [origin] = await once(child, 'message');
  return { origin, stop: () => child.kill() };
}
