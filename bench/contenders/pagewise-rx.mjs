import { items } from 'pagewise';
import { from } from 'rxjs';
import { memoryStreams } from '../harness/pagewise-memory.mjs';
import { pagewiseStreams, subscribed } from '../harness/pagewise-streams.mjs';

export default {
  name: '**Pagewise**, subscribed to',
  names: { items: '**Pagewise** `items()`' },
  walks: {
    ...subscribed({ ...pagewiseStreams(), ...memoryStreams() }),
    items: ({ list, takeItem }) => from(list).pipe(items()).forEach(takeItem),
  },
};
