import type { PageRequest } from '../request.js';

/**
 * The parameters of the template, in its query or JSON body, that the strategy has written over with other values, as a
 * message for a person; `undefined` if there are none.
 */
export function replacedParameters(template: PageRequest, placed: PageRequest): string | undefined {
  const inUrl = replacedBy(queryOf(template), queryOf(placed), 'the URL');
  const replaced = [...inUrl, ...replacedBy(bodyOf(template), bodyOf(placed), 'the body')];
  if (replaced.length === 0) return undefined;
  const [it, these] =
    replaced.length === 1 ? ['the parameter', 'this parameter'] : ['the parameters', 'these parameters'];
  return `${replaced.join(', ')}: the strategy writes ${these}. Remove ${it} from the request.`;
}

type Parameters = ReadonlyMap<string, string>;

function* replacedBy(before: Parameters, after: Parameters, where: string): Generator<string> {
  for (const [name, old] of before) {
    const now = after.get(name);
    if (now === undefined || now === old || (isNumber(old) && isNumber(now) && Number(now) === Number(old))) continue;
    // Other values may be secrets.
    yield isNumber(old) && isNumber(now)
      ? `${name}=${old} in ${where} is replaced by ${name}=${now}`
      : `${name} in ${where} is replaced`;
  }
}

const isNumber = (text: string): boolean => /^\d{1,15}$/.test(text);

/** The last value of each parameter, which is the one that most servers read. */
const queryOf = ({ url = '' }: PageRequest): Parameters =>
  new Map(new URLSearchParams(/^[^#?]*\?([^#]*)/.exec(url)?.[1] ?? ''));

/** Numbers and texts of a body, by their path. */
function bodyOf({ body }: PageRequest): Parameters {
  const found = new Map<string, string>();
  const read = (value: unknown, path: string, depth: number): void => {
    if (typeof value === 'number' || typeof value === 'string') found.set(path, String(value));
    else if (typeof value === 'object' && value !== null && depth < 4 && isPlain(value))
      for (const [name, member] of Object.entries(value))
        read(member, path === '' ? name : `${path}.${name}`, depth + 1);
  };
  if (typeof body === 'object') read(body, '', 0);
  return found;
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};
