/** What an installation of Pagewise brings, peers and their dependencies included: for projects that are made for a check. */
export const installed = [
  'rxjs', 'tslib', 'cross-fetch', 'node-fetch', 'whatwg-url', 'tr46', 'webidl-conversions', 'p-retry',
  'is-network-error', 'undici', 'csv-stringify',
]; // prettier-ignore
