import type { PagingOptions } from '../../lib/detect/kinds.js';
import { type Conversion, type Declared, readData } from './declared.js';

/** One operation of `*.paginators.json`, with what the service's model says of its names on the wire. */
export interface AwsPaginator {
  readonly operation: string;
  readonly protocol: 'json' | 'rest-json' | 'query' | 'ec2' | 'rest-xml';
  readonly paginator: {
    readonly input_token?: string | readonly string[];
    readonly output_token?: string | readonly string[];
    readonly limit_key?: string;
    readonly more_results?: string;
  };
  readonly wire: Wire;
  readonly result: AwsResult;
}

interface Wire {
  /** Parameters go into the query; without it they go where the protocol puts inputs. */
  readonly in?: 'query';
  /** Names of parameters and members, where they differ. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly members?: Readonly<Record<string, string>>;
  /** The type of a token that is no text. */
  readonly token?: string;
}

/** `result_key` as it is declared; or with the lists that it leads to on the wire, or the type that is no list. */
export type AwsResult =
  | string
  | readonly string[]
  | {
      readonly result_key?: string | readonly string[];
      readonly lists?: Readonly<Record<string, string>>;
      readonly no_list?: string;
    };

interface Data {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly protocol: AwsPaginator['protocol'];
        readonly declarations: readonly {
          readonly paginator: AwsPaginator['paginator'];
          readonly wire?: Wire;
          readonly operations: Readonly<Record<string, AwsResult>>;
        }[];
      }
    >
  >;
}

/** Every operation. */
export const awsPaginators = (): readonly Declared<AwsPaginator>[] =>
  Object.entries(readData<Data>('aws').services).flatMap(([service, { protocol, declarations }]) =>
    declarations.flatMap(({ paginator, wire = {}, operations }) =>
      Object.entries(operations).map(([operation, result]) => ({
        name: `${service}: ${operation}`,
        declaration: { operation, protocol, paginator, wire, result },
        operations: 1,
      })),
    ),
  );

/** The lists of a result by the names that are declared, each with its path on the wire. */
export function awsLists(result: AwsResult): Readonly<Record<string, string>> | undefined {
  if (typeof result === 'string') return { [result]: result };
  if (!('length' in result)) return result.lists;
  return Object.fromEntries(result.map((path) => [path, path]));
}

/** A paginator as a paging of Pagewise: a token in, a token out. */
export function fromAws(declaration: AwsPaginator, size?: number): Conversion {
  const { operation, protocol, paginator, wire, result } = declaration;
  const lists = awsLists(result);
  if (lists === undefined) return { exception: `the result is no list: ${(result as { no_list: string }).no_list}` };
  const isXml = ['query', 'ec2', 'rest-xml'].includes(protocol);
  const document = protocol === 'query' ? `${operation}Response.${operation}Result.` : isXml ? '*.' : '';
  const at = (path: string) =>
    (wire.members?.[path] ?? path).split(' || ').map((way) => document + way).join(' || '); // prettier-ignore
  const paths = Object.entries(lists).map(([name, path]) => [name, document + path] as const);
  const items = paths.length === 1 ? paths[0]?.[1] : Object.fromEntries(paths);
  const parameter = (name: string) => wire.parameters?.[name] ?? name;
  const inputs = [paginator.input_token ?? []].flat();
  const outputs = [paginator.output_token ?? []].flat();
  const xml = isXml ? { xmlLists: Object.values(lists).map((path) => path.split('.').at(-1) ?? '') } : {};
  // An answer may lack an empty list.
  const list: PagingOptions = { items, missingItems: 'empty' };
  if (outputs.length === 0) return { paging: { kind: 'none', options: list }, ...xml };
  const { limit_key: limit, more_results: more } = paginator;
  const tokens = inputs.map((input, index) => [parameter(input), at(outputs[index] ?? '')] as const);
  return {
    paging: {
      kind: 'cursor',
      options: {
        ...list,
        ...(tokens.length === 1 ? { next: tokens[0]?.[1], cursorParam: tokens[0]?.[0] } : { next: Object.fromEntries(tokens) }),
        ...(limit !== undefined && size !== undefined && { size, sizeParam: parameter(limit) }),
        ...(more !== undefined && { hasMore: at(more), hasMoreIfAbsent: 'false' }),
      },
      place: wire.in ?? (protocol === 'query' || protocol === 'ec2' ? 'form' : 'body'),
    },
    ...xml,
  }; // prettier-ignore
}
