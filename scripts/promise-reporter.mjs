// A jest reporter: writes the title and the result of each test, for scripts/promises.mjs. Whole runs only,
// those of `npm test` in one file and those of `npm run test:slow` in another.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
export const resultsFile = at('coverage/tests.json');
export const slowResultsFile = at('coverage/slow-tests.json');

export default class PromiseReporter {
  constructor(config, { slow = false } = {}) {
    const { testPathPatterns, testNamePattern, onlyChanged, findRelatedTests, shard } = config;
    const some = [testPathPatterns?.patterns?.length, testNamePattern, onlyChanged, findRelatedTests, shard];
    this.file = slow ? slowResultsFile : resultsFile;
    this.whole = !some.some(Boolean);
  }

  onRunComplete(_contexts, { testResults, wasInterrupted }) {
    if (!this.whole || wasInterrupted) return;
    // The part of `jest --json` that is used, so that either serves.
    const results = testResults.map(({ testResults: tests }) => ({
      assertionResults: tests.map(({ ancestorTitles, title, status }) => ({ ancestorTitles, title, status })),
    }));
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, JSON.stringify({ testResults: results }));
  }
}
