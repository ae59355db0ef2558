// The Angular example as a user has it: installed from its lock file, built by Angular's builder, and run in Chromium.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { countChecks } from './count-checks.mjs';
import { testBuild } from './angular/build-output.mjs';
import { scenes } from './angular/scenes.mjs';
import build from './build.mjs';
import { launchChromium } from './launch-chromium.mjs';

const cwd = fileURLToPath(new URL('../examples/angular/', import.meta.url));
const env = { ...process.env, NG_CLI_ANALYTICS: 'false', CI: 'true' };
const timed = async (what, run) => {
  const start = performance.now();
  await run();
  console.log(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
};
await timed('the package is built', build);
// No install script is needed: native code comes as a binary.
await timed('the example is installed', () =>
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd, env, stdio: 'inherit' }),
);
await timed('the example is built', () => execFileSync('npm', ['run', 'build'], { cwd, env, stdio: 'inherit' }));

const browser = await launchChromium();
const { scene, closeAll } = scenes(browser);
const { check, end } = countChecks();
async function test(title, run) {
  await check(title, run);
  await closeAll();
}

// These need the packages that the example has installed.
const { testPaging } = await import('./angular/paging.mjs');
const { testProduct } = await import('./angular/product.mjs');
const { testRendering } = await import('./angular/rendering.mjs');
const { testFigures } = await import('./angular/figures.mjs');
const { testAccess } = await import('./angular/access.mjs');
const { testMemory } = await import('./angular/memory.mjs');
await testBuild(test);
await testPaging(test, scene);
await testProduct(test, scene);
await testRendering(test, scene);
await testAccess(test, scene);
await testFigures(test, scene);
await testMemory(test, scene);
if (process.argv.includes('--screenshots')) {
  const { takeScreenshots } = await import('./angular/screenshots.mjs');
  await takeScreenshots(scene);
}

await browser.close();
end();
