// `npm run site`: the site in site/.vitepress/dist. Fails if a link in it leads nowhere.
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vitepress';
import { out, prepare } from './prepare.mjs';
import { sections } from './sections.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));
export const dist = join(root, '.vitepress/dist');

export default async function buildSite() {
  const start = performance.now();
  const took = (what) => console.log(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s since the start`);
  await prepare();
  took('pages are written');
  await build(root);
  took('the site is built');
  copyMarkdown();
  const { pages, links } = checkLinks();
  took(`${pages} pages, ${links} links, none dead`);
}

/** Each page as Markdown beside itself, and llms.txt, which lists them. */
function copyMarkdown() {
  const pages = readdirSync(out, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.md'));
  for (const page of pages) if (page !== 'index.md') cpSync(join(out, page), join(dist, page));
  const line = (page) => {
    const text = readFileSync(join(out, page), 'utf8').replace(/^---\n[^]*?\n---\n/, '');
    const title = /^# (.+)$/m.exec(text)?.[1] ?? page;
    const first =
      text
        .split(/\n{2,}/)
        .find((part) => /^([A-Z*]|`(?!``))/.test(part.trim()))
        ?.replaceAll('\n', ' ')
        .trim() ?? '';
    return `- [${title}](/${page})${first === '' ? '' : `: ${first.split(/(?<=[.:]) /)[0]}`}`;
  };
  const listed = sections.map(
    ({ text, pages: own }) => `## ${text}\n\n${own.map((page) => line(`${page}.md`)).join('\n')}`,
  );
  const entries = pages.filter((page) => /^reference\/\w+\/index\.md$/.test(page)).map(line);
  writeFileSync(
    join(dist, 'llms.txt'),
    `# Pagewise\n\n> Turns any paged API into a stream of pages: an RxJS Observable and an async iterable, and a command.\n\n${listed.join('\n\n')}\n\n## Exported names\n\n${entries.join('\n')}\n`,
  );
}

/** Every link of every page to this site: the file is there, and so is the heading. */
function checkLinks() {
  const files = readdirSync(dist, { recursive: true }).map((name) => String(name).replaceAll('\\', '/'));
  const read = (file) => readFileSync(join(dist, file), 'utf8');
  const html = new Map(files.filter((file) => file.endsWith('.html')).map((file) => [file, read(file)]));
  const ids = new Map(
    [...html].map(([file, text]) => [file, new Set([...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id))]),
  );
  const dead = [];
  let links = 0;
  for (const [file, text] of html) {
    for (const [, target] of text.matchAll(/<(?:a|img|link|script|iframe)\b[^>]*?\s(?:href|src)="([^"]*)"/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      links++;
      const { pathname, hash } = new URL(target.replaceAll('&amp;', '&'), `http://site/${file}`);
      const path = decodeURIComponent(pathname).slice(1);
      const found = [path, posix.join(path, 'index.html'), `${path}.html`].find(
        (one) => files.includes(one) && /\.\w+$/.test(one),
      );
      const id = decodeURIComponent(hash.slice(1));
      if (found === undefined) dead.push(`${file}: ${target}`);
      else if (id !== '' && ids.has(found) && !ids.get(found).has(id))
        dead.push(`${file}: ${target} (no such heading)`);
    }
  }
  for (const [, target] of read('llms.txt').matchAll(/\]\(\/([^)]+)\)/g))
    if (!existsSync(join(dist, target))) dead.push(`llms.txt: ${target}`);
  if (dead.length > 0) throw new Error(`${dead.length} dead links:\n${[...new Set(dead)].join('\n')}`);
  return { pages: html.size, links };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildSite();
