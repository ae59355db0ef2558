import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

const folders = [new URL('../node_modules/', import.meta.url), new URL('../../node_modules/', import.meta.url)];
const packages = [
  'rxjs', 'cross-fetch', 'undici', 'got', 'ky', '@octokit/core', '@octokit/plugin-paginate-rest',
  '@azure/core-paging', '@azure-rest/core-client', 'openai',
]; // prettier-ignore

function versionOf(name) {
  const file = folders.map((folder) => new URL(`${name}/package.json`, folder)).find((each) => existsSync(each));
  return file ? `${name} ${JSON.parse(readFileSync(file, 'utf8')).version}` : `${name} (not installed)`;
}

/** Where and when this was measured, and with which versions. */
export const machine = () => ({
  node: process.version,
  date: new Date().toISOString().slice(0, 10),
  hardware: `${cpus()[0]?.model.trim() ?? process.arch}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release().split('.', 2).join('.')}`,
  load: loadavg()[0].toFixed(2),
  isBusy: loadavg()[0] > availableParallelism() / 2,
  versions: packages.map(versionOf),
});
