// What is installed here is a copy of the package as it was built then.
import { existsSync } from 'node:fs';

if (!existsSync('node_modules/pagewise/dist/browser/index.js')) {
  console.error(
    'Pagewise is not here, or was not built when it was installed. In the root of the repository: npm ci && npm run build. Then here: npm ci',
  );
  process.exit(1);
}
