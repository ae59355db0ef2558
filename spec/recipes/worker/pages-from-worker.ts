import type { ResumeToken } from 'pagewise';

export interface WorkerPage<Item> {
  readonly items: readonly Item[];
  readonly total: number | undefined;
  readonly resume: ResumeToken;
}
type Message<Item> = WorkerPage<Item> | { error: { name: string; message: string } } | undefined;

/** Pages that a worker requests, one for each turn of the loop. When the loop ends, the worker and its request end. */
export async function* pagesFromWorker<Item>(worker: Worker, request: { url: string }) {
  try {
    for (;;) {
      const answer = await new Promise<Message<Item>>((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<Message<Item>>) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message)); // The script could not be loaded, say.
        worker.postMessage(request);
      });
      if (answer === undefined) return;
      if ('error' in answer) throw Object.assign(new Error(answer.error.message), { name: answer.error.name });
      yield answer;
    }
  } finally {
    worker.terminate();
  }
}
