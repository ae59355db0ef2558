import { awsPaginators, fromAws } from './aws.js';
import { fromAutoRest, msPageables } from './auto-rest.js';
import { type Conversion, type Declared, isExpressed } from './declared.js';
import { fromSpeakeasy, speakeasyPaginations } from './speakeasy.js';
import { fromStainless, stainlessSchemes } from './stainless.js';

/** The declarations of one peer, converted. */
export interface Peer {
  readonly peer: string;
  readonly declared: readonly (Declared<unknown> & { readonly conversion: Conversion })[];
}

const converted = <D>(peer: string, all: readonly Declared<D>[], convert: (declaration: D) => Conversion): Peer => ({
  peer,
  declared: all.map((each) => ({ ...each, conversion: convert(each.declaration) })),
});

export const peers = (): readonly Peer[] => [
  converted('AWS', awsPaginators(), (each) => fromAws(each)),
  converted('Stainless', stainlessSchemes(), (each) => fromStainless(each)),
  converted('Speakeasy', speakeasyPaginations(), (each) => fromSpeakeasy(each)),
  converted('AutoRest', msPageables(), fromAutoRest),
];

/** What of each peer is expressed, for docs/declarations.md. */
export function countsTable(): string {
  const rows = peers().map(({ peer, declared }) => {
    const expressed = declared.filter(({ conversion }) => isExpressed(conversion));
    const pagings = new Set(expressed.map(({ conversion }) => JSON.stringify(isExpressed(conversion) && conversion.paging))); // prettier-ignore
    return [peer, counted(declared), counted(expressed), number(pagings.size), exceptions(declared)];
  });
  return table([['declared by', 'operations', 'expressed', 'different options', 'not expressed'], ...rows]);
}

/** Reasons with the operations that each of them concerns. */
function exceptions(declared: Peer['declared']): string {
  const reasons = new Map<string, number>();
  for (const { conversion, operations } of declared)
    if (!isExpressed(conversion)) reasons.set(conversion.exception, (reasons.get(conversion.exception) ?? 0) + operations); // prettier-ignore
  return [...reasons].map(([reason, count]) => `${number(count)}: ${reason}`).join('; ') || 'none';
}

const counted = (declared: Peer['declared']) => number(declared.reduce((sum, { operations }) => sum + operations, 0));
const number = (count: number) => count.toLocaleString('en');

const table = ([head = [], ...rows]: readonly (readonly string[])[]): string =>
  [
    `| ${head.join(' | ')} |`,
    `|${'---|'.repeat(head.length)}`,
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n');
