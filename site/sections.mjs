// The order of the site: what a reader needs first comes first. A page of docs/ that is in no section stops the build.
import { readdirSync } from 'node:fs';

const apis = readdirSync(new URL('../docs/apis/', import.meta.url))
  .filter((name) => name !== 'README.md')
  .map((name) => `apis/${name.replace(/\.md$/, '')}`);

/** Pages by their paths, without an ending. */
export const sections = [
  { text: 'Start', pages: ['why', 'five-minutes', 'which-paging', 'playground', 'concepts'] },
  {
    text: 'Guides',
    pages: [
      'paginate', 'strategies', 'paths', 'detection', 'resilience', 'etl', 'destinations', 'sync', 'ceilings', 'partitions',
      'schedules', 'cluster', 'speed', 'recipes', 'observability', 'browser', 'runtimes', 'testing', 'grpc',
      'declarations',
    ], // prettier-ignore
  },
  { text: 'Frameworks', pages: ['angular', 'frameworks', 'node'] },
  { text: 'Command', pages: ['command-line', 'flags'] },
  { text: 'APIs', pages: ['apis/index', ...apis] },
  { text: 'See a run', pages: ['run'] },
  { text: 'Reference', pages: ['reference/index', 'errors'] },
  { text: 'Migration', pages: ['migration'] },
  { text: 'Comparison', pages: ['comparison', 'performance', 'bench'] },
  {
    text: 'Project',
    pages: [
      'architecture',
      'decisions',
      'promises',
      'scale',
      'mutation',
      'releases',
      'contributing',
      'security',
      'changelog',
    ],
  },
];
