// A GET and a POST list in one pipeline, at no more than 20 requests a second together.
import { inBody, items, pageNumber, paginate, retryRequests, throttleRequests } from 'pagewise';
import { filter, merge, pipe, reduce } from 'rxjs';
import { startDemoApi } from './demo-api.mjs';

const api = await startDemoApi();
const app = `${api.url}/v2/users/me/apps/demo`;
const headers = { authorization: 'Key demo' };
// One value for both: they share its rate.
const policy = pipe(throttleRequests({ limit: 20, interval: 1000 }), retryRequests());

const inputs$ = paginate({ url: `${app}/inputs`, headers }, pageNumber({ size: 250, items: 'inputs' }), { policy });
const concepts$ = paginate(
  { url: `${app}/concepts/searches`, method: 'POST', headers, body: { concept_query: { name: '*' } } },
  pageNumber({ size: 100, items: 'concepts', place: inBody('pagination') }),
  { policy },
);

merge(inputs$, concepts$)
  .pipe(
    items(),
    filter(({ id }) => id.endsWith('7')),
    reduce((count) => count + 1, 0),
  )
  .subscribe({
    next: (count) => console.log(`${count} of 1,300 ids end in 7`),
    complete: () => api.close(),
  });
