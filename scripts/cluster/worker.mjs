// One machine of the cluster: walks partitions into PostgreSQL, page and position in one transaction.
import { Redis } from 'ioredis';
import pg from 'pg';
import { cursor, paginate, retryRequests } from 'pagewise';
import { pagesWorker } from 'pagewise/bullmq';
import { sharedThrottle, writeTable } from 'pagewise/node';
import { pipe } from 'rxjs';

const { url, socket, host, queue, concurrency, throttle, lock, name } = JSON.parse(process.argv[2]);
const redis = new Redis(socket);
redis.on('error', () => undefined);
const pool = new pg.Pool({ host, user: 'postgres', database: 'postgres' });
pool.on('error', () => undefined);
const policy = pipe(sharedThrottle(redis, { key: 'api', ...throttle }), retryRequests({ budget: Infinity }));

// The fence is checked by the statement that writes: a worker that was stopped and has been replaced writes nothing.
const tableOf = ({ key, fence }) => ({
  async load() {
    const { rows } = await pool.query(
      `INSERT INTO positions AS p (key, fence) VALUES ($1, $2)
       ON CONFLICT (key) DO UPDATE SET fence = $2 WHERE p.fence <= $2 RETURNING place`,
      [key, fence],
    );
    if (rows.length === 0) throw new Error('another worker has this partition');
    return rows[0].place;
  },
  async write(items, place) {
    const { rows } = await pool.query(
      `WITH mine AS (UPDATE positions SET place = $3 WHERE key = $1 AND fence = $2 RETURNING 1),
            kept AS (INSERT INTO items SELECT r.* FROM jsonb_populate_recordset(NULL::items, $4) r, mine)
       SELECT count(*)::int AS mine FROM mine`,
      [key, fence, place, JSON.stringify(items)],
    );
    if (rows[0].mine === 0) throw new Error('another worker has this partition');
  },
});

/** Requests that waited for their turn of the shared rate, since the last message. */
let waits = 0;
const events = { next: ({ type, reason }) => void (type === 'wait' && reason === 'throttle' && waits++) };

const worker = pagesWorker(queue, {
  connection: { path: socket },
  concurrency,
  paginate: (partition) =>
    paginate(
      { url: `${url}/partitions/${partition}`, headers: { 'x-worker': String(name) } },
      cursor({ items: 'items', next: 'next', cursorParam: 'page' }),
      { policy, events },
    ),
  sink: (_, run) => writeTable(tableOf(run)),
  worker: { lockDuration: lock, stalledInterval: lock / 3, drainDelay: 1 },
});
const tell = (what) => process.connected && process.send(what);
worker.on('error', (error) => tell({ error: error.message }));
worker.on('active', (job) => tell({ active: job.data.key }));
worker.on('completed', (job) => {
  tell({ completed: job.data.key, waits });
  waits = 0;
});
worker.on('failed', (job, error) => tell({ failed: job?.data.key, message: error.message }));
worker.on('stalled', (id) => tell({ stalled: id }));

async function close() {
  await worker.close();
  redis.disconnect();
  await pool.end();
  process.exit();
}
process.on('SIGTERM', close);
process.on('disconnect', () => process.exit());
