import { detect, type DetectOptions } from '../../detect.js';
import { kindNames, kinds, type PagingKind, type PagingOptions, takes } from '../../detect/kinds.js';
import { type Paging, placementOf, strategyOf, strategyOptions } from '../../detect/paging.js';
import { toFlags, toTypeScript } from '../../detect/write-paging.js';
import { DetectionError } from '../../errors.js';
import type { ThrottleOptions } from '../../policies/throttle-requests.js';
import type { PageRequest } from '../../request.js';
import type { Check, Strategy } from '../../strategy.js';
import { sameJson } from '../../values/compare.js';
import { suggest } from '../terminal/suggest.js';
import { type Arguments, UsageError } from './arguments.js';
import { splitOf } from './build-split.js';
import { type RequestDraft, toRequest } from './draft-request.js';
import { checkReads, flagOf, kindOf, optionsOf } from './paging-flags.js';
import { profileNames, profilesOf } from './profiles.js';
import { isInexact } from './read-body.js';

/** How the API pages, according to flags, a profile or its answers. */
export interface PagedRequest {
  readonly request: PageRequest;
  readonly strategy: Strategy;
  /** The strategy of each part, if `strategy` splits a range. */
  readonly inner?: Strategy;
  readonly check?: Check | undefined;
  readonly throttle?: ThrottleOptions | undefined;
  /** Whether a flag or the profile names the total: then fewer items than the total mean missing items. */
  readonly totalNamed: boolean;
  /** Whether page 2 confirmed what was detected. */
  readonly proved: boolean;
  /** Why nothing says that the only page is the whole list; `undefined` if something does, or if flags do. */
  readonly unsaid?: string;
  /** What detection is based on; empty without detection. */
  readonly evidence: readonly string[];
  /** The strategy as TypeScript and as flags. */
  readonly typescript: string;
  readonly flags: string;
}

/** How detection sends requests. */
type Behaviour = Pick<DetectOptions, 'transport' | 'policy' | 'check' | 'signal' | 'allowOrigins' | 'events'>;

/** @throws UsageError, ConfigError before anything is sent; later DetectionError and errors of its requests */
export async function buildPaging(args: Arguments, draft: RequestDraft, behaviour: Behaviour): Promise<PagedRequest> {
  // One element of XML may be a list of one.
  const flags: Arguments = args.xml ? { singleItem: 'allow', ...args } : args;
  const split = splitOf(flags, draft);
  const paged = await pagedRequest(flags, draft, behaviour);
  if (split === undefined) return paged;
  return {
    ...paged,
    ...(split.intoBody && !isObject(paged.request.body) ? { request: toRequest(flags, draft, 'object') } : {}),
    strategy: split.around(paged.strategy),
    inner: paged.strategy,
    typescript: split.typescript(paged.typescript),
    flags: `${paged.flags} ${split.flags}`,
  };
}

function pagedRequest(
  args: Arguments,
  draft: RequestDraft,
  behaviour: Behaviour,
): PagedRequest | Promise<PagedRequest> {
  if (args.profile !== undefined) return fromProfile(args.profile, args, draft);
  const kind = kindOf(args);
  return kind === 'auto' ? fromAnswers(args, draft, behaviour) : fromFlags(kind, args, draft);
}

/** Whether a body is one that parameters can be written into, and not bytes. */
const isObject = (body: unknown): boolean => typeof body === 'object' && !(body instanceof Uint8Array);

const described = (paging: Paging) => ({ typescript: toTypeScript(paging), flags: toFlags(paging) });

function fromFlags(kind: PagingKind, args: Arguments, draft: RequestDraft): PagedRequest {
  const place = placementFor(kind, args, draft);
  const writes = writesWith(kind, args);
  const paging: Paging = { kind, options: optionsOf(kind, args, true), place: writes ? place : undefined };
  return {
    request: toRequest(args, draft, writes ? bodyUse(place ?? kinds[kind].place) : 'bytes'),
    strategy: strategyOf(paging),
    totalNamed: true,
    proved: true,
    evidence: [],
    ...described(paging),
  };
}

