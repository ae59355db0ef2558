// Writes docs/flags.md: every flag of the command, as `pagewise help flags` prints it.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import buildCode from './build-code.mjs';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

await buildCode();
const flags = execFileSync(process.execPath, [at('dist/node/cli/main.js'), 'help', 'flags'], { encoding: 'utf8' });
writeFileSync(
  at('docs/flags.md'),
  `# Every flag of the command

Written by \`node scripts/write-flags.mjs\` from the same table that parses flags, completes them in a shell and reads
files of jobs. [docs/command-line.md](command-line.md) explains them. In a file of jobs, the names are in camelCase or
kebab-case, without the dashes.

\`\`\`
${flags}\`\`\`
`,
);
