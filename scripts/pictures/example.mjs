// The page without a framework: a list and a search in a wide window, a failure in a narrow one.
import { openExample, states, until } from '../browser-example.mjs';

const pictures = [
  { name: 'browser', state: 'found', viewport: { width: 840, height: 640 } },
  { name: 'browser-narrow', state: 'failed later', viewport: { width: 390, height: 640 } },
];

/** @param take takes a picture of a page of the browser, and names it */
export async function pictureExample(browser, take) {
  for (const { name, state, viewport } of pictures)
    for (const colorScheme of ['light', 'dark']) {
      const { answer, ready, ...options } = states[state];
      const shown = await openExample(browser, answer, { ...options, viewport, colorScheme });
      await until(name, () => ready(shown));
      await take(shown.page, `${name}-${colorScheme}`);
      await shown.end();
    }
}
