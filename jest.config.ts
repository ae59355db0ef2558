/**
 * Its types are checked by `npm run types`: jest need not compile it with them, which takes 5 s.
 *
 * @jest-config-loader-options {"transpileOnly": true, "skipProject": true, "compilerOptions": {"module": "CommonJS", "target": "ES2022", "ignoreDeprecations": "6.0"}}
 */
import type { JestConfigWithTsJest } from 'ts-jest';

/**
 * What takes long and is no unit of behaviour: hundreds of processes of the command, long walks, random walks, a walk
 * over every list of the corpus, every
 * block of the docs. `npm run test:slow` runs these, and `npm test` all others.
 */
const slowTests = [
  'spec/attacks/.*',
  'spec/bench/bench',
  'spec/cli/(checkpoint|connections|dry-run|endings|formats|further-flags|gaps|jobs|kinds|leases|named-fields|output|paging|partitions|pipes|progress|refused-files|request|said|said-in-flags|secrets|separate-files|split|start|totals|unchanged-files|usage|visible-text)',
  'spec/conformance/properties',
  'spec/declarations/every-declaration',
  'spec/detect-random',
  'spec/detect/corpus/corpus',
  'spec/docs/blocks',
  'spec/errors/hostile-values',
  'spec/node/sinks-attacks',
  'spec/process/(endings|long)',
  'spec/promises/(leaving|limits)',
  'spec/site/playground-code',
  'spec/types/types',
  'spec/strategies/ceilings',
  'spec/transports/memory',
  'spec/walk/(callbacks(-of-transports)?|many-pages)',
].map((name) => `/${name}\\.spec\\.ts$`);
// scripts/slow-tests.mjs sets it. A part that is named (npm test -- spec/cli) runs whole.
const only = process.env['PAGEWISE_TESTS'] ?? (process.argv.some((word) => word.startsWith('spec/')) ? 'all' : 'quick');

const config: JestConfigWithTsJest = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  roots: ['<rootDir>/spec'],
  testRegex: only === 'slow' ? slowTests : ['\\.spec\\.ts$'],
  testPathIgnorePatterns: ['/node_modules/', ...(only === 'quick' ? slowTests : [])],
  transform: {
    // Types are checked by `npm run types`, and those that the package promises by spec/types.
    '^.+\\.tsx?$': ['ts-jest', { useESM: true, tsconfig: 'tsconfig.json', diagnostics: false }],
  },
  moduleNameMapper: {
    '^#platform$': '<rootDir>/lib/transports/platform.node.ts',
    '^#after-failure$': '<rootDir>/lib/policies/after-failure.node.ts',
    '^#hostile$': '<rootDir>/lib/testing/hostile/platform.node.ts',
    '^pagewise$': '<rootDir>/lib/index.ts',
    '^pagewise/profiles$': '<rootDir>/lib/profiles/index.ts',
    '^pagewise/grpc$': '<rootDir>/lib/grpc/index.ts',
    '^pagewise/angular$': '<rootDir>/lib/angular/index.ts',
    '^pagewise/node$': '<rootDir>/lib/node/index.ts',
    '^pagewise/bullmq$': '<rootDir>/lib/bullmq/index.ts',
    '^pagewise/tanstack$': '<rootDir>/lib/tanstack/index.ts',
    '^pagewise/testing$': '<rootDir>/lib/testing/index.ts',
    '^pagewise/xml$': '<rootDir>/lib/xml/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  reporters: ['default', ['<rootDir>/scripts/promise-reporter.mjs', { slow: only === 'slow' }]],
  globalSetup: '<rootDir>/scripts/build-code.mjs',
  testSequencer: '<rootDir>/scripts/longest-first.mjs',
  maxWorkers: 2,
  // Machines are slow at times; what hangs is detected all the same.
  testTimeout: 30_000,
};

export default config;
