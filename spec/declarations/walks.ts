import { lastValueFrom, toArray } from 'rxjs';
import { fetchTransport, items, paginate, retryRequests } from 'pagewise';
import { decodeXml } from 'pagewise/xml';
import { strategyOf } from '../../lib/detect/paging.js';
import { awsPaginators, fromAws } from './aws.js';
import { fromAutoRest, msPageables } from './auto-rest.js';
import { type Conversion, type Declared, type Expressed, isExpressed } from './declared.js';
import { imitate, type Operation } from './imitation.js';
import { autoRestOperation, awsOperation, speakeasyOperation, stainlessOperation } from './operations.js';
import { fromSpeakeasy, speakeasyPaginations } from './speakeasy.js';
import { fromStainless, stainlessSchemes } from './stainless.js';

/** A declaration that is expressed, with what its server does. */
export interface Walk {
  readonly name: string;
  readonly operation: Operation;
  readonly conversion: Expressed;
}

const walksOf = <D>(
  all: readonly Declared<D>[],
  operationOf: (declaration: D) => Operation,
  convert: (declaration: D, size?: number) => Conversion,
): readonly Walk[] =>
  all.flatMap(({ name, declaration }) => {
    const conversion = convert(declaration, 2);
    return isExpressed(conversion) ? [{ name, operation: operationOf(declaration), conversion }] : [];
  });

export const walksByPeer = (): readonly (readonly [peer: string, walks: readonly Walk[]])[] => [
  ['AWS', walksOf(awsPaginators(), awsOperation, fromAws)],
  ['Stainless', walksOf(stainlessSchemes(), stainlessOperation, fromStainless)],
  ['Speakeasy', walksOf(speakeasyPaginations(), speakeasyOperation, fromSpeakeasy)],
  ['AutoRest', walksOf(msPageables(), autoRestOperation, fromAutoRest)],
];

/** The first walk of each that are the same by this. */
export const distinct = (walks: readonly Walk[], by: (walk: Walk) => string): readonly Walk[] => [
  ...new Map([...walks].reverse().map((walk) => [by(walk), walk])).values(),
];

/** An operation and its paging with a number in the place of each name. */
export function shapeOf({ operation, conversion: { paging } }: Walk): string {
  const names = new Map<string, number>();
  const numbered = (name: string) => {
    if (!names.has(name)) names.set(name, names.size);
    return `n${String(names.get(name))}`;
  };
  const { options, ...kind } = paging;
  const values = Object.entries(options).map(([name, value]) => [name, JSON.stringify(value)?.replaceAll(/[A-Za-z][\w-]*/g, numbered)]); // prettier-ignore
  const { by, in: place, token, later, root } = operation;
  return JSON.stringify([kind, values, by, place, token, later, root !== undefined]);
}

export const optionsOf = ({ operation: { token }, conversion }: Walk): string => JSON.stringify([conversion, token]);

/** Walks a server that does what the declaration says: what came, and what should have come. */
export async function walk({ operation, conversion: { paging, xmlLists } }: Walk) {
  const { server, request, items: expected, pages } = await imitate(operation);
  const transport = fetchTransport(xmlLists === undefined ? {} : { decode: decodeXml({ lists: xmlLists }) });
  const walked = paginate(request, strategyOf(paging), { transport, policy: retryRequests({ retries: 0 }) });
  const found = await lastValueFrom(walked.pipe(items(), toArray()));
  await server.close();
  return {
    found: { items: found.map(ownOf).sort(), requests: server.seen.length },
    expected: { items: [...expected].sort(), requests: pages + (endsAtEmptyPage(operation) ? 1 : 0) },
  };
}

/** Whether only an empty page after the last one shows the end. */
function endsAtEmptyPage({ by, position = [], endless, more, pages, total }: Operation): boolean {
  if (by === 'nothing' || more !== undefined || pages !== undefined || total !== undefined) return false;
  const isInItem = position.some(({ at = [] }) => at.some((way) => way.includes(-1)));
  return endless === true || isInItem || by === 'page' || by === 'offset' || by === 'key';
}

/** Items of several lists have the name of their list. */
function ownOf(item: unknown): unknown {
  if (typeof item === 'string') return item;
  const { own, item: inner } = item as { own?: unknown; item?: { own: unknown } };
  return inner === undefined ? own : inner.own;
}
