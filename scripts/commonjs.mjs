// Projects that are CommonJS, in a fresh folder with the package as it is published: require on Node, Jest without flags
// for ES modules, Vitest, and TypeScript as old and new projects set it, such as those of NestJS. In the same folder, the
// tests of the types with each TypeScript from the oldest on.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countChecks } from './count-checks.mjs';
import buildPackage from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pagewise-commonjs-'));
const project = join(folder, 'project');
const at = (name) => join(project, name);
const write = (name, text) => writeFileSync(at(name), text);
const json = (name, value) => write(name, JSON.stringify(value));
const env = { ...process.env, NODE_OPTIONS: '' };

/** From the first that has `NoInfer` to the newest. */
const typeScripts = ['5.4', '5.5', '5.6', '5.7', '5.8', '5.9', '6.0', 'latest'];
const packages = [
  'rxjs@7',
  '@types/node@20',
  'jest@30',
  'vitest@3',
  'arktype@2',
  'valibot@1',
  'zod@4',
  ...typeScripts.map((version) => `typescript-${version}@npm:typescript@${version}`),
];

const walk = `
async function walk({ paginate, pageNumber, isPagewiseError, ConfigError }, { undiciTransport }) {
  const server = require('node:http').createServer((request, response) => {
    const page = Number(new URL(request.url, 'http://x').searchParams.get('page'));
    // The first attempt at page 2 fails, so that retries are loaded too.
    response.statusCode = page === 2 && !server.failed ? ((server.failed = true), 503) : 200;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ items: page < 3 ? [page] : [] }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = 'http://127.0.0.1:' + server.address().port + '/';
  const found = [];
  for (const transport of [undefined, undiciTransport()]) {
    server.failed = false;
    const { retryRequests } = require('pagewise');
    const policy = retryRequests({ base: 1 });
    const strategy = pageNumber({ items: 'items', size: 1 });
    for await (const { items } of paginate({ url }, strategy, { policy, ...(transport && { transport }) })) found.push(...items);
  }
  let error;
  try { paginate({ url }, pageNumber({ items: 'items', sise: 1 })); } catch (thrown) { error = thrown; }
  server.closeAllConnections();
  server.close();
  return { found: found.join(), is: error instanceof ConfigError && isPagewiseError(error) };
}`;
const expected = JSON.stringify({ found: '1,2,1,2', is: true });

const typed = `
import { pageNumber, paginate, type Page } from 'pagewise';
import { writeNdjson } from 'pagewise/node';
import { clarifaiList } from 'pagewise/profiles';
import { scriptedTransport } from 'pagewise/testing';

class OrdersService {
  readonly orders$ = paginate<{ id: number }>({ url: 'http://127.0.0.1:9/' }, pageNumber<{ id: number }>({ items: 'items', size: 10 }));

  async write(): Promise<number> {
    const { items } = await this.orders$.to(writeNdjson('orders.ndjson'));
    return items;
  }

  first(pages: readonly Page<{ id: number }>[]): number | undefined {
    // @ts-expect-error: the types are found, not any.
    const wrong: string = pages[0]?.items[0]?.id;
    return wrong === undefined ? undefined : pages[0]?.items[0]?.id;
  }
}
export const made = [new OrdersService(), clarifaiList, scriptedTransport];
`;

const { check, end } = countChecks();
const run = (command, ...args) => execFileSync(command, args, { cwd: project, encoding: 'utf8', env, stdio: 'pipe' });
const same = (found) => {
  if (found.trim() !== expected) throw new Error(`found ${found}, not ${expected}`);
};

