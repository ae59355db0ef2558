import { pageNumber, paginate } from 'pagewise';
import { undiciTransport } from 'pagewise/node';
import { looped } from '../harness/pagewise-streams.mjs';

const options = { concurrency: 8, transport: undiciTransport() };

const ahead = ({ url, size }) => paginate({ url }, pageNumber({ size, items: 'items', total: 'total' }), options);

export default { name: '**Pagewise** over undici, `concurrency: 8`', walks: looped({ ahead }) };
