// The walk as code: what the knobs say, and nothing that is a default anyway.
import { address } from './api.js';
import { effective, type Knobs } from './knobs.js';

const strategies: Record<Knobs['paging'], readonly [name: string, options: (size: number) => string]> = {
  page: ['pageNumber', (size) => `items: 'data', total: 'total', size: ${size}`],
  offset: ['offset', (size) => `items: 'data', total: 'total', size: ${size}`],
  cursor: ['cursor', (size) => `items: 'data', next: 'next_cursor', cursorParam: 'cursor', size: ${size}`],
  keyset: ['keyset', (size) => `items: 'data', key: 'id', hasMore: 'has_more', size: ${size}`],
  link: ['linkHeader', (size) => `size: ${size}`],
  next: ['nextUrl', (size) => `items: 'data', next: 'next', size: ${size}, sizeParam: 'limit'`],
};

const row = 'interface Order {\n  id: number;\n  customer: string;\n}\n';

const importOf = (names: readonly string[], from: string) =>
  names.length === 0 ? '' : `import { ${[...names].sort((a, b) => a.localeCompare(b)).join(', ')} } from '${from}';\n`;

/** A module that makes the walk with the library, on an API at `address`. */
export function pagewiseCode(set: Knobs): string {
  const knobs = effective(set);
  const { paging, size, consume, concurrency, prefetch, work, retries, throttle, skip, take } = knobs;
  const [strategy, options] = strategies[paging];
  const names = ['paginate', strategy];
  const ofRx: string[] = [];
  const retry = retries === 5 ? 'retryRequests()' : `retryRequests({ retries: ${retries} })`;
  const lines: string[] = [];
  if (throttle > 0) {
    lines.push(`policy: pipe(throttleRequests({ limit: ${throttle} }), ${retry}),`);
    names.push('retryRequests', 'throttleRequests');
    ofRx.push('pipe');
  } else if (retries !== 5) {
    lines.push(`policy: ${retry},`);
    names.push('retryRequests');
  }
  if (concurrency > 1) lines.push(`concurrency: ${concurrency},`);
  if (prefetch > 0) lines.push(`prefetch: ${prefetch},`);
  if (skip > 0) lines.push(`skipFailedPages: { max: ${skip} },`);
  if (consume === 'manual') {
    lines.push(`nextWhen: () => fromEvent(document.querySelector('#next')!, 'click'),`);
    ofRx.push('fromEvent');
  }
  if (take > 0 && consume !== 'loop') ofRx.push('take');
  const given = lines.length === 0 ? '' : `\n  {\n${lines.map((line) => `    ${line}\n`).join('')}  },`;
  const walk = `const pages = paginate(\n  { url: '${address}' },\n  ${strategy}<Order>({ ${options(size)} }),${given}\n);\n`;
  return `${importOf(names, 'pagewise')}${importOf(ofRx, 'rxjs')}\n${row}\n${walk}\n${consume === 'loop' ? loop(work, take) : subscribe(take)}`;
}

function loop(work: number, take: number): string {
  const wait = work === 0 ? '' : `  await new Promise((done) => setTimeout(done, ${work})); // your work on a page\n`;
  const stop = take === 0 ? '' : `  if (index === ${take - 1}) break;\n`;
  return `for await (const { index, items } of pages) {\n  console.log(index, items.length);\n${wait}${stop}}\n`;
}

const subscribe = (take: number): string =>
  `pages${take > 0 ? `.pipe(take(${take}))` : ''}.subscribe({\n  next: ({ index, items }) => console.log(index, items.length),\n  error: (error: unknown) => console.error(error),\n  complete: () => console.log('done'),\n});\n`;

/** The lines that people write instead. */
export function handCode(set: Knobs): string {
  const { paging, size, take } = effective(set);
  const [body, load, first, more] = hand[paging](size);
  const operators = ['EMPTY', 'expand', 'from', 'mergeMap', ...(take > 0 ? ['take'] : [])];
  const taken = take > 0 ? `    take(${take}),\n` : '';
  return (
    `${importOf(operators, 'rxjs')}\n${row}\ninterface Body {\n  data?: Order[];\n${body}}\n\n` +
    `const url = '${address}';\n${load}\n` +
    `${first}\n  .pipe(\n    expand(${more}),\n${taken}    mergeMap(({ data }) => data ?? []),\n  )\n` +
    `  .subscribe({\n    next: (order) => console.log(order.id),\n    complete: () => console.log('done'),\n  });\n`
  );
}

const get = (parameter: string, query: string) =>
  `const load = (${parameter}) =>\n  from(fetch(${query}).then((response) => response.json() as Promise<Body>));\n`;

/** What the body has besides, how a page is loaded, the first one, and how the walk goes on. */
const hand: Record<
  Knobs['paging'],
  (size: number) => readonly [body: string, load: string, first: string, more: string]
> = {
  page: (size) => [
    '',
    get('page: number', `\`\${url}?page=\${page}&per_page=${size}\``),
    'load(1)',
    `({ data }, index) => (data?.length === ${size} ? load(index + 2) : EMPTY)`,
  ],
  offset: (size) => [
    '',
    get('start: number', `\`\${url}?offset=\${start}&limit=${size}\``),
    'load(0)',
    `({ data }, index) => (data?.length === ${size} ? load((index + 1) * ${size}) : EMPTY)`,
  ],
  cursor: (size) => [
    '  next_cursor?: string | null;\n',
    get("cursor = ''", `\`\${url}?limit=${size}\${cursor && \`&cursor=\${cursor}\`}\``),
    'load()',
    '(body) => (body.next_cursor ? load(body.next_cursor) : EMPTY)',
  ],
  keyset: (size) => [
    '  has_more?: boolean;\n',
    get("after = ''", `\`\${url}?limit=${size}\${after}\``),
    'load()',
    '({ data, has_more }) => (has_more ? load(`&after=${data?.at(-1)?.id}`) : EMPTY)',
  ],
  link: (size) => [
    '  next: string | undefined;\n',
    `const load = (page: string) =>
  from(
    fetch(page).then(async (response): Promise<Body> => ({
      data: (await response.json()) as Order[],
      next: /<([^>]*)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1],
    })),
  );
`,
    `load(\`\${url}?per_page=${size}\`)`,
    '({ next }) => (next ? load(next) : EMPTY)',
  ],
  next: (size) => [
    '  next?: string | null;\n',
    get('page: string', 'page'),
    `load(\`\${url}?limit=${size}\`)`,
    '({ next }) => (next ? load(next) : EMPTY)',
  ],
};
