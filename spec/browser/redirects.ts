// Redirects, which a browser follows invisibly.
import { items, paginate, retryRequests, type PageRequest } from 'pagewise';
import { lastValueFrom, toArray } from 'rxjs';
import { failure, strategy } from './walks.js';

const policy = retryRequests({ retries: 2, base: 1 });

export const redirects = {
  redirected: (request: PageRequest) => failure(lastValueFrom(paginate(request, strategy, { policy }))),
  follows: (request: PageRequest) => lastValueFrom(paginate(request, strategy, { policy }).pipe(items(), toArray())),
};
