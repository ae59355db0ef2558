export {
  undiciTransport,
  type UndiciTransport,
  type UndiciTransportOptions,
} from '../transports/node/undici-transport.js';
export type { UndiciDispatcher } from '../transports/node/undici-wire.js';
export type { RedisClient } from '../values/redis-client.js';
export { sharedThrottle, type SharedThrottleOptions } from '../policies/shared-throttle.js';
export { fileStore } from './file-store.js';
export { postgresLease, type PostgresClient, type PostgresLeaseOptions } from './postgres-lease.js';
export { redisLease, type RedisLeaseOptions } from './redis-lease.js';
export { type Cookies, withCookies } from './with-cookies.js';
export { both } from './sinks/both.js';
export { writeCsv, type WriteCsvOptions } from './sinks/write-csv.js';
export { writeJson } from './sinks/write-json.js';
export { writeNdjson } from './sinks/write-ndjson.js';
export { writeTable, type Table, type WriteTableOptions } from './sinks/write-table.js';
export type { Columns } from './sinks/csv-format.js';
export type { FileSinkOptions, FileWritten } from './sinks/file-sink.js';
export type { Rows, Sink, Written } from './sinks/sink.js';
export { publishEvents } from './telemetry/publish-events.js';
export { recordRun, type RecordRunOptions, type RunRecorder } from './run/record-run.js';
export { openTelemetry } from './telemetry/open-telemetry.js';
export type { OtelSpan, OtelTracer } from './telemetry/open-telemetry.js';
