// The layers of docs/concepts.md: each may import what stands below it, and nothing beside or above.
const nouns =
  '^lib/(page|partition|request|schema|strategy|errors|failure|events|resume-token|checkpoint|sync|stops|checks)\\.ts$|^lib/(values|reading)/';
const subscribing = '^lib/subscribing\\.ts$';
const task = '^lib/task\\.ts$';
const heart = '^lib/pages\\.ts$|^lib/walk/';
const pure = '^lib/(strategies|placements|sync)/';
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { pathNot: [nouns, from, ...allowed] },
});
const external = (name, importers, module) => ({
  name,
  severity: 'error',
  from: { pathNot: importers },
  to: { path: `^(node_modules/)?${module}(/|$)` },
});
const rxjs = 'node_modules/rxjs';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'nouns-know-no-rxjs-values',
      severity: 'error',
      from: { path: nouns },
      to: { path: rxjs, dependencyTypesNot: ['type-only'] },
    },
    only('nouns-import-nouns', nouns, [rxjs]),
    only('subscribing-imports-rxjs', subscribing, [rxjs]),
    only('a-task-imports-nouns-and-rxjs', task, [rxjs, subscribing]),
    only('pure-imports-nouns', pure, ['^lib/placements/']),
    only('transports-import-nouns-and-rxjs', '^lib/transports/', [
      rxjs,
      task,
      'node_modules/(cross-fetch|undici)',
      '^(async_hooks|https?|module|net|zlib|stream)$',
    ]),
    only('grpc-imports-nouns-and-rxjs', '^lib/grpc/', [rxjs]),
    only('angular-imports-nouns-rxjs-and-paginate', '^lib/angular/', [
      rxjs,
      subscribing,
      'node_modules/@angular/(core|common)/',
      '^lib/(paginate|pages)\\.ts$',
    ]),
    only('xml-imports-nouns-and-its-library', '^lib/xml/', [
      'node_modules/fast-xml-parser',
      '^lib/transports/decode-body\\.ts$',
    ]),
    only('tanstack-imports-nouns-rxjs-and-paginate', '^lib/tanstack/', [rxjs, '^lib/paginate\\.ts$']),
    only('node-imports-nouns-transports-and-rxjs', '^lib/node/', [
      rxjs,
      subscribing,
      'node_modules/csv-stringify',
      '^(crypto|diagnostics_channel|fs|fs/promises|http|module|path|stream|timers/promises|util|zlib)$',
      '^lib/transports/node/undici-',
      '^lib/policies/shared-throttle\\.ts$',
    ]),
    only('bullmq-imports-nouns-node-rxjs-and-its-library', '^lib/bullmq/', [
      rxjs,
      subscribing,
      'node_modules/bullmq',
      heart,
      '^lib/node/sinks/sink\\.ts$',
    ]),
    only('policies-import-nouns-and-rxjs', '^lib/policies/', [rxjs, task, 'node_modules/p-retry']),
    only('heart-imports-nouns-stops-and-rxjs', heart, [rxjs, subscribing, task, heart]),
    only('operators-import-nouns-and-rxjs', '^lib/operators/', [rxjs, subscribing]),
    only('profiles-import-pure', '^lib/profiles/', [pure]),
    {
      name: 'testing-is-a-door',
      severity: 'error',
      from: { pathNot: '^lib/testing/' },
      to: { path: '^lib/testing/' },
    },
    external('cross-fetch-is-found-at-run-time', '^$', 'cross-fetch'),
    external('one-importer-of-p-retry', '^lib/policies/after-failure\\.ts$', 'p-retry'),
    external('one-importer-of-undici', '^lib/transports/node/(undici-agent|tunnel)\\.ts$', 'undici'),
    {
      name: 'node-is-for-node',
      severity: 'error',
      from: { pathNot: '^lib/(node|cli|bullmq)/' },
      to: { path: '^lib/node/' },
    },
    external('bullmq-stays-in-its-entry', '^lib/bullmq/', 'bullmq'),
    external('commander-stays-in-the-command', '^lib/cli/', 'commander'),
    {
      name: 'node-stays-at-the-edge',
      severity: 'error',
      from: { pathNot: '^lib/(cli/|node/|transports/node/|testing/(hostile|torture))' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
