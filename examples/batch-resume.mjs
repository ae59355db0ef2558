// A batch job that is stopped in the middle and resumes at its checkpoint: every row is written once.
import { pageNumber, paginate } from 'pagewise';
import { startDemoApi } from './demo-api.mjs';

const api = await startDemoApi();
const request = { url: `${api.url}/v2/users/me/apps/demo/inputs`, headers: { authorization: 'Key demo' } };
const strategy = pageNumber({ size: 100, items: 'inputs' });

const written = []; // A file or a table in a real job …
let token; // … with its resume token.

async function run(stopAfter) {
  for await (const page of paginate(request, strategy, token === undefined ? {} : { resumeFrom: token })) {
    written.push(...page.items);
    token = JSON.stringify(page.resume);
    if (--stopAfter === 0) return 'stopped';
  }
  return 'done';
}

console.log(await run(3), written.length); // stopped 300
console.log(await run(4), written.length); // stopped 700
console.log(await run(Infinity), written.length); // done 1000
console.log(await run(Infinity), written.length); // done 1000: a finished job has nothing to do
if (new Set(written.map(({ id }) => id)).size !== 1000) throw new Error('a row was lost or written twice');
await api.close();
