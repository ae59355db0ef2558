import { retryRequests, throttleRequests } from 'pagewise';
import { pipe } from 'rxjs';
import { memoryStreams } from '../harness/pagewise-memory.mjs';
import { subscribed } from '../harness/pagewise-streams.mjs';

let heard = 0;

const { memory } = memoryStreams({
  // A limit that counts and is never reached.
  policy: pipe(throttleRequests({ limit: 10_000, interval: 1 }), retryRequests()),
  events: { next: () => void heard++ },
});

export default { name: '**Pagewise**, with retry, throttle and events', walks: subscribed({ memory }) };
