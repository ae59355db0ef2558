export { infiniteQueryOptions, type InfinitePageParam, type InfiniteQueryOptions } from './infinite-query-options.js';
