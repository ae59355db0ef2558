import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Paging } from '../../lib/detect/paging.js';

/** One declaration of a peer, and what Pagewise makes of it. */
export interface Declared<Declaration> {
  /** Where it is declared: a service and operation, or a package. */
  readonly name: string;
  readonly declaration: Declaration;
  /** How many operations have it. */
  readonly operations: number;
}

/** A declaration in the words of Pagewise, or why it has none. */
export type Conversion = Expressed | { readonly exception: string };

export interface Expressed {
  readonly paging: Paging;
  /** Elements of XML that are always a list; only for answers in XML. */
  readonly xmlLists?: readonly string[];
}

export const isExpressed = (conversion: Conversion): conversion is Expressed => 'paging' in conversion;

/** One of the JSON files beside this one. */
export const readData = <Data>(peer: string): Data =>
  JSON.parse(readFileSync(join(process.cwd(), `spec/declarations/${peer}.json`), 'utf8')) as Data;

interface ByPackage<Declaration> {
  readonly source: string;
  readonly packages: Readonly<Record<string, readonly (Declaration & { readonly operations: number })[]>>;
}

/** The declarations of a file that has them by package. */
export const declaredBy = <Declaration>(peer: string): readonly Declared<Declaration>[] =>
  Object.entries(readData<ByPackage<Declaration>>(peer).packages).flatMap(([name, declarations]) =>
    Object.values(declarations).map(({ operations, ...declaration }) => ({
      name,
      declaration: declaration as unknown as Declaration,
      operations,
    })),
  );
