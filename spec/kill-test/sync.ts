import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { checkpoint, cursor, newest, paginate, retryRequests } from 'pagewise';
import { fileStore, writeNdjson } from 'pagewise/node';
import type { Random } from './random.js';
import type { Target } from './targets.js';
import type { Outcome } from './trial.js';

export const orders = ['asc', 'desc', 'none'] as const;
export type Order = (typeof orders)[number];

interface Row {
  readonly id: number;
  readonly version: number;
  readonly at: string;
}

/** A job that asks for what is new. */
export const syncTarget = (order: Order): Target => ({
  async run(url, folder) {
    await paginate({ url }, cursor<Row>({ items: 'items', next: 'next' }), {
      policy: retryRequests({ base: 0 }),
      checkpoint: checkpoint(fileStore(join(folder, 'jobs')), 'job'),
      sync: newest('at', { param: 'since', key: 'id', order }),
    }).to(writeNdjson(join(folder, 'items.ndjson')));
  },
  read: (folder) => readFileSync(join(folder, 'items.ndjson'), 'utf8'),
});

/**
 * Rows that grow and change while they are read, many of them in the same second. A row that changes moves to where its
 * new time belongs. The cursor is the last row of the page.
 */
async function startApi(order: Order, random: Random, onRequest: () => void) {
  const rows = new Map<number, Row>();
  let second = Date.UTC(2026, 2, 1);
  const changed = new Set<number>();
  let changes = true;
  const now = () => new Date(second).toISOString().replace('.000', '');
  const add = () => rows.set(rows.size, { id: rows.size, version: 0, at: now() });
  function live(): void {
    if (!changes) return;
    if (random.whole(3) === 0) second += 1000 * (1 + random.whole(2));
    for (let n = random.whole(6); n > 0; n--) add();
    for (let n = random.whole(4); n > 0; n--) {
      const row = rows.get(random.whole(rows.size))!;
      changed.add(row.id);
      rows.set(row.id, { ...row, version: row.version + 1, at: now() });
    }
  }
  for (let n = 0; n < 150; n++) {
    if (n % 10 === 0) second += 1000;
    add();
  }
  const compare = (a: Row, b: Row): number =>
    order === 'none' || a.at === b.at ? a.id - b.id : (order === 'asc' ? 1 : -1) * (a.at < b.at ? -1 : 1);
  const server = createServer(({ url = '' }, response) => {
    live();
    onRequest();
    const query = new URL(url, 'http://localhost').searchParams;
    const after = query.get('cursor');
    const last = after === null ? undefined : (JSON.parse(after) as Row);
    const since = query.get('since') ?? '';
    const list = [...rows.values()]
      .filter((row) => row.at >= since && (last === undefined || compare(row, last) > 0))
      .sort(compare);
    const items = list.slice(0, 7);
    const next = list.length > items.length ? JSON.stringify(items.at(-1)) : null;
    response.writeHead(200, { 'content-type': 'application/json', date: new Date(second).toUTCString() });
    response.end(JSON.stringify({ items, next }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    rows,
    changed,
    live,
    still: () => (changes = false),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * Three runs over changing rows, each killed at random moments until it ends in order, and one when nothing changes any
 * more. The last version of every row must have arrived, no version twice, and a row that never changed once.
 */
export async function syncTrial(
  order: Order,
  kills: number,
  random: Random,
  job: string,
  root: string,
): Promise<Outcome> {
  const folder = join(root, `sync-${order}`);
  mkdirSync(folder);
  let requests = 0;
  let onRequest: (() => void) | undefined;
  const api = await startApi(order, random, () => {
    requests++;
    onRequest?.();
  });
  const hits = new Map<string, number>();
  const failures: string[] = [];
  let killed = 0;

  async function run(isKilled: boolean): Promise<boolean> {
    const outside = random.whole(2) === 0;
    const die = { change: 1 + random.whole(60), when: random.pick(['before', 'half', 'half', 'after'] as const) };
    const args = [job, `sync-${order}`, api.url, folder, ...(isKilled && !outside ? [JSON.stringify(die)] : [])];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    let left = 1 + random.whole(15);
    let timer: NodeJS.Timeout | undefined;
    const delay = random.whole(8);
    if (isKilled && outside)
      onRequest = () => {
        if (--left === 0) timer = setTimeout(() => child.kill('SIGKILL'), delay);
      };
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
      child.once('close', (...ended) => resolve(ended)),
    );
    clearTimeout(timer);
    onRequest = undefined;
    if (signal === 'SIGKILL') {
      const hit = /^died (.*)$/m.exec(said)?.[1] ?? 'from outside';
      hits.set(hit, (hits.get(hit) ?? 0) + 1);
      killed++;
      return false;
    }
    if (code !== 0) failures.push(`a run ended with ${String(code ?? signal)}: ${said.slice(-1500)}`);
    return true;
  }

  for (let turn = 0; turn < 3 && failures.length === 0; turn++) {
    const goal = Math.ceil(((turn + 1) * kills) / 3);
    while (killed < goal && failures.length === 0) await run(true); // A job that ends before it dies begins anew.
    while (failures.length === 0 && !(await run(false)));
    api.live();
  }
  api.still();
  if (failures.length === 0) await run(false);
  const text = readFileSync(join(folder, 'items.ndjson'), 'utf8');
  const got = new Map<string, number>();
  for (const line of text.trim().split('\n')) {
    const { id, version } = JSON.parse(line) as Row;
    got.set(`${id}.${version}`, (got.get(`${id}.${version}`) ?? 0) + 1);
  }
  const lost = [...api.rows.values()].filter(({ id, version }) => !got.has(`${id}.${version}`));
  const twice = [...got].filter(([, count]) => count > 1).map(([name]) => name);
  if (lost.length > 0)
    failures.push(`lost: ${lost.map(({ id, version, at }) => `${id}.${version} of ${at}`).join(', ')}`);
  if (twice.length > 0) failures.push(`twice: ${twice.join(', ')}`);
  if (api.changed.size === 0 || api.changed.size === api.rows.size) failures.push('no rows changed, or all did');
  api.close();
  return { hits, tampered: new Map(), kills: killed, requests, mostRepeated: 0, failures };
}
