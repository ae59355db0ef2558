// A list that grows as one scrolls, and a search whose text is in the URL. There is no framework and no build: the
// import map of index.html says where the modules are.
import { cursor, inBody, pageNumber, paginate, retryRequests, whenVisible } from 'pagewise';

const [search, query, status, heading, books, end, words, next, details] = [
  'search',
  'query',
  'status',
  'heading',
  'books',
  'end',
  'words',
  'next',
  'details',
] //
  .map((id) => document.getElementById(id));

const size = 20;
const policy = retryRequests({ retries: 2, base: 200 });
const allBooks = {
  request: { url: '/api/books' },
  strategy: pageNumber({ items: 'books', size, total: 'total' }),
};
const booksWith = (text) => ({
  request: { url: '/api/search', method: 'POST', body: { text } },
  strategy: cursor({ items: 'books', next: 'next', size, total: 'total', place: inBody('paging') }),
});

let walk;

/** Shows the list for the text in the URL: from its first page, or from the page that failed. */
function show(resumeFrom) {
  walk?.unsubscribe();
  const text = wanted();
  const { request, strategy } = text === '' ? allBooks : booksWith(text);
  let isNew = resumeFrom === undefined;
  if (isNew) {
    document.title = text === '' ? 'Books' : `${text} · Books`;
    heading.textContent = text === '' ? 'All books' : `Books with “${text}”`;
  }
  enter('loading', text === '' ? 'Loading …' : 'Searching …');

  // The rows of another list stay until there is an answer, so that a search does not flicker.
  const clear = () => {
    if (!isNew) return;
    isNew = false;
    books.replaceChildren();
    scrollTo(0, 0);
  };
  walk = paginate(request, strategy, {
    policy,
    resumeFrom,
    nextWhen: () => whenVisible(end, { rootMargin: '300px' }),
    events: {
      next(event) {
        if (event.type === 'request') enter('loading');
        if (event.type !== 'wait') return;
        if (event.error?.offline) say('You are offline. The list goes on when you are back.');
        else if (event.ms >= 1000) say(`The server is busy. The list goes on in ${Math.ceil(event.ms / 1000)} s.`);
      },
    },
  }).subscribe({
    next({ items, total, next: more }) {
      clear();
      books.append(...items.map((book) => row(book, text)));
      const count = books.childElementCount;
      end.style.setProperty('--rows', Math.min(size, total - count));
      if (more !== undefined) enter('ready', `${count} of ${total} books`);
      else if (count > 0) enter('done', count === 1 ? '1 book' : `All ${count} books`);
      else enter('none', 'No book found', text === '' ? '' : `No title has “${text}” in it.`);
    },
    error(error) {
      clear();
      const what = causes[error.name] ?? 'Something went wrong.';
      resume = error.resume;
      enter('failed', what, books.childElementCount > 0 ? `${what} What was loaded is still here.` : what);
      details.textContent = error.message;
    },
  });
}

/** What happened, for people; the library's words, which are for those who mend it, are in the details. */
const causes = {
  HttpError: 'The server has a problem.',
  TransportError: 'The server can’t be reached.',
  AttemptTimeoutError: 'The server took too long.',
};
let resume;

/** What the button is for. */
const states = {
  loading: { label: 'Loading …', press() {} },
  ready: { label: 'More books', press: () => end.scrollIntoView() }, // Then it is visible, which asks for the next page.
  failed: { label: 'Try again', press: () => show(resume) },
  none: { label: 'Show all books', press: () => (query.focus(), go('')) },
  done: { label: 'Back to the top', press: () => (scrollTo(0, 0), query.focus()) },
};

/** Goes to one of the states, says so, and explains it at the end of the list where that helps. */
function enter(state, said, explained = '') {
  end.dataset.state = state;
  next.textContent = states[state].label;
  next.setAttribute('aria-disabled', state === 'loading');
  books.setAttribute('aria-busy', state === 'loading');
  words.textContent = explained;
  if (said !== undefined) say(said);
}
next.addEventListener('click', () => states[end.dataset.state].press());

/** A text that is set again would be read again. */
function say(text) {
  if (status.textContent !== text) status.textContent = text;
}

function row({ title, author }, text) {
  const [item, name] = ['li', 'cite'].map((tag) => document.createElement(tag));
  const at = text === '' ? -1 : title.toLowerCase().indexOf(text.toLowerCase());
  if (at < 0) name.append(title);
  else {
    const mark = document.createElement('mark');
    mark.textContent = title.slice(at, at + text.length);
    name.append(title.slice(0, at), mark, title.slice(at + text.length));
  }
  item.append(name, author);
  return item;
}

/** The text that is searched for, by the URL. */
function wanted() {
  return (new URLSearchParams(location.search).get('q') ?? '').trim();
}

/** Searches for a text. For Back, a search that is refined letter by letter is one step. */
function go(text) {
  const isStep = text !== wanted() && (text === '' || wanted() === '');
  history[isStep ? 'pushState' : 'replaceState'](null, '', text === '' ? '.' : `?${new URLSearchParams({ q: text })}`);
  open();
}

/** Shows what the URL says: at the beginning, after a search, and after Back. */
function open() {
  clearTimeout(typing);
  if (query.value.trim() !== wanted()) query.value = wanted();
  show();
}

let typing;
query.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => query.value.trim() !== wanted() && go(query.value.trim()), 250);
});
search.addEventListener('submit', (event) => {
  event.preventDefault();
  go(query.value.trim());
});
addEventListener('popstate', open);
open();
