import { createHash } from 'node:crypto';
import { fill, type Json, type Template } from './template.js';

/** The items made so far from each template: a list is walked many times, with a different count. */
const made = new Map<Template, Json[]>();

/** The items of a list, from a template in which `{n}` is the index from 0. */
export function itemsOf(template: Template, count: number): readonly Json[] {
  const all = made.get(template) ?? [];
  made.set(template, all);
  while (all.length < count) all.push(fill(template, itemValues(all.length)) ?? null);
  return all.slice(0, count);
}

const itemValues = (n: number) => ({ more: false, first: false, items: [], value: (name: string) => valueOf(name, n) });

const words = 'amber basil cedar delta ember flint grove harbor indigo juniper kelp larch maple nectar opal pine'.split(' '); // prettier-ignore
const people = 'Ada Bo Chen Dina Eli Fay Gus Hana Ivo Jun Kai Lea Mira Nils Oda Pia'.split(' ');
const cities = 'Aarhus Bergen Cork Dijon Essen Faro Genoa Hilo Ibiza Jena Kyoto Leeds'.split(' ');
const hour = 3_600_000;

function valueOf(name: string, n: number): Json {
  const digest = hashOf(n);
  const newest = Date.UTC(2026, 2, 14, 9) - n * 7 * hour - (parseInt(digest.slice(0, 4), 16) % hour);
  const oldest = Date.UTC(2024, 4, 2, 6) + n * 5 * hour + (parseInt(digest.slice(0, 4), 16) % hour);
  switch (name) {
    case 'hex':
      return digest.slice(0, 12);
    case 'hex24':
      return digest.slice(0, 24);
    case 'sha':
      return digest.slice(0, 40);
    case 'upper':
      return digest.slice(0, 10).toUpperCase();
    case 'base64':
      return Buffer.from(`item:${digest.slice(0, 8)}`).toString('base64');
    case 'uuid':
      return digest.slice(0, 32).replace(/(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, '$1-$2-4$3-a$4-$5');
    case 'num':
      return parseInt(digest.slice(0, 7), 16);
    case 'amount':
      return parseInt(digest.slice(0, 4), 16) / 100;
    case 'bool':
      return n % 3 !== 0;
    case 'word':
      return pick(words, n);
    case 'title':
      return `${pick(words, n)} ${pick(words, n * 7 + 3)} ${n}`;
    case 'person':
      return pick(people, n);
    case 'city':
      return pick(cities, n);
    case 'date':
      return new Date(newest).toISOString();
    case 'date+':
      return new Date(oldest).toISOString();
    case 'second':
      return new Date(newest).toISOString().replace(/\.\d+Z/, 'Z');
    case 'second+':
      return new Date(oldest).toISOString().replace(/\.\d+Z/, 'Z');
    case 'day':
      return new Date(newest).toISOString().slice(0, 10);
    case 'epoch':
      return Math.floor(newest / 1000);
    case 'epoch+':
      return Math.floor(oldest / 1000);
    case 'ms':
      return newest;
    case 'ms+':
      return oldest;
    default:
      return computed(name, n);
  }
}

/** `37*n+1042`, `9000-n`, or `pick open/closed`. */
function computed(name: string, n: number): Json {
  const [, picked] = /^pick (.+)$/.exec(name) ?? [];
  if (picked !== undefined) return pick(picked.split('/'), n);
  const [, from, sign, factor, plus] = /^(?:(\d+)([-+]))?(?:(\d+)\*)?n([+-]\d+)?$/.exec(name) ?? [undefined];
  if (!name.includes('n') || (from === undefined && factor === undefined && plus === undefined && name !== 'n'))
    throw new Error(`items have no {${name}}`);
  return Number(from ?? 0) + (sign === '-' ? -1 : 1) * Number(factor ?? 1) * n + Number(plus ?? 0);
}

const pick = (from: readonly string[], n: number): string => from[n % from.length] ?? '';

export const hashOf = (value: unknown): string => createHash('sha256').update(String(value)).digest('hex');