try {
  await buildPackage();
  mkdirSync(project);
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    stdio: 'pipe',
  });
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  json('package.json', { name: 'project', private: true });
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', join(folder, tarball), ...packages], { cwd: project, stdio: 'inherit' }); // prettier-ignore

  write('walk.cjs', `${walk}\nmodule.exports = walk;`);
  write('run.cjs', `require('./walk.cjs')(require('pagewise'), require('pagewise/node')).then((found) => console.log(JSON.stringify(found)));`); // prettier-ignore
  const nodes = [process.execPath, ...(process.env.OTHER_NODES ?? '').split(' ').filter(Boolean)];
  for (const node of nodes)
    await check(`require on Node ${run(node, '--version').trim()}`, () => same(run(node, 'run.cjs')));
  // What can't require an ES module gets CommonJS, which works alone.
  await check('require of the CommonJS files', () =>
    same(run(process.execPath, '-e', `const at = (name) => require(process.cwd() + '/node_modules/pagewise/dist/cjs/' + name); require('./walk.cjs')(at('index.js'), at('node/index.js')).then((found) => console.log(JSON.stringify(found)));`))); // prettier-ignore

  const test = `test('walks', async () => { expect(JSON.stringify(await require('./walk.cjs')(require('pagewise'), require('pagewise/node')))).toBe('${expected}'); });`; // prettier-ignore
  write('walk.test.js', test);
  write('entries.test.js', `test.each(['bullmq', 'grpc', 'profiles', 'tanstack', 'testing', 'xml'])('%s', (name) => { try { expect(Object.keys(require('pagewise/' + name)).length).toBeGreaterThan(0); } catch (error) { if (!/Cannot find module '(bullmq|fast-xml-parser|@grpc|@tanstack)/.test(error.message)) throw error; } });`); // prettier-ignore
  await check('Jest without flags', () =>
    run(process.execPath, 'node_modules/jest/bin/jest.js', '--testMatch', '**/*.test.js'),
  );
  write('walk.spec.mjs', `import { expect, test } from 'vitest';\nimport * as pagewise from 'pagewise';\nimport * as node from 'pagewise/node';\nimport walk from './walk.cjs';\ntest('walks', async () => { expect(JSON.stringify(await walk(pagewise, node))).toBe('${expected}'); });`); // prettier-ignore
  await check('Vitest', () => run(process.execPath, 'node_modules/vitest/vitest.mjs', 'run', 'walk.spec.mjs'));

  write('orders.ts', typed);
  const strict = {
    strict: true,
    skipLibCheck: true,
    target: 'es2022',
    lib: ['es2022', 'dom'],
    types: ['node'],
    outDir: 'out',
  };
  const settings = {
    'module commonjs, moduleResolution node': { module: 'commonjs', moduleResolution: 'node' },
    'module node16': { module: 'node16' },
    'module nodenext': { module: 'nodenext' },
    'module esnext, moduleResolution bundler': { module: 'esnext', moduleResolution: 'bundler', noEmit: true },
  };
  const compile = (version) => run(process.execPath, `node_modules/typescript-${version}/bin/tsc`, '-p', '.');
  for (const version of ['5.4', '6.0'])
    for (const [title, options] of Object.entries(settings)) {
      // TypeScript 6 takes the old resolution, and says that 7 won't.
      const deprecated = version === '6.0' && options.moduleResolution === 'node' ? { ignoreDeprecations: '6.0' } : {}; // prettier-ignore
      json('tsconfig.json', { compilerOptions: { ...strict, ...options, ...deprecated }, files: ['orders.ts'] });
      rmSync(at('out'), { recursive: true, force: true });
      await check(`TypeScript ${version}: ${title}`, () => {
        compile(version);
        if (existsSync(at('out/orders.js'))) run(process.execPath, 'out/orders.js');
      });
    }

  cpSync(join(root, 'spec/types/public-types.ts'), at('types/public-types.ts'));
  json('types/package.json', { type: 'module' });
  for (const version of typeScripts) {
    const options = { ...strict, module: 'nodenext', noEmit: true, exactOptionalPropertyTypes: true };
    json('tsconfig.json', { compilerOptions: options, files: ['types/public-types.ts'] });
    await check(`the tests of the types, TypeScript ${version}`, () => compile(version));
  }
  // Without skipLibCheck, in which a type that is missing from the package would be any.
  for (const version of ['5.4', 'latest']) {
    const options = { ...strict, skipLibCheck: false, module: 'nodenext', noEmit: true };
    json('tsconfig.json', { compilerOptions: options, files: ['orders.ts'] });
    await check(`the types of the package themselves, TypeScript ${version}`, () => compile(version));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
end();
