export type { FollowingProfileOptions, Profile, ProfileOptions, UnratedProfile } from './profile.js';
export type { ConnectionOptions } from './parts/connection-profile.js';

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
export { directus } from './directus.js';
export {
  checkDjangoRestFramework,
  djangoRestFramework,
  type DjangoRestFrameworkOptions,
} from './django-rest-framework.js';
export { dockerRegistry } from './docker-registry.js';
export { dynamodbScan } from './dynamodb-scan.js';
export { checkElasticsearch, elasticsearch } from './elasticsearch.js';
export { checkGithub, github, githubCompare } from './github.js';
export { checkGithubGraphql, githubGraphql } from './github-graphql.js';
export { checkGitlab, gitlab } from './gitlab.js';
export { checkGoogle, googleAip, googleAipSearch, type GoogleAipOptions } from './google-aip.js';
export { hal, type HalOptions } from './hal.js';
export { checkJsonApi, jsonApi, type JsonApiOptions } from './json-api.js';
export { checkMediawiki, mediawiki, type MediawikiOptions } from './mediawiki.js';
export { checkNotion, notionList, notionQuery } from './notion.js';
export { checkOdata, odata, type OdataOptions } from './odata.js';
export { scim, scimSearch } from './scim.js';
export { checkShopifyGraphql, shopifyGraphql } from './shopify-graphql.js';
export { checkSlack, slack } from './slack.js';
export { checkStripe, stripe } from './stripe.js';
export { checkWordpress, wordpress } from './wordpress.js';
