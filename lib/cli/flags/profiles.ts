import * as profiles from '../../profiles/index.js';
import type { ConnectionOptions, Profile, ProfileOptions } from '../../profiles/index.js';
import { UsageError } from './arguments.js';

/** The options of a profile; some also need the name of the size parameter. */
interface SizedOptions extends ProfileOptions {
  readonly sizeParam?: string | undefined;
}

/** A profile for requests of one method, and what it does with the body. */
export interface MethodProfile {
  readonly build: (options: SizedOptions) => Profile;
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

const table: Readonly<Record<string, Readonly<Record<string, MethodProfile>>>> = {
  'aws-json': { POST: { build: profiles.awsJson, body: 'object' } },
  clarifai: { ...get(profiles.clarifaiList), ...post(profiles.clarifaiSearch) },
  'clarifai-log-entries': get(profiles.clarifaiLogEntries),
  'clarifai-stream': get(profiles.clarifaiStream),
  'couchdb-find': post(profiles.couchdbFind),
  directus: get(profiles.directus),
  'django-rest-framework': sized(profiles.djangoRestFramework),
  'docker-registry': get(profiles.dockerRegistry),
  'dynamodb-scan': post(profiles.dynamodbScan),
  elasticsearch: post(profiles.elasticsearch),
  github: get(profiles.github),
  'github-graphql': post(connected(profiles.githubGraphql)),
  gitlab: get(profiles.gitlab),
  'google-aip': { ...get(profiles.googleAip), ...post(profiles.googleAipSearch) },
  hal: sized(profiles.hal),
  'json-api': sized(profiles.jsonApi),
  mediawiki: sized(profiles.mediawiki),
  notion: { ...get(profiles.notionList), ...post(profiles.notionQuery) },
  odata: sized(profiles.odata),
  scim: { ...get(profiles.scim), ...post(profiles.scimSearch) },
  'shopify-graphql': post(connected(profiles.shopifyGraphql)),
  slack: get(profiles.slack),
  stripe: get(profiles.stripe),
  wordpress: get(profiles.wordpress),
};

export const profileNames = Object.keys(table);

/** The profiles of a name, by method; `undefined` for an unknown name. */
export const profilesOf = (name: string): Readonly<Record<string, MethodProfile>> | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
