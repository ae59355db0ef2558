// Survivors that no test could tell from the code, by kind: `file: code → replacement`, as scripts/mutation-results.json
// has them. They are named without their lines, which move; one whose code changes is not known any more.
export const kinds = [
  {
    why: 'A default list that is only asked whether it holds a status or a token: the text put into it is neither',
    survivors: [
      'lib/strategies/keyset.ts: [] → ["Stryker was here"]',
      'lib/strategies/offset.ts: [] → ["Stryker was here"]',
      'lib/strategies/page-number.ts: [] → ["Stryker was here"]',
      'lib/strategies/parts/follow-url.ts: [] → ["Stryker was here"]',
      'lib/strategies/relay.ts: [] → ["Stryker was here"]',
    ],
  },
  {
    why: 'What an error would call a path that another reader has already checked under that name',
    survivors: [
      'lib/strategies/offset.ts: `${kind}: total` → ``',
      'lib/strategies/page-number.ts: `${kind}: total` → ``',
      'lib/strategies/parts/absent-token.ts: `${kind}: next` → ``',
      'lib/strategies/relay.ts: `${kind}: pageInfo` → ``',
    ],
  },
  {
    why: 'The other branch comes to the same: what it reads is `undefined`, and compares, adds or writes nothing',
    survivors: [
      "lib/placements/in-body.ts: typeof value !== 'object' → false",
      'lib/strategies/offset.ts: position.size !== undefined → true',
      'lib/strategies/page-number.ts: position.size !== undefined → true',
      "lib/strategies/parts/absent-token.ts: typeof value !== 'object' → false",
      "lib/strategies/parts/follow-url.ts: response.url === '' → false",
      'lib/strategies/parts/follow-url.ts: \'\' → "Stryker was here!"',
      'lib/strategies/parts/list-options.ts: total === undefined → false',
      'lib/strategies/parts/size-options.ts: size !== undefined && maxSize !== undefined → true',
      'lib/strategies/parts/size-options.ts: size !== undefined && maxSize !== undefined → size !== undefined || maxSize !== undefined',
      'lib/strategies/parts/size-options.ts: size !== undefined → true',
      'lib/strategies/parts/size-options.ts: maxSize !== undefined → true',
      'lib/strategies/parts/size-options.ts: name === undefined → false',
      'lib/values/origin.ts: { return undefined; } → {}',
      "lib/values/query-text.ts: typeof value === 'number' → true",
      'lib/walk/origin-rule.ts: template.url === undefined → false',
      'lib/walk/origin-rule.ts: origin === undefined → false',
      "lib/walk/origin-rule.ts: typeof request.headers === 'object' → true",
    ],
  },
  {
    why: 'For the type checker alone: what is never missing at runtime',
    survivors: [
      'lib/placements/in-path.ts: \'\' → "Stryker was here!"',
      'lib/placements/in-path.ts: [] → ["Stryker was here"]',
      'lib/placements/in-query.ts: \'\' → "Stryker was here!"',
      'lib/placements/in-query.ts: [] → ["Stryker was here"]',
      'lib/strategies/relay.ts: connection === undefined → false',
      'lib/values/query-text.ts: \'\' → "Stryker was here!"',
      "lib/values/query-text.ts: pair.split('=', 1)[0]?.replaceAll → pair.split('=', 1)[0].replaceAll",
    ],
  },
  {
    why: "An empty path is the value itself, as `'.'` is",
    survivors: ['lib/placements/in-body.ts: \'.\' → ""', 'lib/strategies/parts/list-options.ts: \'.\' → ""'],
  },
  {
    why: 'A shortcut for speed: without it the same is found out the long way',
    survivors: [
      'lib/walk/origin-rule.ts: /^https?:\\/\\/[^/?#\\\\\\s]+\\//i → /^https:\\/\\/[^/?#\\\\\\s]+\\//i',
      'lib/walk/origin-rule.ts: /^https?:\\/\\/[^/?#\\\\\\s]+\\//i → /^https?:\\/\\/[^/?#\\\\\\s]\\//i',
      "lib/walk/origin-rule.ts: template.url ?? '' → template.url && ''",
      'lib/walk/origin-rule.ts: \'\' → "Stryker was here!"',
      'lib/walk/origin-rule.ts: url === template.url → false',
      'lib/walk/origin-rule.ts: prefix !== undefined && url.startsWith(prefix) → false',
      'lib/walk/origin-rule.ts: prefix !== undefined → true',
      'lib/walk/origin-rule.ts: prefix !== undefined → prefix === undefined',
    ],
  },
  {
    why: 'An anchor that greedy matching from the start to the end makes needless',
    survivors: [
      'lib/placements/in-path.ts: /^([a-z]+:\\/\\/[^/?#]*)?([^?#]*)(.*)$/is → /([a-z]+:\\/\\/[^/?#]*)?([^?#]*)(.*)$/is',
      'lib/placements/in-path.ts: /^([a-z]+:\\/\\/[^/?#]*)?([^?#]*)(.*)$/is → /^([a-z]+:\\/\\/[^/?#]*)?([^?#]*)(.*)/is',
      'lib/placements/in-query.ts: /^([^?#]*)(?:\\?([^#]*))?(#.*)?$/s → /([^?#]*)(?:\\?([^#]*))?(#.*)?$/s',
      'lib/placements/in-query.ts: /^([^?#]*)(?:\\?([^#]*))?(#.*)?$/s → /^([^?#]*)(?:\\?([^#]*))?(#.*)?/s',
    ],
  },
  {
    why: 'A word that only its opposite is compared with',
    survivors: ['lib/placements/in-form.ts: \'repeat\' → ""', 'lib/walk/origin-rule.ts: \'next\' → ""'],
  },
  {
    why: 'What never comes: another check or another rule stands before it',
    survivors: [
      "lib/strategies/keyset.ts: typeof cursorParam === 'string' → true",
      'lib/strategies/link-header.ts: \'header Link\' → ""',
      'lib/strategies/parts/absent-token.ts: response.status === 204 → false',
      'lib/strategies/parts/token.ts: token !== null → true',
      'lib/strategies/relay.ts: \'\' → "Stryker was here!"',
      'lib/transports/follow-redirects.ts: /^https?:$/ → /^https?:/',
      'lib/transports/follow-redirects.ts: status < 303 → status <= 303',
      'lib/walk/origin-rule.ts: [] → ["Stryker was here"]',
    ],
  },
];
