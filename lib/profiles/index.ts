export type { Profile, ProfileOptions } from './profile.js';
export { checkGithub, github } from './github.js';
export { checkClarifai, clarifaiList, clarifaiSearch, type ClarifaiOptions } from './clarifai.js';
