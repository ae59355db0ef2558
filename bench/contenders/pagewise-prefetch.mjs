import { looped, pagewiseStreams } from '../harness/pagewise-streams.mjs';

const { number: paused } = pagewiseStreams({ prefetch: 1 });

export default { name: '**Pagewise**, `prefetch: 1`', walks: looped({ paused }) };
