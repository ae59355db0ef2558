import { pageNumber, paginate } from 'pagewise';
import { usePages } from './use-pages.js';

interface Book {
  id: number;
  title: string;
}
const strategy = pageNumber<Book>({ size: 20, items: 'books', total: 'total' });
const labels = { loading: 'Loading …', ready: 'More', error: 'Try again', done: 'That is all' };

export function Books({ url }: { url: string }) {
  const { items, total, status, error, loadNext, retry } = usePages(url, (url, resumeFrom) =>
    paginate({ url }, strategy, { resumeFrom }),
  );
  return (
    <>
      <ul>
        {items.map(({ id, title }) => (
          <li key={id}>{title}</li>
        ))}
      </ul>
      <p role="status">{total !== undefined && `${items.length} of ${total} books`}</p>
      {status === 'error' && <p role="alert">{(error as Error).message}</p>}
      {/* One button for every state, so that it keeps the focus. */}
      <button aria-disabled={status === 'loading' || status === 'done'} onClick={status === 'error' ? retry : loadNext}>
        {labels[status]}
      </button>
    </>
  );
}
