// The pictures of docs/angular.md: npm run test:angular -- --screenshots
import { takePicture } from '../pictures/take-picture.mjs';
import { until } from './scenes.mjs';

const answer = ({ path, page }, send, fail) => {
  if (path === '/api/outage' && page === 3) return fail(503);
  if (path === '/api/busy' && page === 2) return fail(429, { 'retry-after': '6' });
  send();
};
const list = async ({ rows }) => (await rows()).length >= 20;
const failure = async ({ tab, scroll }) => (await scroll(), await tab.locator('.failed').isVisible());
const countdown = async ({ tab, scroll }) => (
  await scroll(),
  (await tab.getByRole('timer').allTextContents())[0] === '4'
);
const found = async ({ status }) => (await status()).includes('match');

const wide = { viewport: { width: 840, height: 560 } };
const narrow = { viewport: { width: 360, height: 640 } };
const [light, dark] = [{ colorScheme: 'light' }, { colorScheme: 'dark' }];
const pictures = {
  'list-light': { ...wide, ...light, ready: list },
  'list-dark': { ...wide, ...dark, ready: list },
  search: { ...wide, ...light, route: 'search?q=winter+glass', ready: found },
  pages: { ...wide, ...dark, route: 'pages?page=7', ready: list },
  error: { ...wide, ...light, route: 'outage', ready: failure },
  wait: { ...wide, ...dark, route: 'busy', ready: countdown },
  'narrow-light': { ...narrow, ...light, route: 'search?q=winter+glass', ready: found },
  'narrow-dark': { ...narrow, ...dark, route: 'outage', ready: failure },
};

export async function takeScreenshots(scene) {
  for (const [name, { ready, ...options }] of Object.entries(pictures)) {
    const shown = await scene({ answer, expected: [429, 503], reducedMotion: 'reduce', ...options });
    await until(name, () => ready(shown));
    // The last books, and what stands for those to come.
    if (ready !== list && ready !== found)
      await shown.tab.evaluate(() => {
        const { top } = [...globalThis.document.querySelectorAll('ol.books li')].at(-1).getBoundingClientRect();
        globalThis.scrollBy(0, top - globalThis.innerHeight / 3);
      });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await takePicture(shown.tab, `angular-${name}`);
    await shown.end();
  }
}
