export type { FollowingProfileOptions, Profile, ProfileOptions, UnratedProfile } from './profile.js';
export type { ConnectionOptions } from './parts/connection-profile.js';

export { airtable, checkAirtable } from './airtable.js';
export { algoliaBrowse } from './algolia-browse.js';
export { awsJson, checkAws, type AwsJsonOptions } from './aws-json.js';
export {
  checkClarifai,
  clarifaiList,
  clarifaiLogEntries,
  clarifaiSearch,
  clarifaiStream,
  type ClarifaiOptions,
} from './clarifai.js';
export { checkCouchdb, couchdbFind } from './couchdb-find.js';
export { crossref } from './crossref.js';
export { directus } from './directus.js';
export {
  checkDjangoRestFramework,
  djangoRestFramework,
  type DjangoRestFrameworkOptions,
} from './django-rest-framework.js';
export { dockerRegistry } from './docker-registry.js';
export { dynamodbScan } from './dynamodb-scan.js';
export { checkElasticsearch, elasticsearch } from './elasticsearch.js';
export { elasticsearchScroll, type ElasticsearchScrollOptions } from './elasticsearch-scroll.js';
export { checkFhir, fhir } from './fhir.js';
export { checkGithub, github, githubCompare } from './github.js';
export { checkGithubGraphql, githubGraphql } from './github-graphql.js';
export { checkGitlab, gitlab } from './gitlab.js';
export { checkGoogle, googleAip, googleAipSearch, type GoogleAipOptions } from './google-aip.js';
export { hal, type HalOptions } from './hal.js';
export { checkHubspot, hubspot, hubspotSearch } from './hubspot.js';
export { intercom, intercomSearch } from './intercom.js';
export { jira, jiraSearch, jiraSearchPost } from './jira.js';
export { checkJsonApi, jsonApi, type JsonApiOptions } from './json-api.js';
export { checkMediawiki, mediawiki, type MediawikiOptions } from './mediawiki.js';
export { checkMicrosoftGraph, microsoftGraph } from './microsoft-graph.js';
export { checkNotion, notionList, notionQuery } from './notion.js';
export { checkOdata, odata, type OdataOptions } from './odata.js';
export { ogcFeatures } from './ogc-features.js';
export { checkPlaid, plaidTransactions, type PlaidOptions } from './plaid.js';
export { postgrest } from './postgrest.js';
export { checkQuickbooks, quickbooks } from './quickbooks.js';
export { checkSalesforce, salesforce } from './salesforce.js';
export { scim, scimSearch } from './scim.js';
export { sentry } from './sentry.js';
export { checkShopifyGraphql, shopifyGraphql } from './shopify-graphql.js';
export { checkSlack, slack } from './slack.js';
export { stac, stacSearch } from './stac.js';
export { checkStripe, stripe } from './stripe.js';
export { checkWordpress, wordpress } from './wordpress.js';
export { zendesk, zendeskExport } from './zendesk.js';
