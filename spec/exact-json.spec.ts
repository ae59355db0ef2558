import { describe, expect, it } from '@jest/globals';
import { ExactNumber, parseExactJson, stringifyExactJson } from '../lib/reading/exact-json.js';

const through = (text: string) => stringifyExactJson(parseExactJson(text));

describe('D2 digits', () => {
  it.each([
    '9007199254740993',
    '-9007199254740993',
    '12345678901234567890',
    '12345678901.1234567891',
    '0.1000000000000000055',
    '1e400',
    '-1E+400',
    '1e-400',
    '123456789012345678e-20',
    '9007199254740992',
    '100000000000000000000',
    '1.7976931348623157e308',
    '1.7976931348623157e309',
  ])('D2 %s comes through as it came', (digits) => {
    const text = `{"id":${digits},"list":[1,${digits}],"text":"a ${digits}","in":{"deep":${digits}}}`;
    expect(through(text)).toBe(text);
    expect(parseExactJson(digits)).toBeInstanceOf(ExactNumber);
    expect(String(parseExactJson(digits))).toBe(digits);
  });

  it.each([
    ['9007199254740991', 9007199254740991],
    ['1234567890123456', 1234567890123456],
    ['1.0000000000000000', 1],
    ['0e999', 0],
    ['0.30000000000000004', 0.30000000000000004],
    ['5e-324', 5e-324],
    ['-0', -0],
    ['0.0000000000000000000000000000001', 1e-31],
  ])('D2 %s is a number: a double holds it', (text, number) => {
    expect(parseExactJson(`[ ${text} ]`)).toEqual([number]);
  });

  it('D2 texts that look like numbers stay what they are, and so do names', () => {
    const text = '{"9007199254740993":"9007199254740993","a\\"b":"\\\\","c":", 9007199254740993","n":9007199254740993}';
    expect(through(text)).toBe(text);
    const value = parseExactJson(text) as Record<string, unknown>;
    expect(value['9007199254740993']).toBe('9007199254740993');
  });

  it('D2 what is no JSON is an error, as ever', () => {
    for (const text of [
      '{12345678901234567890:1}',
      '[01234567890123456789]',
      '9007199254740993,',
      '[1234567890123456.]',
    ])
      expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });

  it('D2 a member called __proto__ is a member', () => {
    const value = parseExactJson('{"__proto__":9007199254740993}') as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(stringifyExactJson(value)).toBe('{"__proto__":9007199254740993}');
  });

  it('D2 a body may be 100,000 levels deep', () => {
    const deep = `${'['.repeat(100_000)}9007199254740993${']'.repeat(100_000)}`;
    expect(parseExactJson(deep)).toHaveLength(1);
  });

  it('D2 a text may have millions of characters', () => {
    for (const part of ['x', '\n', '"', '\\']) {
      const text = JSON.stringify([part.repeat(5_000_000), 0]).replace(/0\]$/, '9007199254740993]');
      expect(through(text) === text).toBe(true);
    }
  });

  it('D2 JSON.stringify of users gets the digits as text', () => {
    expect(JSON.stringify(parseExactJson('[9007199254740993]'))).toBe('["9007199254740993"]');
  });

  it('D2 random numbers come through with the same value', () => {
    let seed = 7;
    const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
    for (let i = 0; i < 3000; i++) {
      const digits = Array.from({ length: 1 + random(24) }, () => random(10)).join('').replace(/^0+(?=\d)/, ''); // prettier-ignore
      const fraction = random(2) ? `.${Array.from({ length: 1 + random(20) }, () => random(10)).join('')}` : '';
      const exponent = random(3) === 0 ? `e${random(2) ? '-' : ''}${random(420)}` : '';
      const text = `${digits}${fraction}${exponent}`;
      const value = parseExactJson(`[${text}]`) as [number | ExactNumber];
      if (typeof value[0] === 'number') expect(exactly(String(value[0]))).toBe(exactly(text));
      else expect(String(value[0])).toBe(text);
    }
  });
});

/** A decimal as a fraction of bigints, in lowest terms of ten. */
function exactly(text: string): string {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  let units = BigInt(whole + fraction);
  let power = Number(exponent) - fraction.length;
  while (units !== 0n && units % 10n === 0n) {
    units /= 10n;
    power++;
  }
  return units === 0n ? '0' : `${units}e${power}`;
}
