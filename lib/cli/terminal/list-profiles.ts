import { profileLines } from '../flags/profiles.js';

/** What `pagewise profiles` prints: each profile, and what it is for. */
export function listProfiles(): string {
  const width = Math.max(...profileLines.map(([name]) => name.length)) + 2;
  return profileLines.map(([name, about]) => `${name.padEnd(width)}${about}\n`).join('');
}
