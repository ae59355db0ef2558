/** Exit codes, the worst first. */
const severity = [1, 2, 3, 0];

/** The worse of two exit codes. */
export const worse = (a: number, b: number): number => (severity.indexOf(b) < severity.indexOf(a) ? b : a);
