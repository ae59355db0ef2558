import crossFetch from 'cross-fetch';
import { Agent, type ClientRequest, globalAgent as http, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, globalAgent as https } from 'node:https';
import { CallbackError } from '../../errors.js';
import type { Fetch } from '../fetch-wire.js';
import { type AnswerListener, type BodyListener, prematureClose, type Send } from '../wire.js';
import { watchConnecting } from './connecting.js';
import { decompress } from './decompress.js';

/** Makes the connections for a URL; `undefined`: Node's own agent. */
export type AgentFor = (url: string) => Agent | undefined;

/** What cross-fetch needs of an AbortSignal. A real one costs as much as all else that an attempt adds to the fetch. */
class Signal {
  aborted = false;
  #listener: (() => void) | undefined;

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listener = listener;
  }

  removeEventListener(): void {
    this.#listener = undefined;
  }

  abort(): void {
    this.aborted = true;
    this.#listener?.();
  }
}
// cross-fetch recognizes signals by the name of their constructor, to accept polyfills.
Signal.prototype.constructor = AbortSignal;

/** One request of cross-fetch, as seen by the agent. */
interface Asking {
  readonly path: string;
  readonly listener: AnswerListener;
  request?: ClientRequest;
  message?: IncomingMessage;
}

/** The request that is being started now. */
let asking: Asking | undefined;

/** Whether an agent is Node's own: its requests know their sockets from the beginning. */
function connectsDirectly(agent: Agent): boolean {
  const { prototype } = agent instanceof HttpsAgent ? HttpsAgent : Agent;
  return Object.getPrototypeOf(agent) === prototype && !Object.hasOwn(agent, 'createConnection');
}

type AddRequest = (request: ClientRequest, options: object, port?: number, localAddress?: string) => void;

/** Wraps an agent so that it reports which request it serves. */
function wrap(agent: Agent): Agent {
  const addRequest: AddRequest = (request, options, port, localAddress) => {
    if (asking) watch(request, asking);
    (agent as unknown as { addRequest: AddRequest }).addRequest(request, options, port, localAddress);
  };
  return Object.create(agent, { addRequest: { value: addRequest } }) as Agent;
}

const wrapped = new WeakMap<Agent, Agent>();

/** One wrapper for each agent, since it keeps connections alive. */
function reporting(agent: Agent): Agent {
  let found = wrapped.get(agent);
  if (!found) wrapped.set(agent, (found = wrap(agent)));
  return found;
}

function watch(request: ClientRequest, one: Asking): void {
  one.request = request;
  // cross-fetch escapes |, ^, {, } and `, which breaks signed URLs.
  if (request.path !== one.path) request.path = one.path;
  request.on('response', (message) => {
    one.message = message;
    // With cross-fetch, a body shorter than its Content-Length never ends; its message shows that.
    message.on('close', () => {
      if (!message.complete) one.listener.error(prematureClose());
    });
  });
}

function read(stream: NodeJS.ReadableStream, body: BodyListener): void {
  stream.on('data', (chunk: Uint8Array) => void body.data(chunk));
  stream.on('end', () => body.end());
  stream.on('error', (error) => body.error(error));
}

const fetch: Fetch = crossFetch;

/** Sends one request with cross-fetch. Loaded with the first request, as is what it needs of Node. */
export const sendBy =
  (agentFor: AgentFor | undefined): Send =>
  ({ href, path, method, headers, body }, listener) => {
    const signal = new Signal();
    let agent: Agent | undefined;
    try {
      agent = agentFor?.(href);
    } catch (cause) {
      listener.error(new CallbackError('agent', cause));
      return () => undefined;
    }
    // compress: the body as it was sent, since cross-fetch takes a truncated one for complete.
    const init = {
      method,
      headers,
      body,
      signal,
      agent: reporting(agent ?? (href.startsWith('https:') ? https : http)),
      redirect: 'manual',
      compress: false,
    };
    const one: Asking = { path, listener };
    const begin = () => {
      asking = one;
      const answer = fetch(href, init as unknown as RequestInit);
      asking = undefined;
      return answer;
    };
    const { answer, disconnect } =
      agent && !connectsDirectly(agent)
        ? watchConnecting(begin, () => one.request)
        : { answer: begin(), disconnect: undefined };
    answer.then(
      ({ status, headers, body }) => {
        const stream = body as unknown as NodeJS.ReadableStream;
        const encoding = one.message ? one.message.headers['content-encoding'] : headers.get('content-encoding');
        listener.head(status, headers, href);
        read(stream, decompress(encoding, listener, stream));
      },
      (error: unknown) => listener.error(error),
    );
    return () => {
      signal.abort();
      disconnect?.();
    };
  };
