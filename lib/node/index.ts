export { undiciTransport, type UndiciTransport, type UndiciTransportOptions } from './undici-transport.js';
export type { UndiciDispatcher } from './undici-dispatcher.js';
