import type { Prepared } from '../flags/build-pages.js';
import { shortened } from './say.js';
import { counted } from './words.js';

/** What was detected about paging, and the same as TypeScript and as flags. */
export const explain = ({ paging }: Prepared): readonly string[] => [
  ...paging.evidence.map((sentence) => shortened(`- ${sentence}`)),
  ...(paging.evidence.length > 0 ? [''] : []),
  `TypeScript: ${paging.typescript}`,
  `Flags:      ${paging.flags}`,
];

/** One line for a run that detected how the API pages. */
export const detected = ({ paging }: Prepared, requests: number): string =>
  `Detected with ${counted(requests, 'request')}: ${paging.flags} (${paging.proved ? '' : 'not confirmed, since there is only one page; '}--explain shows why)`;
