import { TestEnvironment } from 'jest-environment-jsdom';

/** jsdom, with what browsers have and it lacks: Node's own. */
export default class JsdomWithFetch extends TestEnvironment {
  constructor(...args) {
    super(...args);
    for (const name of [
      'fetch',
      'Headers',
      'Request',
      'Response',
      'AbortController',
      'AbortSignal',
      'TextEncoder',
      'TextDecoder',
      'ReadableStream',
    ])
      this.global[name] = globalThis[name];
  }
}
