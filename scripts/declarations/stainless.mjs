// Stainless: the pagination classes of generated SDKs, and how many of their methods return pages of each.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const packages = [
  '@anthropic-ai/sdk', '@beeper/desktop-api', '@knocklabs/node', '@metronome/sdk', '@mux/mux-node',
  '@runloop/api-client', '@stainless-api/sdk', '@tryfinch/finch-api', '@turbopuffer/turbopuffer', '@whop/sdk',
  'cloudflare', 'dodopayments', 'lithic', 'modern-treasury', 'openai', 'orb-billing',
  'replicate-stainless', 'telnyx', 'together-ai',
]; // prettier-ignore

export const declarationsOf = (unpacked) => ({
  source: 'pagination classes of SDKs that Stainless generated, and how many methods return pages of each',
  packages: Object.fromEntries(unpacked.map(({ folder, source }) => [source, classesOf(folder)])),
});

function classesOf(folder) {
  const operations = operationsOf(folder);
  const files = ['src/core/pagination.ts', 'src/pagination.ts'].map((name) => join(folder, name)).filter(existsSync);
  const text = files.map((file) => readFileSync(file, 'utf8')).find((each) => each.includes('getPaginatedItems')) ?? '';
  const plain = text
    .replaceAll(/\/\*\*[^]*?\*\//g, '')
    .replaceAll(/\/\/.*/g, '')
    .replaceAll(/\s+/g, ' ');
  const classes = [...plain.matchAll(/export class (\w+)((?:(?!export class ).)*)/g)]
    .filter(([, name, body]) => body.includes('getPaginatedItems(): ') && operations.has(name))
    .map(([, name, body]) => [name, { ...declarationOf(name, body, plain), operations: operations.get(name) }]);
  return Object.fromEntries(classes);
}

/** How many methods return pages of each class. Older SDKs derive a class of its own for each kind of item. */
function operationsOf(folder) {
  const files = readdirSync(join(folder, 'src'), { recursive: true }).filter((name) => name.endsWith('.ts'));
  const texts = files.map((file) => readFileSync(join(folder, 'src', file), 'utf8'));
  const bases = new Map(
    texts.flatMap((text) => [...text.matchAll(/class (\w+) extends (\w+)</g)].map(([, name, base]) => [name, base])),
  );
  const baseOf = (name) => (bases.has(name) && bases.get(name) !== 'AbstractPage' ? bases.get(name) : name);
  const counts = new Map();
  for (const [, name] of texts.flatMap((text) => [
    ...text.matchAll(/getAPIList\([^]*?,\s*(?:\w+\.)?([A-Z]\w*)(?=[<,])/g),
  ]))
    // prettier-ignore
    counts.set(baseOf(name), (counts.get(baseOf(name)) ?? 0) + 1);
  return counts;
}

/** The scheme of stainless.yml that a class was generated from: its type, the parameters and the fields of answers. */
function declarationOf(name, body, text) {
  const field = (expression) => fieldOf(expression, body);
  const items = field(/getPaginatedItems\(\)[^{]*\{ return (\S+) \?\? \[\]/.exec(body)?.[1] ?? '');
  const params = paramsOf(name, text);
  const limit = params.find((each) => /limit|per_?page|page_?size|page\[size\]|\$top|^count$|^first$/i.test(each));
  const more = /this(?:\??\.\w+)+(?= === false| && super|;? \}? ?if \()/.exec(/hasNextPage\(\): boolean \{(.*?)\} next/.exec(body)?.[1] ?? '')?.[0]; // prettier-ignore
  const next = /next(?:PageRequestOptions|PageInfo)\(\)[^{]*\{(.*)/.exec(body)?.[1] ?? '';
  const shared = {
    items,
    ...(limit !== undefined && { limit }),
    ...(more !== undefined && { has_next_page: field(more) }),
    // Unless a scheme says otherwise, an empty page is the last one.
    ...(/hasNextPage\(\): boolean \{(?:(?!super).)*nextPageRequestOptions\(\) != null/.test(body) && { continue_on_empty: true }), // prettier-ignore
  };
  return { ...schemeOf(next, field, params), ...shared };
}

function schemeOf(next, field, params) {
  if (/^\s*return null;/.test(next)) return { type: 'fake_page' };
  const sent = [...next.matchAll(/(query|body): \{ \.\.\.maybeObj\(this\.options\.(?:query|body)\), ('[^']+'|\w+)(?:: [^,}]+)?,? \}/g)].at(-1); // prettier-ignore
  const at = sent?.[1] === 'body' ? { in: 'body' } : {};
  const param = sent?.[2].replaceAll("'", '') ?? /params: \{ (\w+):/.exec(next)?.[1];
  if (/new URL\(/.test(next))
    return { type: 'cursor_url', next_url: field(/const \w+ = (this[\w?.]+)/.exec(next)?.[1]) };
  const counted = /const currentPage = (?:this|query)/.exec(next);
  if (counted) {
    const pages = /currentPage >= (this[\w?.]+)/.exec(next)?.[1];
    const start = Number(/\?\? (\d)/.exec(next)?.[1] ?? 1);
    return { type: 'page_number', param, ...at, ...(start === 0 && { start }), ...(pages && { total_pages: field(pages) }) }; // prettier-ignore
  }
  if (/const offset = /.test(next)) {
    const total = /const (?:totalCount|count) = (this[\w?.]+)/.exec(next)?.[1];
    return { type: 'offset', param, ...at, ...(total && { total: field(total) }) };
  }
  // Where a class goes both ways, this is the way forwards.
  const key = /\[\w+\.length - 1\]\??\.(\w+)/.exec(next)?.[1];
  const forwards = params.find((each) => /^(starting_)?after/.test(each));
  if (key !== undefined) return { type: 'cursor_id', param: forwards ?? param, ...at, key };
  const cursors = [...next.matchAll(/const cursor = (this[\w?.]+)/g)].at(-1)?.[1];
  return { type: 'cursor', param, ...at, next: field(cursors) };
}

/** A field of the class as a path into the answer, or as the header that it is read from. */
function fieldOf(expression = '', body = '') {
  const path = expression.replace(/^this\??\./, '').replaceAll('?.', '.');
  const [own] = path.split('.');
  const header = new RegExp(`this\\.${own} = (?:maybeCoerce\\w+\\()?this\\.response\\.headers\\.get\\('([^']+)'\\)`).exec(body)?.[1]; // prettier-ignore
  if (header !== undefined) return `header:${header}`;
  return new RegExp(`this\\.${own} = body(?: \\|\\||;)`).test(body) ? '.' : path;
}

/** The parameters of a class: members of its …Params interface. */
function paramsOf(name, text) {
  const [, members = ''] =
    new RegExp(`export interface ${name}Params (?:extends [^{]+)?\\{([^}]*)\\}`).exec(text) ?? [];
  return [...members.matchAll(/('[^']+'|\w+)\??:/g)].map(([, member]) => member.replaceAll("'", ''));
}
