// What is mutated, part by part, and the specs that have to detect it: those of the same area.
const strategy = (file, ...others) => ({
  title: 'Strategies',
  mutate: [`lib/strategies/${file}.ts`],
  specs: [file, ...others].map((spec) => `strategies/${spec}`),
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
const resuming = (file, ...specs) => ({ title: 'Resuming', mutate: [file], specs });
const secrets = (file, ...specs) => ({ title: 'Secrets', mutate: [`lib/values/${file}.ts`], specs });
const operator = (file, ...others) => ({
  title: 'Operators',
  mutate: [`lib/operators/${file}.ts`],
  specs: [`operators/${file}`, ...others],
});
const walk = (file, ...specs) => ({ title: 'Walks', mutate: [`lib/walk/${file}.ts`], specs });
const inArea = (title, folder, area) => (files, specs) => ({
  title,
  mutate: files.map((file) => `${folder}/${file}.ts`),
  specs: specs.map((spec) => `${area}/${spec}`),
});
const sinks = inArea('Sinks', 'lib/node/sinks', 'node');
const transports = inArea('Transports', 'lib/transports', 'transports');
const output = inArea('Output of the command', 'lib/cli/output', 'cli');
const detection = (...files) => ({
  title: 'Detection',
  mutate: files.map((file) => `lib/${file}.ts`),
  specs: ['detect'],
});

/** @type {{ title: string, mutate: string[], specs: string[] }[]} */
export const parts = [
  strategy('page-number'),
  strategy('content-range'),
  strategy('offset'),
  strategy('cursor'),
  strategy('keyset'),
  strategy('link-header', 'guesses'),
  strategy('next-url'),
  strategy('relay'),
  strategy('single-page'),
  partOfStrategies('missing-next', 'cursor'),
  partOfStrategies('follow-url', 'next-url', 'link-header'),
  partOfStrategies('list-options', 'offset', 'cursor'),
  partOfStrategies('size', 'offset', 'cursor', 'guesses'),
  partOfStrategies('token', 'cursor'),
  placement('in-body', 'get-with-body'),
  placement('in-form', 'in-form', 'in-query'),
  placement('in-headers', 'in-headers'),
  placement('in-path', 'in-path'),
  placement('in-places', 'in-places'),
  placement('in-query', 'in-query'),
  placement('in-variables', 'in-variables'),
  { title: 'URLs', mutate: ['lib/placements/query-text.ts'], specs: ['placements/in-query', 'placements/in-form', 'placements/placements'] },
  { title: 'URLs', mutate: ['lib/values/origin.ts', 'lib/walk/origin-rule.ts'], specs: ['allow-origins'] },
  { title: 'URLs', mutate: ['lib/transports/http-request.ts'], specs: ['transports/http-request'] },
  { title: 'URLs', mutate: ['lib/transports/node/on-node.ts', 'lib/transports/browser-fetch.ts'], specs: ['transports/redirects'] },
  { title: 'URLs', mutate: ['lib/reading/links.ts'], specs: ['strategies/link-header'] },
  { title: 'Strategies', mutate: ['lib/reading/ranges.ts'], specs: ['strategies/content-range'] },
  {
    title: 'Policies',
    mutate: ['lib/failure.ts'],
    specs: ['retry-requests', 'retry-header', 'on-unauthorized', 'retry-hint', 'throttle-requests'].map((spec) => `policies/${spec}`),
  },
  policy('retry-hint', 'retry-hint', 'retry-requests'),
  policy('retry-options', 'retry-requests', 'retry-header', 'retry-budget', 'on-unauthorized'),
  policy('refresh-once', 'on-unauthorized'),
  policy('retry-loop', 'retry-requests', 'retry-header', 'retry-budget', 'on-unauthorized'),
  policy('retry-requests', 'retry-requests', 'retry-header', 'retry-budget', 'on-unauthorized'),
  policy('throttle-requests', 'throttle-requests'),
  walk('page-run', 'walk/policy', 'resume', 'total-timeout', 'scrolls', 'errors/detail', 'adaptive-size', 'schema', 'checks', 'strategies/missing-next', 'paginate', 'concurrency', 'early-ends', 'gaps', 'skip-failed-pages'),
  walk('read-page', 'resume', 'repeats', 'clones'),
  walk('skip-failed-pages', 'skip-failed-pages', 'gaps'),
  walk('guards', 'walk/guards', 'walk/loop-guard'),
  walk('judge', 'walk/judge', 'checks'),
  walk('lanes', 'walk/lanes'),
  walk('attempt', 'walk/sent-attempt', 'walk/attempt', 'signals'),
  walk('expand-pages', 'expand-pages'),
  walk('start-walk', 'paginate', 'signals', 'resume', 'checkpoint', 'pages'),
  walk('adaptive-size', 'walk/adaptive-size'),
  walk('pull-pages', 'pages', 'checkpoint'),
  walk('validate-page', 'walk/validate-page'),
  walk('failure-signs', 'walk/failure-signs'),
  walk('replaced-parameters', 'walk/replaced-parameters'),
  walk('walk-log', 'walk/walk-log'),
  walk('check-arguments', 'paginate', 'mistakes'),
  resuming('lib/resume-token.ts', 'resume', 'checkpoint', 'gaps'),
  resuming('lib/checkpoint.ts', 'checkpoint', 'keyv', 'gaps'),
  resuming('lib/node/file-store.ts', 'checkpoint', 'node/private-files'),
  secrets('redact', 'errors/redact', 'errors/errors'),
  secrets('sent', 'errors/sent', 'errors/detail'),
  secrets('cause', 'errors/cause', 'errors/causes'),
  operator('distinct-items'),
  operator('each-page', 'checkpoint'),
  operator('items'),
  operator('resume-on-error'),
  operator('when-visible'),
  { title: 'Sinks', mutate: ['lib/node/sinks/committed-file.ts', 'lib/node/sinks/file-writer.ts'], specs: ['node/commits', 'cli/written'] },
  sinks(['end-of-rows', 'unchanged-file'], ['commits', 'unchanged-files']),
  sinks(['file'], ['open-file']),
  sinks(['csv-format', 'format', 'write-csv'], ['csv', 'sinks']),
  sinks(['file-sink', 'sink', 'write-json', 'write-ndjson', 'write-table'], ['csv', 'sinks']),
  sinks(['both'], ['both']),
  transports(['exchange', 'http-transport'], ['exchange']),
  transports(['decode-body', 'answer-headers', 'read-text', 'redirects', 'wire', 'chunks'], ['answers']),
  transports(['fetched', 'fetch-wire', 'platform.browser'], ['odd-fetches']),
  transports(['function-transport'], ['function-transport']),
  transports(['fetch-transport'], ['http-transport', 'agent']),
  transports(['deadlines'], ['deadlines']),
  transports(['node/undici-wire', 'node/undici-transport', 'node/undici-agent'], ['odd-answers', 'decode']),
  transports(['node/cross-fetch-send', 'node/cross-fetch-wire', 'node/fetch-on-node'], ['odd-answers', 'agent']),
  transports(['node/decompress'], ['bodies']),
  transports(['node/connecting', 'node/proxies', 'node/tunnel'], ['agent']),
  detection('detect/prove'),
  detection('detect/refine', 'detect/lists'),
  detection('detect/candidates', 'detect/candidates/by-range', 'detect/candidates/by-url', 'detect/candidates/by-number', 'detect/candidates/by-token', 'detect/candidates/candidate'),
  detection('detect/find-paging', 'detect/write-paging', 'detect/paging', 'detect/kinds', 'detect'),
  output(['job-output', 'terminal-format'], ['written']),
  output(['deliver', 'seen-keys', 'resume-within', 'tally'], ['written']),
]; // prettier-ignore
