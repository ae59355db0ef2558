import { clarifaiList, clarifaiSearch, type ClarifaiOptions, type Profile } from '../profiles/index.js';

/** A profile for requests of one method, and where it writes paging. */
export interface MethodProfile {
  readonly build: (options: ClarifaiOptions) => Profile;
  readonly place: 'query' | 'body';
}

const table: Readonly<Record<string, Readonly<Record<string, MethodProfile>>>> = {
  clarifai: {
    GET: { build: clarifaiList, place: 'query' },
    POST: { build: clarifaiSearch, place: 'body' },
  },
};

export const profileNames = Object.keys(table);

/** The profiles of a name, by method; `undefined` for an unknown name. */
export const profilesOf = (name: string): Readonly<Record<string, MethodProfile>> | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
