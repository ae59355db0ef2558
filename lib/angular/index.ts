export { httpClientTransport, type HttpClientTransportOptions } from './http-client-transport.js';
export { injectPaginate, type InjectedPaginate } from './inject-paginate.js';
export { numberedResource, type NumberedResource, type NumberedResourceOptions } from './numbered-resource.js';
export {
  pagedResource,
  type PagedQuery,
  type PagedResource,
  type PagedResourceOptions,
  type PagedStatus,
} from './paged-resource.js';
export { providePagewise, type PagewiseDefaults } from './inject-paginate.js';
