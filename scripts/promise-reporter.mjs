// A jest reporter: writes what each test is called and how it ended, for scripts/promises.mjs. Whole runs only.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const resultsFile = fileURLToPath(new URL('../coverage/tests.json', import.meta.url));

export default class PromiseReporter {
  constructor(config) {
    const { testPathPatterns, testNamePattern, onlyChanged, findRelatedTests, shard } = config;
    const some = [testPathPatterns?.patterns?.length, testNamePattern, onlyChanged, findRelatedTests, shard];
    this.whole = !some.some(Boolean);
  }

  onRunComplete(_contexts, { testResults, wasInterrupted }) {
    if (!this.whole || wasInterrupted) return;
    // The part of `jest --json` that is used, so that either serves.
    const results = testResults.map(({ testResults: tests }) => ({
      assertionResults: tests.map(({ ancestorTitles, title, status }) => ({ ancestorTitles, title, status })),
    }));
    mkdirSync(dirname(resultsFile), { recursive: true });
    writeFileSync(resultsFile, JSON.stringify({ testResults: results }));
  }
}
