export type { Profile, ProfileOptions } from './profile.js';
export type { ConnectionOptions } from './connection-profile.js';
export { checkClarifai, clarifaiList, clarifaiSearch, type ClarifaiOptions } from './clarifai.js';
export { directus } from './directus.js';
export {
  checkDjangoRestFramework,
  djangoRestFramework,
  type DjangoRestFrameworkOptions,
} from './django-rest-framework.js';
export { dockerRegistry } from './docker-registry.js';
export { checkGithub, github } from './github.js';
export { checkGithubGraphql, githubGraphql } from './github-graphql.js';
export { checkGitlab, gitlab } from './gitlab.js';
export { checkNotion, notionList, notionQuery } from './notion.js';
export { checkShopifyGraphql, shopifyGraphql } from './shopify-graphql.js';
export { checkSlack, slack } from './slack.js';
export { checkStripe, stripe } from './stripe.js';
export { checkWordpress, wordpress } from './wordpress.js';
