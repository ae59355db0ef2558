// The package installed here is a copy, as it was built at that time.
import { existsSync } from 'node:fs';

if (!existsSync('node_modules/pagewise/dist/browser/index.js')) {
  console.error(
    'Pagewise is not here, or was not built when it was installed. In the root of the repository: npm ci && npm run build. Then here: npm ci',
  );
  process.exit(1);
}
