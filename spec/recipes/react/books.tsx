import { pageNumber, paginate } from 'pagewise';
import { usePages } from './use-pages.js';

interface Book {
  id: number;
  title: string;
}
const strategy = pageNumber<Book>({ size: 20, items: 'books', total: 'total' });

export function Books({ url }: { url: string }) {
  const { items, status, error, loadNext, retry } = usePages(url, (url, resumeFrom) =>
    paginate({ url }, strategy, { resumeFrom }),
  );
  return (
    <>
      <ul>
        {items.map(({ id, title }) => (
          <li key={id}>{title}</li>
        ))}
      </ul>
      {status === 'loading' && <p>Loading …</p>}
      {status === 'ready' && <button onClick={loadNext}>More</button>}
      {status === 'error' && <button onClick={retry}>{(error as Error).message} Try again</button>}
    </>
  );
}
