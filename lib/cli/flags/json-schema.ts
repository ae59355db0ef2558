import type { ErrorObject } from 'ajv';
import { ExactNumber } from '../../reading/exact-json.js';
import type { StandardSchema } from '../../schema.js';
import { describe } from '../../values/describe.js';
import { UsageError } from './arguments.js';
import { readInput } from './read-input.js';

/**
 * The JSON Schema of an item that `--schema` names, by ajv: drafts 7, 2019-09 and 2020-12, as `$schema` says (2020-12 if
 * it says nothing). Items are checked, and never changed.
 * @throws UsageError for a file that can't be read, or is no valid schema
 */
export async function jsonSchema(file: string, signal: AbortSignal): Promise<StandardSchema<unknown>> {
  const schema = await parsed(file, signal);
  const { $schema: draft = '' } = schema as { $schema?: unknown };
  const [{ default: Ajv }, { default: addFormats }] = await Promise.all([
    typeof draft === 'string' && draft.includes('draft-07') ? import('ajv') : typeof draft === 'string' && draft.includes('2019-09') ? import('ajv/dist/2019.js') : import('ajv/dist/2020.js'),
    import('ajv-formats'),
  ]); // prettier-ignore
  const ajv = new (Ajv as unknown as typeof import('ajv').Ajv)({ allErrors: true, strict: false, logger: false });
  (addFormats as unknown as typeof addFormats.default)(ajv);
  let validate: ReturnType<typeof ajv.compile>;
  try {
    validate = ajv.compile(schema as object);
  } catch (error) {
    throw new UsageError(`--schema ${file}: the schema is not valid: ${(error as Error).message}`);
  }
  return {
    '~standard': {
      version: 1,
      vendor: 'ajv',
      validate(value) {
        if (validate(value) || (hasExact(value) && validate(rounded(value)))) return { value };
        return { issues: (validate.errors ?? []).slice(0, 5).map(issueOf) };
      },
    },
  };
}

async function parsed(file: string, signal: AbortSignal): Promise<unknown> {
  let text: string;
  try {
    text = (await readInput(file, signal)).toString('utf8').replace(/^\ufeff/, '');
  } catch (error) {
    throw new UsageError(
      `--schema ${file}: can't read the file (${(error as { code?: string }).code ?? ''}); check the path`,
    );
  }
  try {
    const schema: unknown = JSON.parse(text);
    if ((typeof schema === 'object' && schema !== null && !Array.isArray(schema)) || typeof schema === 'boolean')
      return schema;
    throw new Error(`it is ${describe(schema)}, not an object`);
  } catch (error) {
    throw new UsageError(`--schema ${file}: the file holds no JSON Schema: ${(error as Error).message}`);
  }
}

function issueOf({ instancePath, message = 'is not valid', params }: ErrorObject) {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  const named = (params as { additionalProperty?: string }).additionalProperty;
  return { message: named === undefined ? message : `${message}: ${named}`, path };
}

/** Whether a value holds a number with more digits than a double, which ajv takes for an object. */
function hasExact(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null || depth > 100) return false;
  return value instanceof ExactNumber || Object.values(value).some((member) => hasExact(member, depth + 1));
}

const rounded = (value: unknown): unknown =>
  value instanceof ExactNumber
    ? Number(value.toString())
    : Array.isArray(value)
      ? value.map(rounded)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, rounded(member)]))
        : value;
