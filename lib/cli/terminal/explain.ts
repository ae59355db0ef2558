import type { Prepared } from '../flags/build-pages.js';
import { counted } from './words.js';

/** What was found out about paging, and how to write it down. */
export const explain = ({ paging }: Prepared): string =>
  [
    ...paging.evidence.map((sentence) => `- ${sentence}`),
    ...(paging.evidence.length > 0 ? [''] : []),
    `TypeScript: ${paging.typescript}`,
    `Flags:      ${paging.flags}`,
    '',
  ].join('\n');

/** One line for a run that has found out how to page by itself. */
export const foundOut = ({ paging, requests }: Prepared): string =>
  `Found out with ${counted(requests, 'request')}: ${paging.flags} (${paging.proved ? '' : 'not proved, for there is one page only; '}--explain shows why)\n`;
