import { fork } from 'node:child_process';
import { once } from 'node:events';

const script = new URL('worker.mjs', import.meta.url);

/** Starts a contender in a separate process. */
export async function startWorker(id, { gc = false } = {}) {
  const child = fork(script, [id], { execArgv: gc ? ['--expose-gc'] : [] });
  const gone = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`${id} ended with ${code ?? signal}`);
  });
  gone.catch(() => undefined);
  const answer = async () => (await Promise.race([once(child, 'message'), gone]))[0];
  await answer();

  return {
    id,
    /** Walks once; `measure` is one of harness/measures.mjs. */
    async walk(params, measure = 'time') {
      const heard = answer();
      child.send({ params, measure });
      const { cost, failure } = await heard;
      if (!failure) return cost;
      throw Object.assign(new Error(`${id}: ${failure.message}`), {
        name: failure.name,
        stack: `${id}: ${failure.stack}`,
      });
    },
    stop: () => child.kill(),
  };
}
