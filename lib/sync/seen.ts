import { ResumeError } from '../errors.js';
import { type Mark, markOf, type MarkKind } from './marks.js';

/** Items with one value that were delivered: the value, and a hash of each of them. */
export type Group = readonly [value: string | number, ...hashes: string[]];

export const damaged = (): ResumeError =>
  new ResumeError('unreadable', 'the token is damaged: what `sync` remembers is invalid; start over without it');

// Groups stay the same objects from page to page, so each is parsed once, and the hashes of a walk are collected once.
const parsed = /* @__PURE__ */ new WeakMap<Group, Mark>();
const collected = /* @__PURE__ */ new WeakMap<readonly Group[], ReadonlySet<string>>();

export function markOfGroup(group: Group, kind: MarkKind | undefined): Mark {
  const mark = parsed.get(group) ?? markOf(group[0], kind);
  if (mark === undefined) throw damaged();
  parsed.set(group, mark);
  return mark;
}

/** All hashes. */
export function hashesOf(groups: readonly Group[]): ReadonlySet<string> {
  const found = collected.get(groups) ?? new Set(groups.flatMap(([, ...hashes]) => hashes));
  collected.set(groups, found);
  return found;
}

/** The groups, with the items of one more page. */
export function joined(
  groups: readonly Group[],
  added: readonly (readonly [string | number, string])[],
): readonly Group[] {
  const byValue = new Map<string | number, string[]>();
  for (const [value, hash] of added) {
    const hashes = byValue.get(value);
    if (hashes) hashes.push(hash);
    else byValue.set(value, [hash]);
  }
  const grown = groups.map((group): Group => {
    const hashes = byValue.get(group[0]);
    if (hashes === undefined) return group;
    byValue.delete(group[0]);
    return [...group, ...hashes];
  });
  return [...grown, ...Array.from(byValue, ([value, hashes]): Group => [value, ...hashes])];
}
