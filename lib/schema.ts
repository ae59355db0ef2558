/**
 * The part of the Standard Schema interface (version 1) that Pagewise uses; zod, valibot, arktype and others implement
 * it.
 */
export interface StandardSchema<Output> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | PromiseLike<StandardResult<Output>>;
  };
}

export type StandardResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly StandardIssue[] };

/** One thing that is wrong with a value, and where. */
export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What answers must look like: a schema of an item, or of items and body. Pages hold the output of the schemas. */
export type Schema<Item> =
  | StandardSchema<Item>
  | { readonly items: StandardSchema<Item>; readonly body?: StandardSchema<unknown> }
  | { readonly items?: undefined; readonly body: StandardSchema<unknown> };
