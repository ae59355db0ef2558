// The order in which jest runs files: those first that take minutes, so that no worker waits for one that was last.
const longest = [
  'detect/corpus/corpus', 'walk/callbacks.spec', 'cli/partitions', 'docs/blocks', 'process/long', 'process/endings',
  'cli/usage', 'cli/formats', 'cli/checkpoint',
  'attacks/redaction', 'cli/connections', 'cli/unchanged-files', 'errors/hostile-values', 'walk/many-pages',
  'conformance/conformance',
]; // prettier-ignore

const rank = ({ path }) => {
  const at = longest.findIndex((name) => path.includes(`/spec/${name}`));
  return at === -1 ? longest.length : at;
};

export default class LongestFirst {
  sort(tests) {
    return [...tests].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
  }

  allFailedTests(tests) {
    return [...tests];
  }

  shard(tests) {
    return [...tests];
  }

  cacheResults() {
    // The order does not depend on earlier runs.
  }
}
