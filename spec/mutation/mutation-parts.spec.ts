import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { parts } from '../../scripts/mutation-parts.mjs';

describe('the parts of mutation testing', () => {
  it('name existing files and specs', () => {
    const named = parts.flatMap(({ mutate, specs }) => [...mutate, ...specs.map((spec) => `spec/${spec}.spec.ts`)]);
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((file) => !existsSync(file))).toEqual([]);
  });
});
