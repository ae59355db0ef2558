// What is tried on every runtime: written for any of them, so without Node's modules. A check gets the library, the
// origins of the servers, and a way to make transports; it throws if something is not as promised.
/* global structuredClone, FormData */

const pages = 4;
const size = 3;
const text = 'é€😀';
const all = Array.from({ length: pages * size }, (_, id) => ({ id, text }));

export class Failed extends Error {}

const show = (value) => JSON.stringify(value, (_key, one) => (one === undefined ? 'undefined' : one));

function same(actual, expected, what = 'value') {
  if (show(actual) !== show(expected)) throw new Failed(`${what}: ${show(actual)}, expected ${show(expected)}`);
}

const ok = (condition, what) => {
  if (!condition) throw new Failed(what);
};

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(isSo, what) {
  for (let i = 0; i < 100; i++) {
    if (await isSo()) return;
    await pause(20);
  }
  throw new Failed(`never: ${what}`);
}

async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Failed('it did not fail');
}

/** @param name of the error, and of what it was caused by: the walk puts where it was around what failed */
const isError = (error, ...names) => {
  const found = [];
  for (let one = error; one !== undefined && one !== null && found.length < 5; one = one.cause) found.push(one.name);
  ok(
    names.some((name) => found.includes(name)),
    `an error of ${found.join(' < ')}, expected ${names.join(' or ')}: ${error?.message}`,
  );
};

/** For one check: its own key, so that what the servers have seen is only its own. */
function tools({ pagewise, home, other, transport, key }) {
  const { pageNumber, paginate, retryRequests } = pagewise;
  const strategy = pageNumber({ items: 'items', size });
  const quick = retryRequests({ retries: 2, base: 1 });
  const walk = (kind, options = {}, request = {}) =>
    paginate({ url: `${home}/${kind}/${key}`, ...request }, options.strategy ?? strategy, {
      transport: transport(),
      policy: quick,
      ...Object.fromEntries(Object.entries(options).filter(([name]) => name !== 'strategy')),
    });
  const collect = async (walked) => {
    const found = [];
    for await (const { items } of walked) found.push(...items);
    return found;
  };
  const seen = async (origin = home) => (await fetch(`${origin}/seen/${key}`)).json();
  return { ...pagewise, walk, collect, seen, seenByOther: () => seen(other), transport };
}

