// What a person does with the example: searches, pages by number, chooses a theme, meets errors, comes back.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { demo } from '../../examples/angular/serve.mjs';
import { until } from './scenes.mjs';

const oneTo = (n) => Array.from({ length: n }, (_, i) => i + 1);

export async function testProduct(test, scene) {
  await test('a link to a search leads to what it finds, counted, with the words marked', async () => {
    const { tab, status, end } = await scene({ route: 'search?q=winter%20glass' });
    await until('found', async () => (await status()) !== '');
    assert.match(await status(), /^20 of [\d,]+ books match “winter glass”\.$/);
    assert.equal(await tab.getByRole('searchbox').inputValue(), 'winter glass');
    const titles = await tab.locator('ol.books .title').allTextContents();
    assert.ok(titles.every((title) => title.includes('Winter') && title.includes('Glass')));
    const marks = await tab.locator('ol.books .title mark').allTextContents();
    assert.deepEqual(new Set(marks), new Set(['Winter', 'Glass']));
    assert.ok(marks.length >= 40);
    await end();
  });

  await test('Back and Forward lead through the searches, and ask for nothing again', async () => {
    const { tab, asked, rows, status, end } = await scene({ route: 'search' });
    const box = tab.getByRole('searchbox');
    const q = () => new URL(tab.url()).searchParams.get('q');
    await box.fill('lantern');
    await until('lanterns', async () => (await status()).includes('“lantern”'));
    const lanterns = await rows();
    await box.fill('garden');
    await until('gardens', async () => (await status()).includes('“garden”'));
    const before = asked.length;
    assert.equal(q(), 'garden');
    await tab.goBack();
    await until('lanterns again', async () => (await status()).includes('“lantern”'));
    assert.deepEqual([await box.inputValue(), q(), await rows()], ['lantern', 'lantern', lanterns]);
    await tab.goForward();
    await until('gardens again', async () => (await box.inputValue()) === 'garden');
    await tab.goBack();
    await tab.goBack();
    await until('no search', async () => (await box.inputValue()) === '');
    assert.equal(asked.length, before);
    await end();
  });

  await test('what is typed while the URL changes is not lost, and the box keeps the focus', async () => {
    const { tab, asked, end } = await scene({ route: 'search' });
    const box = tab.getByRole('searchbox');
    await box.focus();
    await tab.keyboard.type('glass', { delay: 270 });
    await until('the whole text is searched for', () => asked.at(-1)?.text === 'glass');
    assert.equal(await box.inputValue(), 'glass');
    assert.ok(await box.evaluate((element) => element === globalThis.document.activeElement));
    await end();
  });

  await test('a search that finds nothing says so, and shows a way out', async () => {
    const { tab, rows, status, heard, end } = await scene({ route: 'search?q=unicorn' });
    await tab.getByRole('heading', { name: 'No book matches “unicorn”' }).waitFor();
    assert.equal(await status(), 'No books match “unicorn”.');
    await tab.getByRole('link', { name: 'lantern' }).click();
    await until('lanterns', async () => (await rows()).length === 20);
    await tab.goBack();
    await tab.getByRole('link', { name: 'Clear the search' }).click();
    await until('an empty box', async () => (await tab.getByRole('searchbox').inputValue()) === '');
    assert.equal(new URL(tab.url()).search, '');
    await until('the count was said', async () => (await heard()).some((text) => text.includes('“lantern”')));
    await end();
  });

  await test('any page by its number: a link, next and previous, a jump, Back; each page is requested alone', async () => {
    const { tab, pages, rows, status, end } = await scene({ route: 'pages?page=7' });
    const at = async (page, first) => {
      await until(`page ${page}`, async () => (await rows())[0] === String(first));
      await until('the status', async () => (await status()).startsWith(`Page ${page} of 500`));
      assert.equal(new URL(tab.url()).searchParams.get('page') ?? '1', String(page));
    };
    await at(7, 121);
    assert.equal(await status(), 'Page 7 of 500: books 121 to 140 of 10,000.');
    await tab.getByRole('link', { name: 'Next' }).click();
    await at(8, 141);
    await tab.getByLabel('Go to page').fill('400');
    await tab.keyboard.press('Enter');
    await at(400, 7981);
    assert.equal(await tab.locator('.pager [aria-current=page]').textContent(), '400');
    await tab.getByRole('link', { name: 'Page 500' }).click();
    await at(500, 9981);
    assert.equal(await tab.getByRole('link', { name: 'Next' }).getAttribute('aria-disabled'), 'true');
    assert.deepEqual(pages(), [7, 8, 400, 500]);
    await tab.goBack();
    await at(400, 7981);
    await end();
  });

  await test('a page number that is none leads to page 1, and one beyond the end says where the end is', async () => {
    const { tab, url, rows, end } = await scene({ route: 'pages?page=abc', count: 50 });
    await until('page 1', async () => (await rows())[0] === '1');
    await tab.goto(`${url}pages?page=9`);
    await tab.getByRole('heading', { name: 'There is no page 9' }).waitFor();
    await tab.getByRole('link', { name: 'The last one is 3' }).click();
    await until('page 3', async () => (await rows())[0] === '41');
    await end();
  });

  await test('a page that fails leaves the one before it in sight, and can be tried again', async () => {
    let down = true;
    const answer = ({ page }, send, fail) => (page === 2 && down ? fail(503) : send());
    const { tab, rows, end } = await scene({ route: 'pages', answer, expected: [503] });
    await until('page 1', async () => (await rows()).length === 20);
    await tab.getByRole('link', { name: 'Next' }).click();
    await tab.getByText('The server is down.', { exact: true }).waitFor();
    assert.equal((await rows())[0], '1');
    down = false;
    await tab.getByRole('button', { name: 'Try again' }).click();
    await until('page 2', async () => (await rows())[0] === '21');
    await end();
  });

  await test('All: Back leads to the same place in the list, and asks for nothing', async () => {
    const { tab, pages, end } = await scene({ route: 'all', count: 1000 });
    const list = tab.getByRole('list', { name: 'All books' });
    await until('some pages', async () => {
      await list.evaluate((element) => element.scrollBy(0, 500));
      return pages().length >= 6;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const [top, asked] = [await list.evaluate((element) => element.scrollTop), pages().length];
    await tab.getByRole('link', { name: 'Search' }).click();
    await tab.getByRole('searchbox').waitFor();
    await tab.goBack();
    await until('the place', async () => Math.abs((await list.evaluate((element) => element.scrollTop)) - top) <= 1);
    await list.getByRole('listitem').first().waitFor();
    assert.equal(pages().length, asked);
    await end();
  });

  await test('the theme that was chosen is there again before the application is, and Auto follows the system', async () => {
    const { tab, url, end } = await scene({ colorScheme: 'light', expected: ['ERR_FAILED'] });
    const red = async () =>
      Number(
        /\d+/.exec(await tab.evaluate(() => globalThis.getComputedStyle(globalThis.document.body).backgroundColor)),
      );
    assert.ok((await red()) > 200);
    await tab.getByLabel('Theme').selectOption('Dark');
    await until('dark', async () => (await red()) < 60);
    await tab.route('**/*.js', (route) => route.abort());
    await tab.goto(`${url}pages`);
    assert.ok((await red()) < 60, 'no flash of the other theme');
    await tab.unroute('**/*.js');
    await tab.goto(url);
    await until('the choice', async () => (await tab.getByLabel('Theme').inputValue()) === 'dark');
    await tab.getByLabel('Theme').selectOption('Auto');
    await until('light again', async () => (await red()) > 200);
    await tab.emulateMedia({ colorScheme: 'dark' });
    await until('dark again', async () => (await red()) < 60);
    await end();
  });

  const kinds = {
    'is down': ['The server is down.', /^Page 3 failed: 503 .* after 3 attempts/],
    'limits requests': ['Too many requests.', /429/],
    'does not find the list': ['This list is not here.', /404/],
    'breaks the connection': ['The connection was lost.', /^Page 3 failed/],
  };
  await test('the outage happens each time it is asked for, in words for people; the books stay, and the list continues', async () => {
    const expected = [404, 429, 503, 'ERR_EMPTY_RESPONSE', 'ERR_CONNECTION_RESET'];
    const { tab, pages, rows, scroll, end } = await scene({ route: 'outage', answer: demo(), expected });
    const failed = tab.locator('.failed');
    const button = tab.getByRole('button');
    await until('the failure', async () => (await scroll(), await failed.isVisible()));
    for (const [kind, [title, details]] of Object.entries(kinds)) {
      await tab.getByLabel('The server').selectOption(kind);
      for (let i = 0; i < 2; i++) {
        const before = pages().length;
        await button.click();
        await until('asked again', () => pages().length > before);
        await failed.waitFor();
        await until('settled', async () => (await button.getAttribute('aria-disabled')) === 'false');
        assert.equal(await failed.locator('strong').textContent(), title);
        assert.ok(await failed.locator('code').isHidden(), 'the details are hidden');
        assert.match(await failed.locator('code').textContent(), details);
      }
    }
    assert.deepEqual(await rows(), oneTo(40).map(String));
    await tab.getByLabel('The server').selectOption('works');
    await button.click();
    await until('page 3', async () => (await rows()).length >= 60);
    assert.equal(await failed.count(), 0);
    await tab.getByLabel('The server').selectOption('is down');
    await until('the failure again', async () => (await scroll(), await failed.isVisible()));
    await end();
  });

  await test('offline: says so, once, and continues by itself', async () => {
    const { tab, rows, scroll, heard, end } = await scene({ expected: ['ERR_INTERNET_DISCONNECTED'] });
    await until('the first page', async () => (await rows()).length === 20);
    // The server has written the rows: the application may not have been loaded yet.
    await tab.waitForLoadState('networkidle');
    await tab.context().setOffline(true);
    await until('it says so', async () => (await scroll(), await tab.locator('.waiting').isVisible()));
    assert.equal(await tab.locator('.waiting strong').textContent(), 'You are offline.');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await tab.context().setOffline(false);
    await until('the next page', async () => (await rows()).length >= 40);
    const said = (await heard()).filter((text) => text.startsWith('You are offline.'));
    assert.equal(said.length, 1);
    await end();
  });

  await test('screen readers say each change once', async () => {
    let down = true;
    const answer = ({ path, page }, send, fail) => {
      if (path === '/api/outage' && page === 2 && down) return fail(503);
      setTimeout(send, 50);
    };
    const { tab, rows, scroll, heard, end } = await scene({ route: 'outage', count: 40, answer, expected: [503] });
    await until('the first page', async () => (await heard()).length > 0);
    await until('the failure', async () => (await scroll(), await tab.locator('.failed').isVisible()));
    await tab.getByRole('button').click();
    await until('it fails again', async () => (await heard()).length === 3);
    down = false;
    await tab.getByRole('button').click();
    await until('the second page', async () => (await rows()).length === 40);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const failure = 'The server is down. Your books stay here. Try again in a moment.';
    assert.deepEqual(await heard(), ['20 of 40 books.', failure, failure, '40 books. That is all.']);
    await end();
  });

  await test('each page leads to its source, and to no other host', async () => {
    const { tab, url, end } = await scene({});
    for (const route of ['', 'pages', 'all', 'search', 'busy', 'outage']) {
      await tab.goto(url + route);
      await tab.locator('.source a').first().waitFor();
      const links = await tab.evaluate(() => [...globalThis.document.links].map(({ href }) => href));
      assert.deepEqual(links.filter((link) => !link.startsWith(url)), [], route); // prettier-ignore
      const sources = links.filter((link) => link.includes('/source/'));
      assert.ok(sources.length > 0);
      for (const source of sources) {
        const answer = await fetch(source);
        assert.equal(answer.status, 200, source);
        assert.match(await answer.text(), /^import /);
        assert.match(answer.headers.get('content-type'), /^text\/plain/);
      }
    }
    for (const outside of ['../serve.mjs', '..%2f..%2fserve.mjs', '.npmrc', ''])
      assert.notEqual((await fetch(`${url}source/${outside}`).then(({ headers }) => headers.get('content-type'))), 'text/plain; charset=utf-8'); // prettier-ignore
    await end();
  });

  await test('what the server sends is compressed: pages, code, styles and lists', async () => {
    const { tab, url, end } = await scene({});
    const files = await tab.evaluate(() => [
      globalThis.document.querySelector('link[rel=stylesheet]').href,
      globalThis.document.querySelector('script[src]').src,
    ]);
    const of = (link, encoding) =>
      new Promise((resolve, reject) => {
        const sent = request(link, { headers: { 'accept-encoding': encoding } }, (response) => {
          response.resume();
          resolve(response.headers);
        });
        sent.on('error', reject).end();
      });
    for (const link of [url, ...files, `${url}api/books?page=1&per_page=20`]) {
      for (const [accepted, used] of [
        ['gzip, br', 'br'],
        ['gzip', 'gzip'],
        ['identity', undefined],
      ])
        // prettier-ignore
        assert.equal((await of(link, accepted))['content-encoding'], used, `${link}, ${accepted}`);
    }
    await end();
  });
}
