/** Arguments that can't work; nothing was sent. The message names the flag, the value and the way out. */
export class UsageError extends Error {
  override get name(): string {
    return 'UsageError';
  }
}
