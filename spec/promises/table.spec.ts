import { describe, expect, it } from '@jest/globals';
import { countTests, differences, numbersIn, toDocument, toGroups } from '../../scripts/promises.mjs';

describe('the table of promises', () => {
  it.each([
    ['S1 refuses another origin', ['S1']],
    ['S1 S3 S4 a next URL', ['S1', 'S3', 'S4']],
    ['T10', ['T10']],
    ['items out are items in (P1, P3, P6–P8, E1)', ['P1', 'P3', 'P6', 'P7', 'P8', 'E1']],
    ['s3rver: S3 lists, in XML', []],
    ['reads an S3 list', []],
    ['S3: a colon makes it no number', []],
    ['P', []],
  ])('the numbers of %j', (title, numbers) => {
    expect(numbersIn(title)).toEqual(numbers);
  });

  const results = {
    testResults: [
      {
        assertionResults: [
          { ancestorTitles: ['P1 tokens'], title: 'P1 null', status: 'passed' },
          { ancestorTitles: ['P1 tokens'], title: 'P2 empty', status: 'failed' },
          { ancestorTitles: ['P1 tokens'], title: 'later', status: 'pending' },
        ],
      },
    ],
  };
  const promises = {
    P1: ['ends', ''],
    P2: ['errs', '5'],
    P3: ['is forgotten', ''],
    P4: ['comes later', '', 'not built'],
  };
  type Group = { readonly rows: readonly { name: string; tests: number; state: string }[] };
  const groups = toGroups([{ title: 'Paging', promises }], countTests(results)) as readonly Group[];

  it('counts a test once for each of its numbers, and reports what failed, what is missing and what is not built', () => {
    expect(groups[0]?.rows.map(({ name, tests, state }) => [name, tests, state])).toEqual([
      ['P1', 3, '2 FAILED'],
      ['P2', 1, '1 FAILED'],
      ['P3', 0, 'MISSING'],
      ['P4', 0, 'not built'],
    ]);
  });

  it('detects an outdated document by number and promise, not by counts of tests or what passed', () => {
    const text = toDocument(groups);
    expect(differences(text, text.replaceAll('FAILED', 'passed').replace('|  | 3 |', '|  | 4 |'))).toEqual([]);
    expect(differences(text, text.replace('| P1 | ends |', '| P1 | ends early |'))).toEqual([
      '- P1 | ends',
      '+ P1 | ends early',
    ]);
    expect(differences(text, '')).toHaveLength(4);
  });
});
