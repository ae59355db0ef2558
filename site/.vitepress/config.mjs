import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { sections } from '../sections.mjs';

const pages = new URL('../generated/', import.meta.url);
const read = (page) => readFileSync(new URL(`${page}.md`, pages), 'utf8');
const titleOf = (page) => /^# (.+)$/m.exec(read(page))?.[1].replaceAll('`', '') ?? page;
const link = (page) => `/${page.replace(/(^|\/)index$/, '$1')}`;

const listed = new Set(sections.flatMap((section) => section.pages));
const lost = readdirSync(pages, { recursive: true })
  .map((name) => String(name).replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.md') && !name.startsWith('reference/') && name !== 'index.md')
  .filter((name) => !listed.has(name.replace(/\.md$/, '')));
if (lost.length > 0) throw new Error(`site/sections.mjs has no place for ${lost.join(', ')}`);

/** The entries of the package, each with its page of names. */
const entries = readdirSync(new URL('reference/', pages), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => ({ text: name === 'index' ? 'pagewise' : `pagewise/${name}`, link: `/reference/${name}/` }))
  .sort((a, b) => a.text.localeCompare(b.text));

const items = ({ text, pages: own }) => {
  const all = own.map((page) => ({ text: titleOf(page), link: link(page) }));
  const [first, ...others] = all;
  return text === 'Reference'
    ? [first, ...entries, ...others, { text: 'Every flag of the command', link: '/flags' }]
    : all;
};

/** All sections; within the long ones, APIs and Reference, the others are one link each. */
const whole = sections.map((section) => ({
  text: section.text,
  items: section.text === 'APIs' ? items(section).slice(0, 1) : items(section),
}));
const within = (long) =>
  sections.map((section) => ({
    text: section.text,
    items: section.text === long ? items(section) : items(section).slice(0, 1),
  }));

/** As GitHub makes them, so that links between headings work in both. */
const slugify = (text) =>
  text.trim().toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/g, '-'); // prettier-ignore

/** Two braces in a text are two braces. */
function withoutInterpolation(markdown) {
  const { rules } = markdown.renderer;
  for (const name of ['text', 'code_inline']) {
    const rule = rules[name];
    rules[name] = (...args) => rule(...args).replaceAll('{{', '&#123;&#123;');
  }
}

/** A header cell without text heads nothing: it is a plain cell. */
function emptyHeaders({ tokens }) {
  tokens.forEach((token, i) => {
    if (token.type !== 'th_open' || tokens[i + 1].content !== '') return;
    token.tag = 'td';
    tokens[i + 2].tag = 'td';
  });
}

/** What is searched: pages of names without their code, which takes most of the time and finds nothing. */
function forSearch(source, env, markdown) {
  const text = env.relativePath.startsWith('reference/') ? source.replaceAll(/^```[^]*?^```$/gm, '') : source;
  return env.frontmatter?.search === false ? '' : markdown.render(text, env);
}

export default defineConfig({
  title: 'Pagewise',
  description: 'Turns any paged API into a stream of pages.',
  lang: 'en',
  srcDir: 'generated',
  cacheDir: '.cache',
  base: process.env.SITE_BASE ?? '/',
  metaChunk: true,
  // The theme adds this class when its script runs; without it the bar at the top would move then.
  transformHtml: (html) => html.replace('<div class="VPNavBar"', '<div class="VPNavBar has-sidebar"'),
  markdown: {
    anchor: { slugify },
    languageAlias: { mjs: 'js' },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config(markdown) {
      withoutInterpolation(markdown);
      // A wide table scrolls in itself: with the keyboard too.
      markdown.renderer.rules.table_open = () => '<table tabindex="0">\n';
      markdown.core.ruler.push('empty-headers', emptyHeaders);
    },
  },
  themeConfig: {
    search: { provider: 'local', options: { _render: forSearch } },
    outline: [2, 3],
    nav: ['five-minutes', 'which-paging', 'apis/index', 'reference/index'].map((page, i) => ({
      text: ['Start', 'Which paging?', 'APIs', 'Reference'][i],
      link: link(page),
    })),
    sidebar: { '/apis/': within('APIs'), '/reference/': within('Reference'), '/': whole },
  },
  vite: {
    server: { fs: { allow: ['..'] } },
    build: { chunkSizeWarningLimit: 2000 },
    // The playground imports the library by its name, and runs it in a worker.
    resolve: {
      alias: [
        { find: /^pagewise$/, replacement: fileURLToPath(new URL('../../dist/browser/index.js', import.meta.url)) },
      ],
    },
    worker: { format: 'es' },
  },
});
