import { Agent, type ClientRequest, globalAgent as http, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, globalAgent as https } from 'node:https';
import type { Socket } from 'node:net';
import { CallbackError } from '../../errors.js';
import { describe } from '../../values/describe.js';
import { peek } from '../../values/peek.js';
import type { Fetch } from '../fetch-wire.js';
import { type AnswerListener, type BodyListener, prematureClose, type Send } from '../wire.js';
import { AnswerHeaders } from '../answer-headers.js';
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
  readonly href: string;
  readonly listener: AnswerListener;
  request?: ClientRequest;
  /** Whether its answer has begun. */
  answered?: boolean;
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
  if (!found) {
    wrapped.set(agent, (found = wrap(agent)));
    watchIdle(agent);
  }
  return found;
}

/** Set on agents that are watched, by whichever copy of this module. */
const watched = Symbol.for('pagewise.idle');

/**
 * Destroys connections that receive an answer while they are idle: some releases of Node would take it for the next
 * page. Others may use the agent too, so a connection in use is left alone.
 */
function watchIdle(agent: Agent & { [watched]?: true }): void {
  if (agent[watched] || !(agent instanceof Agent) || !Object.isExtensible(agent)) return;
  Object.defineProperty(agent, watched, { value: true });
  agent.on('free', (socket: Socket, options: Parameters<Agent['getName']>[0]) => {
    const name = agent.getName(options);
    const isIdle = () => agent.freeSockets[name]?.includes(socket) === true;
    const onData = () => {
      socket.off('data', onData);
      if (isIdle()) socket.destroy();
    };
    if (isIdle()) socket.on('data', onData);
  });
}

/** Declared once: with a new function for each message, every page stays in memory until a full collection. */
const withoutCopy = <T>(to: T): T => to;

/**
 * Reads the answer from Node's message. cross-fetch's copy of it never ends if the body is shorter than its
 * Content-Length, and on some releases of Node it is destroyed unread if the whole answer comes in one packet.
 */
function watch(request: ClientRequest, one: Asking): void {
  const { path, href, listener } = one;
  one.request = request;
  // cross-fetch escapes |, ^, {, } and `, which breaks signed URLs.
  if (request.path !== path) request.path = path;
  let answer: IncomingMessage | undefined;
  const head = (message: IncomingMessage) =>
    listener.head(message.statusCode ?? 0, new AnswerHeaders(message.headers), href);
  request.on('response', (message) => {
    answer = message;
    one.answered = true;
    message.pipe = withoutCopy;
    head(message);
    read(message, decompress(message.headers['content-encoding'], listener, message));
  });
  // Without a listener for it, the request would never end.
  request.on('upgrade', (message, socket) => {
    socket.destroy();
    head(message);
    listener.end();
  });
  request.on('error', (error) => {
    // Extra bytes after a complete answer cause this error. Read the rest of the answer, which would be dropped
    // otherwise.
    if (answer?.complete) while (answer.read() !== null);
    else if (answer) listener.error(error);
  });
}

function read(message: IncomingMessage, body: BodyListener): void {
  message.on('data', (chunk: Uint8Array) => void body.data(chunk));
  message.on('end', () => body.end());
  message.on('error', (error) => body.error(error));
  message.on('close', () => {
    if (!message.complete) body.error(prematureClose());
  });
}

/** Sends one request with cross-fetch. Loaded when the first walk starts, together with the Node modules that it needs. */
export const sendBy =
  (fetch: Fetch, agentFor: AgentFor | undefined): Send =>
  ({ href, path, method, headers, body }, listener) => {
    const signal = new Signal();
    let agent: Agent | undefined;
    try {
      agent = agentFor?.(href) ?? undefined;
      if (agent !== undefined && typeof peek(agent, 'addRequest') !== 'function')
        throw new TypeError(`it returned ${describe(agent)}, which is not an http.Agent`);
    } catch (cause) {
      listener.error(new CallbackError('agent', cause));
      return () => undefined;
    }
    // compress: the body as it was sent, because cross-fetch treats a truncated one as complete.
    const init = {
      method,
      headers,
      body,
      signal,
      agent: reporting(agent ?? (href.startsWith('https:') ? https : http)),
      redirect: 'manual',
      compress: false,
    };
    const one: Asking = { path, href, listener };
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
    // cross-fetch's own answer is not used. If there is none, its rejection says why.
    answer.then(undefined, (error: unknown) => {
      const isReset = peek(error, 'code') === 'ECONNRESET' || peek(error, 'code') === 'EPIPE';
      const isStale = isReset && one.request?.reusedSocket === true && one.answered !== true;
      listener.error(isStale ? Object.assign(error as Error, { staleConnection: true }) : error);
    });
    return () => {
      signal.abort();
      disconnect?.();
    };
  };
