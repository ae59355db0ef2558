// Survivors that no test could tell from the code, by kind: `file: code → replacement`, as scripts/mutation-results.json
// has them. They are named without their lines, which move; one whose code changes is not known any more.
export const kinds = [];
