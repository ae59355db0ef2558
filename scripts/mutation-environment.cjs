// Jest's environment for mutation testing: after a test has failed, the mutant is killed, and all further tests are
// skipped, also those of other files, which Jest itself can't do.
const { TestEnvironment } = require('jest-environment-node');

/** The mutant that a test has detected last. */
let killed;

module.exports = class extends TestEnvironment {
  handleTestEvent({ name, test }) {
    const mutant = this.global.__stryker__?.activeMutant;
    if (mutant === undefined) return;
    if (name === 'test_done' && test.errors.length > 0) killed = mutant;
    if (name === 'test_start' && killed === mutant) test.mode = 'skip';
  }
};
