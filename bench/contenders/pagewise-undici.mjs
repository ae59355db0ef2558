import { undiciTransport } from 'pagewise/node';
import { looped, pagewiseStreams } from '../harness/pagewise-streams.mjs';

export default {
  name: '**Pagewise** over undici, `for await`',
  walks: looped(pagewiseStreams({ transport: undiciTransport() })),
};
