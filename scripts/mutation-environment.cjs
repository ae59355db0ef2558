// Jest's environment for mutation testing: after a test has failed, the mutant is killed, and all other tests are
// skipped, which Jest itself can't do.
const { TestEnvironment } = require('jest-environment-node');

const activeMutant = () => process.env['__STRYKER_ACTIVE_MUTANT__'];
let killed;

module.exports = class extends TestEnvironment {
  handleTestEvent({ name, test }) {
    if (name === 'test_done' && test.errors.length > 0) killed = activeMutant();
    if (name === 'test_start' && killed !== undefined && killed === activeMutant()) test.mode = 'skip';
  }
};
