// Puts what the error classes say of themselves (lib/errors.ts and the errors of entries) into docs/errors.md, below the
// heading of each class. Cause, fix and example are written there by hand; spec/docs/errors.spec.ts compares both.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const sources = [
  'lib/errors.ts', 'lib/grpc/grpc-error.ts', 'lib/testing/scripted-answer.ts', 'lib/testing/recording/replay-transport.ts',
]; // prettier-ignore

/** What stands on each exported class of errors, as one paragraph after the other. */
export function documented() {
  const found = sources.flatMap((file) => [
    ...readFileSync(at(file), 'utf8').matchAll(/^\/\*\*((?:(?!\*\/)[^])*)\*\/\nexport class (\w+Error) /gm),
  ]);
  return new Map(found.map(([, comment, name]) => [name, plain(comment)]));
}

const plain = (comment) =>
  comment
    .split('\n')
    .map((line) => line.replace(/^ *\* ?/, '').trim())
    .join('\n')
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replaceAll('\n', ' '))
    .join('\n\n');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const classes = documented();
  const page = readFileSync(at('docs/errors.md'), 'utf8');
  writeFileSync(
    at('docs/errors.md'),
    page.replaceAll(/^## (\w+Error)\n[^]*?(?=^\*\*Cause\.\*\*)/gm, (_, name) => {
      if (!classes.has(name)) throw new Error(`docs/errors.md has ${name}, which is no error of this library`);
      return `## ${name}\n\n${classes.get(name)}\n\n`;
    }),
  );
}
