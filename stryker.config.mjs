// Mutation testing: run by scripts/mutation.mjs, which says what is mutated and which specs are asked (docs/mutation.md).
import { fileURLToPath } from 'node:url';

const { MUTATION_TIMEOUT = '20000' } = process.env;

export default {
  testRunner: 'jest',
  plugins: ['@stryker-mutator/jest-runner', './scripts/mutation-texts.mjs'],
  ignorers: ['texts'],
  buildCommand: 'node scripts/mutation-bundle.mjs',
  jest: {
    projectType: 'custom',
    // Specs are chosen by hand: by imports, nearly all of them are related to every file.
    enableFindRelatedTests: false,
    config: {
      testEnvironment: fileURLToPath(new URL('scripts/mutation-environment.cjs', import.meta.url)),
      roots: ['<rootDir>/spec'],
      testMatch: ['**/spec/specs.spec.mjs'], // What the build command makes of MUTATION_SPECS.
      transform: {}, // The build command has done it.
      watchman: false,
    },
  },
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  coverageAnalysis: 'perTest',
  concurrency: 1,
  maxTestRunnerReuse: 100, // The contexts of ES modules are never freed.
  timeoutMS: Number(MUTATION_TIMEOUT), // Of the clock, and machines are busy: what runs out of it is asked again.
  ignorePatterns: ['/*', '!/lib', '!/spec', '!/scripts', '!/tsconfig.json', '!/package.json'],
  tempDirName: '.stryker-tmp',
  reporters: ['json', 'clear-text', 'progress-append-only'],
  clearTextReporter: { logTests: false, allowColor: false, reportTests: false, reportScoreTable: false },
  jsonReporter: { fileName: 'reports/mutation.json' },
  thresholds: { high: 90, low: 80, break: null },
  cleanTempDir: 'always',
};
