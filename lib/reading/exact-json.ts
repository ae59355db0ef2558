/**
 * A JSON number that a double can't hold, with its original digits. `toString()` and `toJSON()` return them as a
 * string; only `stringifyExactJson` writes them as a number.
 */
export class ExactNumber {
  readonly #digits: string;

  constructor(digits: string) {
    this.#digits = digits;
    made = true;
  }

  toString(): string {
    return this.#digits;
  }

  toJSON(): string {
    return writing ? mark + this.#digits : this.#digits;
  }
}

/** Whether any `ExactNumber` exists: without one, nothing pays for them. */
let made = false;
/** Whether stringifyExactJson is at work. */
let writing = false;
/** Begins the text of each number while it is written. Random, so that no server can send it. */
const mark = /* @__PURE__ */ randomMark();

function randomMark(): string {
  return `exact-${Math.random().toString(36).slice(2)}:`;
}

/** A JSON number that may have more digits than a double: sixteen of them (the point counts), or a large exponent. */
const suspect = /(?:^|[[:,\s])-?(?:\d[\d.]{15}|\d[\d.]*[eE][+-]?\d{3})/;
const number = /-?\d[\d.]*(?:[eE][+-]?\d+)?/g;

/**
 * Parses JSON without losing digits: a number that a double can't hold (9007199254740993, 12345678901.1234567891,
 * 1e400) becomes an `ExactNumber`. All other answers are parsed by JSON.parse, at its speed.
 *
 *     fetchTransport({ parseJson: parseExactJson })
 *
 * @throws SyntaxError
 */
export function parseExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text); // Anything that is not JSON fails here.
  if (!suspect.test(text)) return value;
  const marked = outsideTexts(text, (part) =>
    part.replace(number, (digits) => (isExact(digits) ? digits : `"${mark}${digits}"`)),
  );
  return marked === text ? value : unmarked(JSON.parse(marked));
}

/** Changes the JSON between strings. Not with one regular expression: a string may have millions of characters. */
function outsideTexts(json: string, change: (part: string) => string): string {
  const parts: string[] = [];
  let at = 0;
  for (let begin = json.indexOf('"'); begin !== -1; begin = json.indexOf('"', at)) {
    parts.push(change(json.slice(at, begin)));
    at = endOfText(json, begin);
    parts.push(json.slice(begin, at));
  }
  parts.push(change(json.slice(at)));
  return parts.join('');
}

function endOfText(json: string, begin: number): number {
  for (let at = json.indexOf('"', begin + 1); ; at = json.indexOf('"', at + 1)) {
    let before = at;
    while (json[before - 1] === '\\') before--;
    if ((at - before) % 2 === 0) return at + 1; // Not escaped.
  }
}

/** Replaces marked strings with `ExactNumber`s. Not recursive: a body may be 100,000 levels deep. */
function unmarked(value: unknown): unknown {
  const root = { value };
  const open: Record<string, unknown>[] = [root];
  for (let object = open.pop(); object; object = open.pop())
    for (const [name, member] of Object.entries(object))
      if (typeof member === 'object' && member !== null) open.push(member as Record<string, unknown>);
      else if (typeof member === 'string' && member.startsWith(mark))
        Object.defineProperty(object, name, {
          value: new ExactNumber(member.slice(mark.length)),
          enumerable: true,
          configurable: true,
          writable: true,
        });
  return root.value;
}

/** Whether a double gives the same number back, and is not an integer that may have lost digits. */
function isExact(text: string): boolean {
  if (text.length < 16 && !/e[+-]?\d{3}/i.test(text)) return true;
  const number = Number(text);
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER && scientific(String(number)) === scientific(text);
}

/** A number in one comparable notation: its significant digits, and the exponent of the first. */
function scientific(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().replace('-', (_minus, at: number) => (at === 0 ? '' : '-')).split('e'); // prettier-ignore
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return '0';
  const zeros = whole.length + fraction.length - digits.length;
  return `${digits.replace(/0+$/, '')}e${Number(exponent) + whole.length - zeros}`;
}

/** `JSON.stringify`, but an `ExactNumber` is written as a number. */
export function stringifyExactJson(value: unknown): string | undefined {
  if (!made) return JSON.stringify(value);
  writing = true;
  try {
    const text = JSON.stringify(value) as string | undefined;
    return text?.includes(mark) ? text.replaceAll(new RegExp(`"${mark}([^"]*)"`, 'g'), '$1') : text;
  } finally {
    writing = false;
  }
}
