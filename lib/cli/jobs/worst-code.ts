/** Exit codes, the worst first. Another run does a busy job (4), and reports what that lacks. */
const severity = [1, 2, 3, 4, 0];

/** The worse of two exit codes. */
export const worse = (a: number, b: number): number => (severity.indexOf(b) < severity.indexOf(a) ? b : a);
