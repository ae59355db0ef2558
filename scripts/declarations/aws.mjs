// AWS: apis/*.paginators.json of the package aws-sdk, with the names on the wire from the models beside them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The package whose declarations these are. */
export const packages = ['aws-sdk@2'];

export function declarationsOf([{ folder, source }]) {
  const apis = join(folder, 'apis');
  const read = (name) => JSON.parse(readFileSync(join(apis, name), 'utf8'));
  const services = {};
  for (const file of readdirSync(apis).filter((name) => name.endsWith('.paginators.json'))) {
    const name = file.replace('.paginators.json', '');
    const { pagination } = read(file);
    const operations = Object.entries(pagination);
    if (operations.length > 0) services[name] = serviceOf(read(`${name}.min.json`), operations);
  }
  return { source: `${source}: apis/*.paginators.json, names on the wire from apis/*.min.json`, services };
}

function serviceOf(model, operations) {
  const { protocol } = model.metadata;
  const groups = new Map();
  for (const [name, { result_key, input_token, output_token, limit_key, more_results }] of operations) {
    const given = { input_token, output_token, limit_key, more_results };
    const paginator = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const shape = shapesOf(model, name);
    const wire = wireOf(protocol, shape, paginator);
    const key = JSON.stringify([paginator, wire]);
    const group = groups.get(key) ?? { paginator, ...(Object.keys(wire).length > 0 && { wire }), operations: {} };
    groups.set(key, group);
    group.operations[name] = resultOf(protocol, shape, result_key);
  }
  return { protocol, declarations: [...groups.values()] };
}

const isXml = (protocol) => ['query', 'ec2', 'rest-xml'].includes(protocol);

/** Input and output of an operation, with their references resolved. */
function shapesOf(model, name) {
  const resolve = (shape = {}) => (shape.shape === undefined ? shape : { ...model.shapes[shape.shape], ...shape });
  const { input, output } = model.operations[name];
  return { resolve, input: resolve(input), output: resolve(output) };
}

/** What differs on the wire from the names in the paginator: where parameters go, and what they and members are called. */
function wireOf(protocol, { resolve, input, output }, { input_token, limit_key, output_token, more_results }) {
  const members = [input_token, limit_key]
    .flat()
    .filter(Boolean)
    .map((name) => [name, resolve(input.members?.[name])]);
  const places = new Set(members.map(([, { location }]) => location ?? 'body'));
  if (places.size > 1) throw new Error(`parameters in several places: ${[...places].join(', ')}`);
  const isQuery = places.has('querystring');
  if (!isQuery && places.size === 1 && !places.has('body')) throw new Error(`a parameter in ${[...places].join('')}`);
  // EC2 reads inputs under their capitalized location name.
  const named = (name, { locationName = name, queryName }) =>
    protocol === 'ec2' ? (queryName ?? locationName[0].toUpperCase() + locationName.slice(1)) : locationName;
  const renamed = members.map(([name, member]) => [name, named(name, member)]).filter(([name, wire]) => name !== wire);
  const paths = [output_token, more_results]
    .flat()
    .filter(Boolean)
    .map((path) => [
      path,
      path
        .split(' || ')
        .map((way) => pathOf(protocol, { resolve, output }, way).path)
        .join(' || '),
    ])
    .filter(([path, wire]) => path !== wire);
  const type = [output_token].flat().filter(Boolean).map((path) => pathOf(protocol, { resolve, output }, path.split(' || ')[0]).type)[0]; // prettier-ignore
  return {
    ...(isQuery && { in: 'query' }),
    ...(renamed.length > 0 && { parameters: Object.fromEntries(renamed) }),
    ...(paths.length > 0 && { members: Object.fromEntries(paths) }),
    ...(type !== undefined && type !== 'string' && { token: type }),
  };
}

/** A path by the names of the model as a path by the names on the wire, relative to the output, and what it leads to. */
function pathOf(protocol, { resolve, output }, path) {
  const steps = path.split('.');
  const wire = [];
  let shape = output;
  for (const [index, step] of steps.entries()) {
    const [, name, choice = ''] = /^(\w+)(\[-?\d+\])?$/.exec(step);
    const member = resolve(shape.members?.[name]);
    if (member.type === undefined && shape.members?.[name] === undefined)
      throw new Error(`${path} is not in the model`);
    const isList = member.type === 'list';
    const isPayload = index === 0 && output.payload === name;
    const own = member.locationName ?? name;
    // The payload is the document, so its own name is that of the root, which XML answers have anyway.
    if (isList && isXml(protocol)) wire.push(...elementsOf(member, own, resolve), choice);
    else if (!isPayload) wire.push(own, choice);
    shape = isList && choice !== '' ? resolve(member.member) : member;
  }
  return { path: wire.join('.').replaceAll('.[', '[').replace(/\.+$/, '').replaceAll('..', '.'), type: shape.type ?? 'string' }; // prettier-ignore
}

/** The names of a list's elements in XML. */
function elementsOf({ flattened, member }, own, resolve) {
  const { locationName } = resolve(member);
  return flattened ? [locationName ?? own] : [own, locationName ?? 'member'];
}

/** The result as it is declared, or with what the model says: paths of lists on the wire, or why it is no list. */
function resultOf(protocol, { resolve, output }, result_key) {
  const declared = [result_key ?? listsOf({ resolve, output })].flat();
  const found = declared.map((path) => ({ path, ...pathOf(protocol, { resolve, output }, path), own: path }));
  const given = result_key === undefined ? {} : { result_key };
  // One paginator (ListAnomalousLogGroups) names a text beside its list.
  const lists = found.filter(({ type }) => type === 'list');
  if (lists.length === 0) return { ...given, no_list: found[0]?.type ?? 'structure' };
  const isAsDeclared = lists.length === found.length && lists.every(({ path, own }) => path === own);
  if (isAsDeclared && result_key !== undefined) return result_key;
  return { ...given, lists: Object.fromEntries(lists.map(({ own, path }) => [own, path])) };
}

/** The lists of an output whose paginator names none; a map if there is no list but a map. */
function listsOf({ resolve, output }) {
  const members = Object.entries(output.members ?? {}).map(([name, member]) => [name, resolve(member).type]);
  const named = (type) => members.filter(([, each]) => each === type).map(([name]) => name);
  return named('list').length > 0 ? named('list') : named('map').slice(0, 1);
}
