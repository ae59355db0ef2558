import { pageNumber, paginate, retryRequests, throttleRequests, type PagePolicy, type WalkEvent } from 'pagewise';
import { faults, hostileServer, type Fault, type HostileServer, type TortureCase } from 'pagewise/testing';
import { pipe, type Subscription } from 'rxjs';
import type { MakeTransport } from '../../../lib/testing/torture/trial.js';
import { expect, expectExact, pages, places, scenario, walk } from './scenario.js';

type When = (leave: () => void, seen: { server: HostileServer; event?: WalkEvent; page?: number }) => void;

interface Phase {
  readonly title: string;
  readonly fault?: Fault;
  readonly policy?: () => PagePolicy;
  /** Called again and again, at each event and each page. */
  readonly when: When;
}

const patient = () => retryRequests({ base: 60_000 });
const arrived = (server: HostileServer) => server.requests.filter(({ page }) => page === 2).length > 0;

/** A walk can be cancelled at any time: then nothing more is emitted, and nothing stays in flight. */
const phases: readonly Phase[] = [
  {
    title: 'while connecting',
    when: (leave, { event }) => event?.type === 'request' && event.pageIndex === 2 && leave(),
  },
  { title: 'before the headers', fault: faults.silence(), when: (leave, { server }) => arrived(server) && leave() },
  { title: 'in the body', fault: faults.trickle(50), when: (leave, { server }) => arrived(server) && leave() },
  {
    title: 'in a backoff',
    fault: faults.status(503),
    policy: patient,
    when: (leave, { event }) => event?.type === 'wait' && leave(),
  },
  {
    title: 'in the wait of a throttle',
    policy: () => pipe(throttleRequests({ limit: 2, interval: 60_000 }), retryRequests()),
    when: (leave, { event }) => event?.type === 'wait' && leave(),
  },
  { title: 'inside next', when: (leave, { page }) => page === 1 && leave() },
  { title: 'after the end', when: (leave, { event }) => event?.type === 'end' && leave() },
];

async function leaveIn({ fault, policy, when }: Phase, make: MakeTransport): Promise<void> {
  const server = await hostileServer({ pages, faults: fault ? [{ page: 2, fault, times: Infinity }] : [] });
  let walking: Subscription | undefined;
  let left = false;
  let after = 0;
  const leave = () => {
    if (!walking) return;
    left = true;
    walking.unsubscribe();
  };
  const emitted = () => {
    if (left) after++;
  };
  try {
    const transport = make({ attemptTimeout: 60_000 });
    const events = { next: (event: WalkEvent) => when(leave, { server, event }) };
    walking = paginate({ url: server.url }, pageNumber({ items: 'items' }), { transport, events, policy: policy?.() ?? retryRequests({ base: 1 }) }).subscribe({
      next({ index }) {
        emitted();
        when(leave, { server, page: index });
      },
      error: emitted,
      complete: emitted,
    });
    for (let waited = 0; !left && waited < 20_000; waited += 5) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      when(leave, { server });
    }
    expect('the phase never came', left);
    for (let waited = 0; server.inFlight > 0; waited += 5) {
      if (waited > 10_000) throw new Error(`leaked: ${server.inFlight} requests in flight after leaving`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(`${after} notifications after leaving`, after <= (left && walking.closed ? 1 : 0));
  } finally {
    await server.close();
  }
} // prettier-ignore

export const leavingScenarios = (name: string, make: MakeTransport): readonly TortureCase[] =>
  phases.map((phase) => scenario(`left ${phase.title}`, name, () => leaveIn(phase, make)));

/** Not at the same time as others: the whole process sees another time. */
export const clockScenarios = (name: string, make: MakeTransport): readonly TortureCase[] =>
  [3_600_000, -3_600_000].flatMap((jump) =>
    places.map(([place, at]) =>
      scenario(`the clock jumps by ${jump} ms in a wait for the ${place} page`, name, async () => {
        const server = await hostileServer({
          pages,
          faults: [{ page: at, fault: faults.status(429, { 'retry-after': '1' }) }],
        });
        const { now } = Date;
        try {
          const transport = make({ attemptTimeout: 10_000 });
          const began = performance.now();
          const walked = await walk({ url: server.url }, pageNumber({ items: 'items' }) as never, transport, {
            onEvent(event) {
              if (event.type === 'wait') Date.now = () => now() + jump;
            },
          });
          expectExact(walked);
          expect('it did not wait', performance.now() - began >= 1000);
        } finally {
          Date.now = now;
          await server.close();
        }
      }),
    ),
  );
