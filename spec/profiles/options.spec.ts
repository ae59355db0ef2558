import { describe, expect, it } from '@jest/globals';
import { ConfigError } from 'pagewise';
import * as profiles from 'pagewise/profiles';
import { thrown } from '../support/walks.js';

type Make = (options: object) => unknown;
const makes = Object.entries(profiles).filter(([name]) => !name.startsWith('check')) as [string, Make][];
/** What some profiles can't do without. */
const needed = (name: string) => (name.endsWith('Graphql') ? { connection: 'data.items' } : {});

describe('every profile', () => {
  it('is in this test', () => expect(makes.length).toBeGreaterThan(25));

  it.each(makes)('%s refuses a misspelt option, and says what it takes', (name, make) => {
    expect(make(needed(name))).toHaveProperty('strategy');
    const error = thrown(() => make({ ...needed(name), sizes: 10 }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(/unknown option "sizes"; expected one of items, size\b.*\. Did you mean size\?$/);
    expect(error.message.startsWith(`${name}: `)).toBe(true);
  });

  it.each(makes)('%s says where the options of its strategy are set', (name, make) => {
    expect(thrown(() => make({ ...needed(name), maxEmptyPages: 5 })).message).toMatch(
      /"maxEmptyPages"; .*\. Set other options on the strategy: profile\.paging\.make\(\{ \.\.\.profile\.paging\.options, … \}\)$/,
    );
  });

  it.each(makes)('%s refuses what belongs elsewhere', (name, make) => {
    expect(thrown(() => make({ ...needed(name), headers: {} })).message).toContain(
      'Set it in the request, the first argument of paginate',
    );
  });

  it('its own options are known', () => {
    expect(thrown(() => profiles.awsJson({ dropParam: ['a'] } as object)).message).toContain(
      'Did you mean dropParams?',
    );
    expect(thrown(() => profiles.hal({ sizeParams: 'n' } as object)).message).toContain('Did you mean sizeParam?');
    expect(thrown(() => profiles.github({ missingNxt: 'end' } as object)).message).toContain(
      'Did you mean missingNext?',
    );
  });
});
