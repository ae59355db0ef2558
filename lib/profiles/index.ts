export type { Profile, ProfileOptions } from './profile.js';
export { checkClarifai, clarifaiList, clarifaiSearch, type ClarifaiOptions } from './clarifai.js';
export { directus } from './directus.js';
export { checkGithub, github } from './github.js';
export { checkGitlab, gitlab } from './gitlab.js';
export { checkNotion, notionList, notionQuery } from './notion.js';
export { checkSlack, slack } from './slack.js';
export { checkStripe, stripe } from './stripe.js';
export { checkWordpress, wordpress } from './wordpress.js';