async function fromAnswers(args: Arguments, draft: RequestDraft, behaviour: Behaviour): Promise<PagedRequest> {
  const place = parsePlacement(args, draft);
  const { items, size, sizeParam, total, hasMore } = args;
  checkReads(args);
  const use =
    place === undefined ? (draft.body?.object && !isInexact(draft.body.text) ? 'object' : 'bytes') : bodyUse(place);
  const template = toRequest(args, draft, use);
  if (sizeParam !== undefined && size === undefined)
    throw new UsageError(
      `--size-param ${sizeParam} names the parameter of the page size, but there is no page size; add --size`,
    );
  refuseEarly(template, place, { items, total, hasMore });
  const found = await detect(template, { ...behaviour, items, size, sizeParam, place }).catch((error: unknown) => {
    if (!(error instanceof DetectionError) || error.items === undefined || args.explain) throw error;
    return error;
  });
  if (found instanceof DetectionError) {
    const alone: Paging = { kind: 'none', options: { items: found.items, singleItem: args.singleItem, missingItems: args.missingItems } }; // prettier-ignore
    return {
      request: template,
      strategy: strategyOf(alone),
      totalNamed: false,
      proved: false,
      unsaid: found.reason,
      evidence: [],
      ...described(alone),
    };
  }
  const given = {
    total,
    hasMore,
    totalIs: args.totalIs,
    endStatuses: args.endStatuses,
    singleItem: args.singleItem,
    hasMoreIfAbsent: args.hasMoreIfAbsent,
    missingItems: args.missingItems,
    missingNext: args.missingNext,
    onRepeat: args.onRepeat,
    onExpired: args.onExpired,
    maxEmptyPages: args.maxEmptyPages,
  };
  const overruled = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [name] of overruled)
    if (!takes(found.paging.kind, name as keyof typeof given))
      throw new DetectionError(
        `the answers suggest ${toFlags(found.paging)}, which takes no ${flagOf[name as keyof typeof given]}; remove ${flagOf[name as keyof typeof given]}, or set --paging and its flags`,
      );
  const options = { ...found.paging.options, ...Object.fromEntries(overruled) };
  const paging: Paging = { ...found.paging, options };
  // If paging is not written into the body, the body is sent as given, with the headers that detection used.
  const finalUse = bodyUse(paging.place ?? kinds[paging.kind].place);
  const request =
    finalUse === use ? template : { ...toRequest(args, draft, finalUse), headers: template.headers ?? {} };
  const { place: ownPlace = 'query', writes } = kinds[paging.kind];
  const inQuery = draft.body?.object && writes !== 'never' && ownPlace === 'query' && paging.place === undefined;
  return {
    request,
    strategy: strategyOf(paging),
    totalNamed: total !== undefined,
    proved: found.proved,
    evidence: found.evidence,
    typescript: toTypeScript(paging),
    flags: `${toFlags(inQuery ? { ...paging, place: 'query' } : paging)}${
      sameJson(request.headers, toRequest(args, draft, finalUse).headers) ? '' : " -H 'Content-Type: application/json'"
    }`,
  };
}

/** Rejects options that can't work, whatever detection finds. @throws ConfigError */
function refuseEarly(template: PageRequest, place: string | undefined, { items, total, hasMore }: PagingOptions): void {
  strategyOf({ kind: 'offset', options: { items, total, hasMore } });
  if (place !== undefined && place !== 'path' && place !== 'variables') placementOf(place)(template, { page: 1 });
}

const kindNamed = (name: string): PagingKind | undefined => kindNames.find((kind) => kinds[kind].typescript === name);

