import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { lastPage, startApi } from './api.js';
import type { DieAt } from './die-at.js';
import type { Random } from './random.js';
import { tamper } from './tamper.js';
import { targets } from './targets.js';

export interface Outcome {
  /** What happened to the output between two runs, what the next run made of it, and how often. */
  readonly tampered: ReadonlyMap<string, number>;
  /** Where the kills have hit, and how often. */
  readonly hits: ReadonlyMap<string, number>;
  readonly kills: number;
  readonly requests: number;
  /** The largest number of pages that one run has repeated. */
  readonly mostRepeated: number;
  readonly failures: readonly string[];
}

interface Plan {
  /** Killed this many milliseconds after it has requested this page … */
  readonly page?: number;
  readonly delay?: number;
  /** … or by itself. */
  readonly die?: DieAt;
}

/** Fewest changes to files that a job makes for a page: with fewer it would be at its end before it dies. */
const changesPerPage = 5;

/** Kills a job again and again, lets it finish, and compares its output with an undisturbed run's. */
export async function trial(name: string, kills: number, random: Random, job: string, root: string): Promise<Outcome> {
  const target = targets[name]!;
  const folder = join(root, name);
  const undisturbed = join(root, `${name}-undisturbed`);
  for (const each of [folder, undisturbed]) mkdirSync(each);

  let asked: number[] = [];
  let onPage: ((page: number) => void) | undefined;
  const api = await startApi((page) => {
    asked.push(page);
    onPage?.(page);
  });
  const failures: string[] = [];
  const hits = new Map<string, number>();
  const tampered = new Map<string, number>();
  let killed = 0;
  let requests = 0;
  let mostRepeated = 0;

  /** One process. */
  async function run(into: string, { page, delay = 0, die }: Plan): Promise<'killed' | 'refused' | 'done' | 'failed'> {
    asked = [];
    const child = spawn(process.execPath, [job, name, api.url, into, ...(die ? [JSON.stringify(die)] : [])], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    let timer: NodeJS.Timeout | undefined;
    onPage = (one) => {
      if (page !== undefined && one >= page) timer ??= setTimeout(() => child.kill('SIGKILL'), delay);
    };
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
      child.once('close', (...ended) => resolve(ended)),
    );
    clearTimeout(timer);
    onPage = undefined;
    if (signal === 'SIGKILL') {
      const hit = /^died (.*)$/m.exec(said)?.[1] ?? 'from outside';
      hits.set(hit, (hits.get(hit) ?? 0) + 1);
      return 'killed';
    }
    if (code === 0) return 'done';
    if (/^ResumeError: .*to start over, delete the checkpoint/m.test(said)) return 'refused';
    failures.push(`a run ended with ${String(code ?? signal)}: ${said.slice(-1500)}`);
    return 'failed';
  }

  await run(undisturbed, {});
  const seen = new Set<number>();
  while (failures.length === 0) {
    const done = seen.size;
    // Enough pages ahead on average to spread the kills over all of them.
    const left = Math.max(0, lastPage - 5 - done);
    const ahead = Math.floor(left / Math.max(1, kills - killed));
    const pages = Math.min(left, random.whole(2 * ahead + 1));
    const outside = left === 0 || random.whole(2) === 0;
    const plan: Plan =
      killed === kills
        ? {}
        : outside
          ? { page: done - 1 + pages, delay: random.whole(12) }
          : {
              die: {
                change: 1 + random.whole(changesPerPage * (pages + 1)),
                when: random.pick(['before', 'half', 'half', 'after']),
              },
            };
    const change =
      target.file !== undefined && random.whole(2) === 0 ? tamper(join(folder, target.file), random) : undefined;
    const ended = await run(folder, plan);
    // Killed before it looked at the output: what was done to it must not be left to the next run.
    const unseen = change !== undefined && ended === 'killed' && asked.length === 0 && change.isUntouched();
    if (unseen) change.undo();
    else if (change) {
      const way = `${change.what}: ${ended === 'refused' ? 'refused' : 'continued'}`;
      tampered.set(way, (tampered.get(way) ?? 0) + 1);
    }
    if (ended === 'refused') {
      // A run may have been killed after its last commit: it has ended in order.
      if (!change || (change.what === 'grown' && seen.size <= lastPage))
        failures.push(`a run refused an output that was ${change?.what ?? 'as it was'}`);
      if (asked.length > 0 || change?.isUntouched() === false) failures.push('a run that was refused has changed or requested something'); // prettier-ignore
      change?.undo();
      continue;
    }
    const repeated = asked.filter((page) => seen.has(page));
    if (new Set(asked).size < asked.length) failures.push(`a run asked twice for a page: ${asked.join(' ')}`);
    if (repeated.length > 1) failures.push(`a run asked again for the pages ${repeated.join(', ')}`);
    mostRepeated = Math.max(mostRepeated, repeated.length);
    requests += asked.length;
    for (const page of asked) seen.add(page);
    if (ended === 'killed') killed++;
    else break;
  }
  if (killed < kills) failures.push(`only ${killed} of ${kills} kills came before the end`);
  if (failures.length === 0 && (await target.read(folder)) !== (await target.read(undisturbed)))
    failures.push('what it made is not what an undisturbed run makes');
  api.close();
  return { hits, tampered, kills: killed, requests, mostRepeated, failures };
}
