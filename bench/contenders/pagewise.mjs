import { memoryStreams } from '../harness/pagewise-memory.mjs';
import { looped, pagewiseStreams } from '../harness/pagewise-streams.mjs';

const streams = pagewiseStreams();

export default {
  name: '**Pagewise**, `for await`',
  walks: looped({ ...streams, paused: streams.number, ...memoryStreams() }),
};
