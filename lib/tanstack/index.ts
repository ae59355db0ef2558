export { infiniteQueryOptions, type InfiniteQueryOptions } from './infinite-query-options.js';