function fromProfile(name: string, args: Arguments, draft: RequestDraft): PagedRequest {
  const byMethod = profilesOf(name);
  if (!byMethod)
    throw new UsageError(
      `--profile ${name}: there is no profile of this name${suggest(name, profileNames)}; pagewise profiles lists them`,
    );
  const entry = byMethod[draft.method];
  if (!entry)
    throw new UsageError(
      `--profile ${name} is for ${Object.keys(byMethod).join(' and ')} requests, not ${draft.method}`,
    );
  const profile = entry.build({
    items: typeof args.items === 'string' ? args.items : undefined,
    size: args.size,
    sizeParam: args.sizeParam,
  });
  const { check, throttle } = profile;
  const own = kindNamed(profile.strategy.name) ?? 'none';
  if (args.paging !== undefined && args.paging !== own) {
    if (args.paging === 'auto') throw new UsageError(`--profile ${name} defines how to page; remove --paging auto`);
    return { ...fromFlags(args.paging, args, draft), check, throttle };
  }
  const place = parsePlacement(args, draft);
  // A profile that reads its items with a function already knows their path.
  const { items, ...others } = optionsOf(own, args, false);
  const readsItems =
    typeof items !== 'object' &&
    (typeof (profile.paging.options as { items?: unknown }).items === 'function' || own === 'relay');
  const changed = strategyOptions({ kind: own, options: readsItems ? others : { ...others, items }, place });
  const strategy =
    Object.keys(changed).length === 0
      ? profile.strategy
      : profile.paging.make({ ...profile.paging.options, ...changed });
  return {
    request: toRequest(args, draft, place === undefined ? entry.body : bodyUse(place)),
    strategy,
    check,
    throttle,
    totalNamed: true,
    proved: true,
    evidence: [],
    typescript: `use the profile ${name} of pagewise/profiles${Object.keys(changed).length === 0 ? '' : ` with ${Object.keys(changed).join(', ')} from the flags`}`,
    flags: `--profile ${name}`,
  };
}

const placements = /^(query|form|headers|path|variables|body(:.*)?|text:[^=]+=.+|template:.+)$/s;

/** Reads `--in`; `undefined` if it was not given. @throws UsageError */
function parsePlacement({ in: place }: Arguments, { method }: RequestDraft): string | undefined {
  if (place === undefined) return undefined;
  if (!placements.test(place))
    throw new UsageError(
      `--in ${place}: give query, body, body:PATH, form, headers, path, variables, text:NAME=TEXT or template:JSON`,
    );
  if (place === 'body:')
    throw new UsageError(`--in ${place} names no path; give a path, as in body:pagination, or body for the top level`);
  if (/^(body|form|variables|template)/.test(place) && (method === 'GET' || method === 'HEAD'))
    throw new UsageError(
      `--in ${place}: a ${method} request has no body; add -X POST, -d or --json, or give --in query`,
    );
  return place;
}

/** Where a kind writes its parameters. `--in` is optional if there is only one choice. @throws UsageError */
function placementFor(kind: PagingKind, args: Arguments, draft: RequestDraft): string | undefined {
  const place = parsePlacement(args, draft);
  if (place !== undefined) return place;
  if (kinds[kind].place === undefined && writesWith(kind, args) && draft.body?.object)
    throw new UsageError(
      'a JSON body needs --in, since paging parameters may go into the body or the query; add --in body, --in body:PATH (such as body:pagination), or --in query',
    );
  return undefined;
}

/** Whether a kind writes any parameter. */
const writesWith = (kind: PagingKind, { size }: Arguments): boolean => {
  const { writes = 'always' } = kinds[kind];
  return writes === 'always' || (writes === 'size' && size !== undefined);
};

/** The kind of body that a placement needs: an object to write into, a form, or the given bytes. */
const bodyUse = (place: string | undefined): 'object' | 'form' | 'bytes' =>
  place === undefined
    ? 'bytes'
    : /^(body|variables|template)/.test(place)
      ? 'object'
      : place === 'form'
        ? 'form'
        : 'bytes';
