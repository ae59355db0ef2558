/** The longest delay that timers take, in milliseconds; longer ones would fire at once. */
export const longestDelay = 2 ** 31 - 1;
