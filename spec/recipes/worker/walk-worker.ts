import { pageNumber, paginate, type Page } from 'pagewise';

interface Book {
  id: number;
  title: string;
}
const strategy = pageNumber<Book>({ size: 20, items: 'books', total: 'total' });
let walk: AsyncIterator<Page<Book>, undefined> | undefined;

// Each message asks for one page. Errors are sent as texts: their classes and properties do not survive postMessage.
addEventListener('message', ({ data }: MessageEvent<{ url: string }>) => void answer(data));

async function answer(request: { url: string }) {
  try {
    walk ??= paginate(request, strategy)[Symbol.asyncIterator]();
    const { value: page } = await walk.next();
    postMessage(page && { items: page.items, total: page.total, resume: page.resume });
  } catch (error) {
    const { name, message } = error as Error;
    postMessage({ error: { name, message } });
  }
}
