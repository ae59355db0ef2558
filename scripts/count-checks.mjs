// What scripts that check something have in common: they say how each check ended, and their last line is the count that
// .ci/run reads.
export function countChecks() {
  let passed = 0;
  let failed = 0;
  return {
    async check(title, run) {
      try {
        await run();
        passed++;
        console.log(`✓ ${title}`);
      } catch (error) {
        failed++;
        console.log(`✗ ${title}`);
        console.error(error);
      }
    },
    end() {
      console.log(`${passed} passed, ${failed} failed`);
      process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
    },
  };
}