const list = [
  ['walks four pages, and asks for no more than it has to', async ({ walk, collect, seen }) => {
    same(await collect(walk('list')), all);
    same((await seen()).requests.map(({ page }) => page), [1, 2, 3, 4, 5]);
  }],
  ['reads an answer that comes in chunks, cut within characters', async ({ walk, collect }) =>
    same(await collect(walk('chunked')), all)],
  ['reads a gzipped answer', async ({ walk, collect }) => same(await collect(walk('gzip')), all)],
  ['walks several pages at the same time', async ({ walk, collect }) =>
    same(await collect(walk('slow', { concurrency: 3 })), all)],
  ['R5 waits after a 429 as long as Retry-After says', async ({ walk, collect, seen, retryRequests }) => {
    const waits = [];
    const events = { next: (event) => event.type === 'wait' && waits.push(event.ms) };
    same(await collect(walk('limited', { policy: retryRequests({ base: 1 }), events })), all);
    same([waits.length, waits[0] >= 1000], [1, true], 'waits');
    same((await seen()).requests.map(({ page }) => page), [1, 2, 2, 3, 4, 5]);
  }],
  ['R2 a 404 is an HttpError, and not retried', async ({ walk, collect, seen }) => {
    const error = await failure(collect(walk('missing')));
    isError(error, 'HttpError');
    same([error.status, error.pageIndex, (await seen()).requests.length], [404, 0, 1]);
  }],
  ['T9 HTML is a ParseError', async ({ walk, collect }) => isError(await failure(collect(walk('html'))), 'ParseError')],
  ['R1 a connection that is reset is retried, and the list is whole', async ({ walk, collect, seen }) => {
    same(await collect(walk('reset')), all);
    // Some runtimes send a request again by themselves.
    ok((await seen()).requests.length >= 6, 'it was not retried');
  }],
  ['R1 a dead server is a TransportError, after all attempts', async ({ walk, collect }) => {
    const error = await failure(collect(walk('dead')));
    isError(error, 'TransportError');
    same(error.attempts, 3, 'attempts');
  }],
  ['R1 a refused connection is a TransportError, after all attempts', async ({ walk, collect }) => {
    const error = await failure(collect(walk('list', {}, { url: 'http://127.0.0.1:1/' })));
    isError(error, 'TransportError');
    same(error.attempts, 3, 'attempts');
  }],
  ['a body that is cut is retried, and the list is whole', async ({ walk, collect, seen }) => {
    same(await collect(walk('cut')), all);
    same((await seen()).requests.map(({ page }) => page), [1, 2, 2, 3, 4, 5]);
  }],
  ['a body that is cut is an error without retries', async ({ walk, collect, retryRequests }) =>
    isError(await failure(collect(walk('cut', { policy: retryRequests({ retries: 0 }) }))), 'TransportError')],
  ['a gzipped body that is cut is retried, and the list is whole', async ({ walk, collect, seen }) => {
    same(await collect(walk('cutgzip')), all);
    same((await seen()).requests.map(({ page }) => page), [1, 2, 2, 3, 4, 5]);
  }],
  ['T7 follows a redirect within the host, with its headers', async ({ walk, collect, seen, has }) => {
    const headers = has.seesRedirects ? { authorization: 'Bearer x' } : {};
    same(await collect(walk('moved', {}, { headers })), all);
    if (has.seesRedirects) same((await seen()).requests.at(-1).headers.authorization, 'Bearer x');
  }],
  ['S1 a redirect to another host gets no Authorization, and is an error', async ({ walk, collect, seenByOther, has }) => {
    const error = await failure(collect(walk('away', {}, { headers: { authorization: 'Bearer x' } })));
    isError(error, 'CrossOriginError', 'RedirectError', 'TransportError');
    if (!has.seesRedirects) return; // XMLHttpRequest follows by itself.
    const { requests } = await seenByOther();
    same(requests.filter(({ headers }) => headers.authorization !== undefined).length, 0, 'requests with Authorization');
  }],
  ['T3 unsubscribing closes the connection', async ({ walk, seen }) => {
    const got = [];
    const subscription = walk('silent').subscribe((page) => got.push(page));
    await until(async () => (await seen()).requests.length === 2, 'the second page is requested');
    subscription.unsubscribe();
    await until(async () => (await seen()).left === 1, 'the connection is closed');
    same(got.length, 1);
  }],
  ['T6 aborting ends the walk with the reason, and closes the connection', async ({ walk, collect, seen }) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const failed = failure(collect(walk('silent', { signal: controller.signal })));
    await until(async () => (await seen()).requests.length === 2, 'the second page is requested');
    controller.abort(reason);
    ok((await failed) === reason, 'another error than the reason');
    await until(async () => (await seen()).left === 1, 'the connection is closed');
      }],
  ['T1 attemptTimeout ends a body that does not come, and closes the connection', async ({ walk, collect, seen, transport, retryRequests }) => {
    const error = await failure(
      collect(walk('silent', { transport: transport({ attemptTimeout: 300 }), policy: retryRequests({ retries: 1, base: 1 }) })),
    );
    isError(error, 'AttemptTimeoutError');
    same(error.attempts, 2, 'attempts');
    await until(async () => (await seen()).left === 2, 'the connections are closed');
  }],
  ['T2 totalTimeout ends a page', async ({ walk, collect }) =>
    isError(await failure(collect(walk('silent', { totalTimeout: 300 }))), 'PageTimeoutError')],
  ['T8 a body that is too large is an error', async ({ walk, collect, transport }) =>
    isError(
      await failure(collect(walk('big', { transport: transport({ maxResponseBytes: 5000 }) }))),
      'ResponseTooLargeError',
    )],
  ['D2 numbers that are too large for a double keep their digits', async ({ walk, collect, transport, parseExactJson, stringifyExactJson }) =>
    same(
      stringifyExactJson(await collect(walk('large', { transport: transport({ parseJson: parseExactJson }) }))),
      '[{"id":9007199254740993},{"id":1.1}]',
    )],
  ['D3 reads the encoding that is declared', async ({ walk, collect }) => same(await collect(walk('latin')), ['Müller'])],
  ['D3 bytes that are not valid text are an error', async ({ walk, collect }) =>
    isError(await failure(collect(walk('invalid'))), 'ParseError')],
  ['a 204 is an empty page', async ({ walk, collect }) => same(await collect(walk('nothing')), [])],
  ['pages a POST in its body', async ({ walk, collect, seen, pageNumber, inBody }) => {
    const strategy = pageNumber({ items: 'items', size, place: inBody() });
    same(await collect(walk('list', { strategy }, { method: 'POST', body: { query: text } })), all);
    const { requests } = await seen();
    same(JSON.parse(requests[1].body), { query: text, page: 2, per_page: size });
    same(requests[1].headers['content-type'], 'application/json');
  }],
  ['sends headers that a function gives', async ({ walk, collect, seen }) => {
    await collect(walk('list', {}, { headers: async () => ({ 'x-tenant': 'a' }) }));
    same((await seen()).requests.map(({ headers }) => headers['x-tenant']), ['a', 'a', 'a', 'a', 'a']);
  }],
  ['P10 continues from a token that was JSON in between', async ({ walk, collect, seen }) => {
    let token;
    const first = [];
    for await (const page of walk('list')) {
      first.push(...page.items);
      token = JSON.stringify(page.resume);
      if (page.index === 1) break;
    }
    const rest = await collect(walk('list', { resumeFrom: token }));
    same([...first, ...rest], all);
    same((await seen()).requests.map(({ page }) => page), [1, 2, 3, 4, 5]);
  }],
  ['break ends the walk: nothing more is sent', async ({ walk, seen }) => {
    for await (const page of walk('list')) if (page.index === 1) break;
    await pause(50);
    same((await seen()).requests.map(({ page }) => page), [1, 2]);
  }],
  ['items() and take() ask for no more than they need', async ({ walk, seen, items }) => {
    const got = [];
    await new Promise((resolve, reject) => {
      const subscription = walk('list').pipe(items()).subscribe({ next(item) {
        got.push(item.id);
        if (got.length === 4) { subscription.unsubscribe(); resolve(); }
      }, error: reject });
    });
    await pause(50);
    same([got, (await seen()).requests.length], [[0, 1, 2, 3], 2]);
  }],
  ['R15 a throttle holds requests back, and lets each one go', async ({ walk, collect, throttleRequests }) => {
    let waits = 0;
    const events = { next: (event) => (waits += event.type === 'wait' ? 1 : 0) };
    const policy = throttleRequests({ limit: 1, interval: 50 });
    same(await collect(walk('list', { policy, events, concurrency: 3 })), all);
    ok(waits >= 2, `${waits} waits`);
  }],
  ['detects how the API pages', async ({ detect, transport, home, key }) => {
    const { strategy } = await detect({ url: `${home}/list/${key}?page=1&per_page=3` }, { transport: transport() });
    same(strategy.name, 'pageNumber');
  }],
  ['an error as JSON has its name and message', async ({ walk, collect }) => {
    const error = await failure(collect(walk('missing')));
    const { name, message } = JSON.parse(JSON.stringify(error));
    same([name, message], ['HttpError', error.message]);
  }],
  ['a page can be cloned, as postMessage does', async ({ walk }) => {
    if (typeof structuredClone !== 'function') return;
    for await (const page of walk('list')) {
      same(structuredClone(page).items, page.items);
      break;
    }
  }],
  ['posts a form', async ({ walk, collect, seen, singlePage }) => {
    const body = new FormData();
    body.append('name', text);
    await collect(walk('list', { strategy: singlePage({ items: 'items' }) }, { method: 'POST', body }));
    const [{ headers, body: sent }] = (await seen()).requests;
    ok(headers['content-type'].startsWith('multipart/form-data; boundary='), headers['content-type']);
    ok(sent.includes(text), sent);
  }],
]; // prettier-ignore

/** The titles of all checks, in order. */
export const titles = list.map(([title]) => title);

/**
 * Runs one check.
 * @param setting what the runtime has: `pagewise`, the origins `home` and `other`, `transport`, `name`, and `has`
 * @returns what is wrong; `undefined` if nothing is
 */
export async function runCheck(index, setting) {
  const key = `${setting.name}-${index}`.replace(/[^\w-]/g, '_');
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Failed('it took more than 15 s')), 15_000);
  });
  try {
    const { has = { seesRedirects: true } } = setting;
    await Promise.race([list[index][1]({ ...tools({ ...setting, key }), has, home: setting.home, key }), late]);
    return undefined;
  } catch (error) {
    return error instanceof Failed ? error.message : `${error?.name}: ${error?.message}; cause: ${error?.cause}`;
  } finally {
    clearTimeout(timer);
  }
}
