export type { Profile, ProfileOptions } from './profile.js';

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
export { dynamodbScan } from './dynamodb-scan.js';
export { checkElasticsearch, elasticsearch } from './elasticsearch.js';
export { checkGithub, github } from './github.js';
export { checkGoogle, googleAip, googleAipSearch } from './google-aip.js';
export { hal, type HalOptions } from './hal.js';
export { checkJsonApi, jsonApi, type JsonApiOptions } from './json-api.js';
export { checkMediawiki, mediawiki, type MediawikiOptions } from './mediawiki.js';
export { checkOdata, odata, type OdataOptions } from './odata.js';
export { scim, scimSearch } from './scim.js';
