import config, { slow } from './jest.config.mjs';

export default {
  ...config,
  testMatch: slow.map((file) => `<rootDir>/${file}`),
  testPathIgnorePatterns: ['/node_modules/'],
  reporters: ['default', ['<rootDir>/scripts/promise-reporter.mjs', { slow: true }]],
};
