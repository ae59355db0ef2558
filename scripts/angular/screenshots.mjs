// The pictures of docs/angular.md: npm run test:angular -- --screenshots
import { fileURLToPath } from 'node:url';
import { until } from './scenes.mjs';

const answer = ({ path, page }, send, fail) => {
  if (path === '/api/outage' && page === 3) return fail(503);
  if (path === '/api/busy' && page === 2) return fail(429, { 'retry-after': '6' });
  send();
};
const pictures = [
  { name: 'list-light', colorScheme: 'light', ready: async ({ rows }) => (await rows()).length >= 20 },
  { name: 'list-dark', colorScheme: 'dark', ready: async ({ rows }) => (await rows()).length >= 20 },
  {
    name: 'error',
    route: 'outage',
    colorScheme: 'light',
    ready: async ({ tab, scroll }) => (await scroll(), await tab.getByRole('alert').isVisible()),
  },
  {
    name: 'wait',
    route: 'busy',
    colorScheme: 'dark',
    ready: async ({ tab, scroll }) => (await scroll(), (await tab.getByRole('timer').allTextContents())[0] === '4'),
  },
];

export async function takeScreenshots(scene) {
  for (const { name, ready, ...options } of pictures) {
    const viewport = { width: 840, height: 560 };
    const shown = await scene({ answer, viewport, expected: [429, 503], reducedMotion: 'reduce', ...options });
    await until(name, () => ready(shown));
    const path = fileURLToPath(new URL(`../../docs/images/angular-${name}.png`, import.meta.url));
    await shown.tab.screenshot({ path });
    await shown.end();
  }
}
