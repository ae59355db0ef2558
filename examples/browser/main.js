// Infinite scroll without a framework: the next page is requested when the end of the list becomes visible.
import { cursor, inBody, pageNumber, paginate, retryRequests, whenVisible } from 'pagewise';

const [query, books, status] = ['query', 'books', 'status'].map((id) => document.getElementById(id));
const policy = retryRequests({ retries: 1, base: 100 });
const all = { request: { url: '/api/books' }, strategy: pageNumber({ items: 'books', size: 20, total: 'total' }) };
const found = (text) => ({
  request: { url: '/api/search', method: 'POST', body: { text } },
  strategy: cursor({ items: 'books', next: 'next', size: 20, place: inBody('paging') }),
});

let showing;

/** Shows a list from its first page, or from the page that failed. Cancels the walk in progress. */
function show({ request, strategy }, resumeFrom) {
  showing?.unsubscribe();
  if (resumeFrom === undefined) books.replaceChildren();
  status.textContent = 'Loading …';
  showing = paginate(request, strategy, {
    policy,
    resumeFrom,
    nextWhen: () => whenVisible(status, { rootMargin: '300px' }),
    events: {
      next({ type, ms }) {
        if (type === 'wait') status.textContent = `The server is busy. Retrying in ${Math.ceil(ms / 1000)} s …`;
      },
    },
  }).subscribe({
    next({ items }) {
      for (const { title, author } of items) {
        const row = document.createElement('li');
        row.textContent = `${title}, by ${author}`;
        books.append(row);
      }
      status.textContent = `${books.childElementCount} books`;
    },
    complete() {
      status.textContent = `${books.childElementCount} books. That is all.`;
    },
    error(error) {
      const retry = document.createElement('button');
      retry.textContent = 'Try again';
      retry.onclick = () => show({ request, strategy }, error.resume);
      status.replaceChildren(`${error.message} `, retry);
    },
  });
}

let typing;
query.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => show(query.value === '' ? all : found(query.value)), 200);
});
query.form.addEventListener('submit', (event) => event.preventDefault());
show(all);
