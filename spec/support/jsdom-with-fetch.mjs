import { TestEnvironment } from 'jest-environment-jsdom';

/** jsdom, and what browsers have besides and it has not: Node's own. */
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
