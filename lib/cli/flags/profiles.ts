import * as profiles from '../../profiles/index.js';
import type { ConnectionOptions, Profile, ProfileOptions, UnratedProfile } from '../../profiles/index.js';
import { UsageError } from './arguments.js';

/** The options of a profile; some also need the name of the size parameter. */
interface SizedOptions extends ProfileOptions {
  readonly sizeParam?: string | undefined;
}

/** A profile for requests of one method, and what it does with the body. */
export interface MethodProfile {
  readonly build: (options: SizedOptions) => UnratedProfile & Partial<Pick<Profile, 'throttle'>>;
  /** `object`: paging is written into it; `form`: sent as a form; `bytes`: sent as given. */
  readonly body: 'object' | 'form' | 'bytes';
}

type Build = MethodProfile['build'];
const get = (build: Build) => ({ GET: { build: withoutSizeParam(build), body: 'bytes' } }) as const;
const post = (build: Build) => ({ POST: { build: withoutSizeParam(build), body: 'object' } }) as const;
/** For profiles whose API does not define the name of the size parameter: they take sizeParam. */
const sized = (build: Build) => ({ GET: { build, body: 'bytes' } }) as const;

/** For all others, --size-param changes their strategy later. */
const withoutSizeParam =
  (build: Build): Build =>
  ({ items, size }) =>
    build({ items, size });

/** A GraphQL profile. Its connection is the object that holds the nodes or edges of `--items`. */
const connected =
  (build: (options: ConnectionOptions) => Profile): Build =>
  ({ items, ...options }) => {
    const [, connection] = /^(.+)[./](?:nodes|edges(?:[./]node)?)$/.exec(items ?? '') ?? [];
    if (connection === undefined)
      throw new UsageError(
        'a GraphQL profile needs --items: the path of the nodes or edges, such as data.viewer.repositories.nodes',
      );
    return build({ ...options, connection });
  };

interface Row {
  /** What the profile is for, in one line: for `pagewise profiles`. */
  readonly about: string;
  readonly by: Readonly<Record<string, MethodProfile>>;
}

const table: Readonly<Record<string, Row>> = {
  airtable: { about: 'records of a table', by: get(profiles.airtable) },
  'algolia-browse': { about: 'all records of an Algolia index', by: post(profiles.algoliaBrowse) },
  'aws-json': {
    about: 'AWS services with the JSON protocol, not DynamoDB',
    by: { POST: { build: profiles.awsJson, body: 'object' } },
  },
  clarifai: { about: 'lists and searches', by: { ...get(profiles.clarifaiList), ...post(profiles.clarifaiSearch) } },
  'clarifai-log-entries': { about: 'log entries, from the first one on', by: get(profiles.clarifaiLogEntries) },
  'clarifai-stream': { about: "the stream of an app's inputs", by: get(profiles.clarifaiStream) },
  'couchdb-find': { about: 'queries (_find) of CouchDB', by: post(profiles.couchdbFind) },
  crossref: { about: 'works, journals, members and funders', by: get(profiles.crossref) },
  directus: { about: 'items of a collection', by: get(profiles.directus) },
  'django-rest-framework': { about: 'lists with a next URL', by: sized(profiles.djangoRestFramework) },
  'docker-registry': { about: 'tags and repositories', by: get(profiles.dockerRegistry) },
  'dynamodb-scan': { about: 'Scan and Query of DynamoDB', by: post(profiles.dynamodbScan) },
  elasticsearch: {
    about: 'searches of Elasticsearch and OpenSearch, by search_after',
    by: post(profiles.elasticsearch),
  },
  'elasticsearch-scroll': { about: 'scrolls of Elasticsearch and OpenSearch', by: post(profiles.elasticsearchScroll) },
  fhir: { about: 'searches and histories of a FHIR server', by: get(profiles.fhir) },
  github: { about: 'lists of the REST API', by: get(profiles.github) },
  'github-compare': { about: 'the commits between two commits', by: get(profiles.githubCompare) },
  'github-graphql': { about: "connections of GitHub's GraphQL API", by: post(connected(profiles.githubGraphql)) },
  gitlab: { about: 'lists of the REST API', by: get(profiles.gitlab) },
  'google-aip': {
    about: "Google's APIs, and others that follow AIP-158",
    by: { ...get(profiles.googleAip), ...post(profiles.googleAipSearch) },
  },
  hal: { about: 'collections with _links and _embedded, as in Spring', by: sized(profiles.hal) },
  hubspot: {
    about: 'lists and searches of CRM objects',
    by: { ...get(profiles.hubspot), ...post(profiles.hubspotSearch) },
  },
  intercom: {
    about: 'lists and searches by cursor',
    by: { ...get(profiles.intercom), ...post(profiles.intercomSearch) },
  },
  jira: { about: 'lists with startAt, such as projects and comments', by: get(profiles.jira) },
  'jira-search': {
    about: 'searches for issues with JQL (search/jql)',
    by: { ...get(profiles.jiraSearch), ...post(profiles.jiraSearchPost) },
  },
  'json-api': { about: 'collections of APIs that follow JSON:API', by: sized(profiles.jsonApi) },
  mediawiki: { about: 'lists of the action API, as on Wikipedia', by: sized(profiles.mediawiki) },
  'microsoft-graph': { about: 'collections and delta queries', by: get(profiles.microsoftGraph) },
  notion: { about: 'lists and queries', by: { ...get(profiles.notionList), ...post(profiles.notionQuery) } },
  odata: { about: 'collections of an OData service', by: sized(profiles.odata) },
  'ogc-features': { about: 'features of a collection (OGC API Features)', by: get(profiles.ogcFeatures) },
  'plaid-transactions': {
    about: 'updates of transactions (/transactions/sync)',
    by: post(({ size }) => profiles.plaidTransactions({ size })),
  },
  postgrest: { about: 'rows of PostgREST, as in Supabase', by: get(profiles.postgrest) },
  quickbooks: { about: 'queries of QuickBooks Online', by: get(profiles.quickbooks) },
  salesforce: { about: 'SOQL queries of the REST API', by: get(profiles.salesforce) },
  scim: {
    about: 'users and groups (SCIM 2.0), lists and searches',
    by: { ...get(profiles.scim), ...post(profiles.scimSearch) },
  },
  sentry: { about: 'lists of issues, events and projects', by: get(profiles.sentry) },
  'shopify-graphql': { about: 'connections of the GraphQL Admin API', by: post(connected(profiles.shopifyGraphql)) },
  slack: { about: 'lists by cursor, such as channels and users', by: get(profiles.slack) },
  stac: { about: 'item searches of a STAC API', by: { ...get(profiles.stac), ...post(profiles.stacSearch) } },
  stripe: { about: 'lists, newest first', by: get(profiles.stripe) },
  wordpress: { about: 'posts, pages and other lists', by: get(profiles.wordpress) },
  zendesk: { about: 'lists with cursor pagination', by: get(profiles.zendesk) },
  'zendesk-export': { about: 'incremental exports', by: get(profiles.zendeskExport) },
};

export const profileNames = Object.keys(table);

/** What each profile is for. */
export const profileLines: readonly (readonly [name: string, about: string])[] = Object.entries(table).map(
  ([name, { about }]) => [name, about],
);

/** The profiles of a name, by method; `undefined` for an unknown name. */
export const profilesOf = (name: string): Readonly<Record<string, MethodProfile>> | undefined =>
  Object.hasOwn(table, name) ? table[name]?.by : undefined;
