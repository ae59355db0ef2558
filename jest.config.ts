import type { JestConfigWithTsJest } from 'ts-jest';

/** Slow, and not units of behaviour: `npm run test:slow` runs these, and `npm test` all others. */
const slowTests = ['spec/docs/blocks.spec.ts', 'spec/process/endings.spec.ts', 'spec/process/long.spec.ts'];
const slow = process.env['PAGEWISE_TESTS'] === 'slow'; // Set by scripts/slow-tests.mjs.

const config: JestConfigWithTsJest = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  roots: ['<rootDir>/spec'],
  testMatch: slow ? slowTests.map((file) => `<rootDir>/${file}`) : ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...(slow ? [] : slowTests.map((file) => `<rootDir>/${file}`))],
  transform: {
    // Types are checked by `npm run types`, and those that the package promises by spec/types.
    '^.+\\.tsx?$': ['ts-jest', { useESM: true, tsconfig: 'tsconfig.json', diagnostics: false }],
  },
  moduleNameMapper: {
    '^#platform$': '<rootDir>/lib/transports/platform.node.ts',
    '^#hostile$': '<rootDir>/lib/testing/hostile/platform.node.ts',
    '^pagewise$': '<rootDir>/lib/index.ts',
    '^pagewise/profiles$': '<rootDir>/lib/profiles/index.ts',
    '^pagewise/grpc$': '<rootDir>/lib/grpc/index.ts',
    '^pagewise/angular$': '<rootDir>/lib/angular/index.ts',
    '^pagewise/node$': '<rootDir>/lib/node/index.ts',
    '^pagewise/tanstack$': '<rootDir>/lib/tanstack/index.ts',
    '^pagewise/testing$': '<rootDir>/lib/testing/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  reporters: ['default', ['<rootDir>/scripts/promise-reporter.mjs', { slow }]],
  globalSetup: '<rootDir>/scripts/build-code.mjs',
  maxWorkers: 2,
  // Machines are slow at times; what hangs is detected all the same.
  testTimeout: 30_000,
};

export default config;
