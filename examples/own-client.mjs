// Any client is a transport: here one whose method takes a page and a size and returns a promise, as SDKs do.
import { functionTransport, inBody, items, pageNumber, paginate } from 'pagewise';
import { lastValueFrom, toArray } from 'rxjs';

class Sdk {
  calls = 0;
  async listInputs({ page, per_page: size }) {
    if (++this.calls === 2) throw Object.assign(new Error('connection reset'), { code: 'ECONNRESET' });
    const all = Array.from({ length: 95 }, (_, i) => ({ id: `input-${i + 1}` }));
    return { inputs: all.slice((page - 1) * size, page * size) };
  }
}

const sdk = new Sdk();
const transport = functionTransport(({ body }) => sdk.listInputs(body));
const inputs$ = paginate({ body: {} }, pageNumber({ size: 20, items: 'inputs', place: inBody() }), { transport });

const inputs = await lastValueFrom(inputs$.pipe(items(), toArray()));
console.log(`${inputs.length} inputs in ${sdk.calls} calls, one of them a retry`);
if (inputs.length !== 95) throw new Error('lost some');
