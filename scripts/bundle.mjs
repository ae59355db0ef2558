import { build } from 'esbuild';
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * Bundles as applications are built, code splitting included: the chunks of shared code must not hold more than what is
 * used.
 * @param contents what the application imports
 * @param external what is not measured
 * @returns `size`: gzipped bytes of what an application loads at its start; `later`: of what it loads with `import()`
 */
export async function bundle(contents, external) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: new URL('..', import.meta.url).pathname },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    tsconfigRaw: '{}', // The package as users see it, not the paths of this checkout.
    target: 'es2022',
    external,
    splitting: true,
    outdir: 'bundle',
    write: false,
    metafile: true,
  });
  const gzipped = new Map(outputFiles.map(({ path, contents }) => [basename(path), gzipSync(contents).length]));
  const sum = (files) => files.reduce((bytes, file) => bytes + gzipped.get(basename(file)), 0);
  const { outputs } = metafile;
  const initial = atStart(
    outputs,
    Object.keys(outputs).find((file) => outputs[file].entryPoint === '<stdin>'),
  );
  const later = Object.keys(outputs).filter((file) => !initial.includes(file));
  return { outputFiles, metafile, size: sum(initial), later: sum(later) };
}

/** A file and those that it imports statically, which are loaded with it. */
function atStart(outputs, file, found = []) {
  if (found.includes(file)) return found;
  found.push(file);
  for (const { path, kind, external } of outputs[file].imports)
    if (kind === 'import-statement' && !external) atStart(outputs, path, found);
  return found;
}
