import { build } from 'esbuild';
import { gzipSync } from 'node:zlib';

/**
 * Bundles as applications are built, code splitting included: the chunks of shared code must not hold more than what is
 * used.
 * @param contents what the application imports
 * @param external what is not measured
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
  const size = outputFiles.reduce((sum, file) => sum + gzipSync(file.contents).length, 0);
  return { outputFiles, metafile, size };
}
