import { clarifaiList, clarifaiSearch, github, type Profile, type ProfileOptions } from '../profiles/index.js';

/** A profile for requests of one method, and what it does with the body. */
export interface MethodProfile {
  readonly build: (options: ProfileOptions) => Profile;
  /** `object`: paging is written into it; `form`: as a form; `bytes`: it is sent as it was given. */
  readonly body: 'object' | 'form' | 'bytes';
}

type Build = MethodProfile['build'];
const get = (build: Build) => ({ GET: { build, body: 'bytes' } }) as const;
const post = (build: Build) => ({ POST: { build, body: 'object' } }) as const;

const table: Readonly<Record<string, Readonly<Record<string, MethodProfile>>>> = {
  clarifai: { ...get(clarifaiList), ...post(clarifaiSearch) },
  github: get(github),
};

export const profileNames = Object.keys(table);

/** The profiles of a name, by method; `undefined` for an unknown name. */
export const profilesOf = (name: string): Readonly<Record<string, MethodProfile>> | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
