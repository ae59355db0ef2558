import { looped, pagewiseStreams } from '../harness/pagewise-streams.mjs';

const { number } = pagewiseStreams({ concurrency: 8 });

export default { name: '**Pagewise**, `concurrency: 8`', walks: looped({ number }) };
