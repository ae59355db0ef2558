// Jest's environment for mutation testing: after a test has failed, the mutant is killed, and the rest of its file is
// skipped, which Jest itself can't do.
const { TestEnvironment } = require('jest-environment-node');

module.exports = class extends TestEnvironment {
  #failed = false;

  handleTestEvent({ name, test }) {
    if (name === 'test_done' && test.errors.length > 0) this.#failed = true;
    if (name === 'test_start' && this.#failed) test.mode = 'skip';
  }
};
