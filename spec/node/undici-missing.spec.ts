import { expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { serve } from '../support/server.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('undiciTransport says what to install where undici is not there', async () => {
  const server = await serve(() => {});
  const hooks = `export const resolve = (name, context, next) => {
    if (name === 'undici') throw Object.assign(new Error('no package undici'), { code: 'ERR_MODULE_NOT_FOUND' });
    return next(name, context);
  };`;
  const asUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
  const register = asUrl(
    `import { register } from 'node:module'; register(${JSON.stringify(asUrl(hooks))}, import.meta.url);`,
  );
  const script = `
    import { paginate, singlePage } from 'pagewise';
    import { undiciTransport } from 'pagewise/node';
    paginate({ url: '${server.url}' }, singlePage(), { transport: undiciTransport() })
      .subscribe({ error: (error) => console.log(error.name, error.attempts, error.cause.code, error.message) });`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', register, '--input-type=module', '--eval', script],
    { cwd: root },
  );
  expect(stdout).toContain('ConfigError 1 ERR_MODULE_NOT_FOUND');
  expect(stdout).toContain('undiciTransport needs the package undici, version 7: npm install undici@7');
  expect(server.seen).toEqual([]);
}, 30_000);
