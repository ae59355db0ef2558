// What is mutated, part by part, and the specs that have to detect it: those of its own area.
const strategy = (file) => ({
  title: 'Strategies',
  mutate: [`lib/strategies/${file}.ts`],
  specs: [`strategies/${file}`],
});
const partOfStrategies = (file, ...specs) => ({
  title: 'Parts of strategies',
  mutate: [`lib/strategies/parts/${file}.ts`],
  specs: specs.map((spec) => `strategies/${spec}`),
});
const placement = (file, ...specs) => ({
  title: 'Placements',
  mutate: [`lib/placements/${file}.ts`],
  specs: ['placements', ...specs].map((spec) => `placements/${spec}`),
});
const policy = (file, ...specs) => ({
  title: 'Policies',
  mutate: [`lib/policies/${file}.ts`],
  specs: specs.map((spec) => `policies/${spec}`),
});

export const parts = [
  strategy('page-number'),
  strategy('offset'),
  strategy('cursor'),
  strategy('keyset'),
  strategy('link-header'),
  strategy('next-url'),
  strategy('relay'),
  strategy('single-page'),
  partOfStrategies('absent-token', 'cursor'),
  partOfStrategies('dropped-params', 'cursor'),
  partOfStrategies('follow-url', 'next-url', 'link-header'),
  partOfStrategies('graphql-errors', 'relay'),
  partOfStrategies('list-options', 'offset', 'cursor'),
  partOfStrategies('size-options', 'offset', 'cursor'),
  partOfStrategies('token', 'cursor'),
  partOfStrategies('guess-link', 'guesses'),
  partOfStrategies('resize', 'guesses'),
  placement('in-body', 'get-with-body'),
  placement('in-form', 'in-form', 'in-query'),
  placement('in-headers', 'in-headers'),
  placement('in-path', 'in-path'),
  placement('in-places', 'in-places'),
  placement('in-query', 'in-query'),
  placement('in-variables', 'in-variables'),
  { title: 'URLs', mutate: ['lib/values/query-text.ts'], specs: ['placements/in-query', 'placements/in-form', 'placements/placements'] },
  { title: 'URLs', mutate: ['lib/values/origin.ts', 'lib/walk/origin-rule.ts'], specs: ['allow-origins'] },
  { title: 'URLs', mutate: ['lib/transports/http-request.ts'], specs: ['transports/http-request'] },
  { title: 'URLs', mutate: ['lib/transports/follow-redirect.ts', 'lib/transports/check-redirect.ts'], specs: ['transports/redirects'] },
  { title: 'URLs', mutate: ['lib/values/links.ts'], specs: ['strategies/link-header'] },
  policy('retryable', 'retry-requests', 'retry-header', 'on-unauthorized'),
  policy('retry-hint', 'retry-hint', 'retry-requests'),
  policy('retry-budget', 'retry-budget'),
  policy('retry-options', 'retry-requests', 'retry-header', 'retry-budget', 'on-unauthorized'),
  policy('headers-of', 'retry-hint', 'retry-header', 'retry-requests', 'throttle-requests'),
  policy('refresh-once', 'on-unauthorized'),
  policy('retry-requests', 'retry-requests', 'retry-header', 'retry-budget', 'on-unauthorized'),
  policy('retry-delay', 'retry-requests', 'retry-header', 'retry-budget', 'on-unauthorized'),
  policy('throttle-requests', 'throttle-requests'),
]; // prettier-ignore
