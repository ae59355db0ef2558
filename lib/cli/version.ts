import { createRequire } from 'node:module';

const { version } = createRequire(import.meta.url)('pagewise/package.json') as { version: string };

export { version };
