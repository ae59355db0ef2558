export type { Profile } from './profile.js';
export { checkClarifai, clarifaiList, clarifaiSearch, type ClarifaiOptions } from './clarifai.js';
