import type { StandardIssue } from '../schema.js';
import { redactText } from '../values/redact.js';
import { PagewiseError } from './pagewise-error.js';

/** An item or a body is not what `schema` says; never retried. */
export class SchemaError extends PagewiseError {
  /** What the schema found wrong, as it told it. */
  readonly issues: readonly StandardIssue[];

  constructor(
    what: string,
    /** Index of the item within its page, from 0; `undefined` for a body. */
    readonly itemIndex: number | undefined,
    issues: readonly StandardIssue[],
  ) {
    const [first] = issues;
    const more = issues.length > 1 ? ` (and ${String(issues.length - 1)} more)` : '';
    const path = pathOf(first);
    super(
      `${what} is not what the schema says${path === '' ? '' : `, at ${path}`}: ${redactText(first?.message ?? 'no reason given')}${more}`,
    );
    this.issues = issues;
  }

  override get name(): string {
    return 'SchemaError';
  }
}

const pathOf = (issue: StandardIssue | undefined): string =>
  (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
