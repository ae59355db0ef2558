// Speakeasy: what x-speakeasy-pagination said of an operation, read back from the next() of generated SDKs.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

export const packages = [
  '@apideck/unify', '@gr4vy/sdk', '@kombo-api/sdk', '@mistralai/mistralai', '@polar-sh/sdk', 'dub',
]; // prettier-ignore

/** Forms that the extension's documentation and tests have, and no SDK here: bodies, numPages alone, URLs. */
const documented = [
  { type: 'offsetLimit', inputs: [{ name: 'page', in: 'parameters', type: 'page' }], outputs: { results: '$.resultArray' } },
  { type: 'offsetLimit', inputs: [{ name: 'offset', in: 'parameters', type: 'offset' }, { name: 'limit', in: 'parameters', type: 'limit' }], outputs: { results: '$.data.resultArray' } },
  { type: 'offsetLimit', inputs: [{ name: 'limit', in: 'parameters', type: 'limit' }, { name: 'page', in: 'requestBody', type: 'page' }], outputs: { results: '$.data.resultArray' } },
  { type: 'offsetLimit', inputs: [{ name: 'page', in: 'parameters', type: 'page' }], outputs: { numPages: '$.data.numPages' }, list: 'data.resultArray' },
  { type: 'cursor', inputs: [{ name: 'since', in: 'requestBody', type: 'cursor' }], outputs: { nextCursor: '$.data.resultArray[-1].created_at' }, list: 'data.resultArray' },
  { type: 'cursor', inputs: [{ name: 'cursor', in: 'parameters', type: 'cursor' }], outputs: { nextCursor: '$.resultArray[(@.length-1)]' }, list: 'resultArray' },
  { type: 'offsetLimit', inputs: [{ name: 'limit', in: 'requestBody', type: 'limit' }, { name: 'page', in: 'requestBody', type: 'page' }], outputs: { numPages: '$.numPages' }, list: 'resultArray' },
  { type: 'offsetLimit', inputs: [{ name: 'limit', in: 'requestBody', type: 'limit' }, { name: 'offset', in: 'requestBody', type: 'offset' }], outputs: { results: '$.resultArray' } },
  { type: 'url', inputs: [], outputs: { nextUrl: '$.next' }, list: 'results' },
]; // prettier-ignore

export const declarationsOf = (unpacked) => ({
  source:
    'x-speakeasy-pagination, read back from SDKs that Speakeasy generated, and forms that its documentation and tests have',
  packages: {
    ...Object.fromEntries(unpacked.map(({ folder, source }) => [source, grouped(operationsIn(folder))])),
    'documentation and tests of the extension': grouped(documented),
  },
});

/** Distinct declarations, with the number of operations that have each. */
function grouped(declarations) {
  const groups = new Map();
  for (const each of declarations) {
    const key = JSON.stringify(each);
    groups.set(key, { ...each, operations: (groups.get(key)?.operations ?? 0) + 1 });
  }
  return [...groups.values()];
}

function operationsIn(folder) {
  const funcs = join(folder, 'src/funcs');
  const models = modelsIn(join(folder, 'src/models'));
  return readdirSync(funcs).flatMap((name) => {
    const text = readFileSync(join(funcs, name), 'utf8');
    const next = /const nextFunc = [^]*?\} => \{\n([^]*?)\n {2}\};\n/.exec(text)?.[1]?.replaceAll(/\s+/g, ' ');
    return next === undefined ? [] : [declarationOf(next, text, models, basename(name))];
  });
}

function declarationOf(next, text, models, name) {
  const outputs = Object.fromEntries(
    ['nextCursor', 'results', 'numPages'].flatMap((output) => {
      const path = pathOf(new RegExp(`const ${output} = (.*?); (?:if|const)`).exec(next)?.[1]);
      return path === undefined ? [] : [[output, path]];
    }),
  );
  const sent = /"~next": \{ (\w+):/.exec(next)?.[1];
  if (sent === undefined) throw new Error(`${name}: no next position in ${next}`);
  const type = { page: 'page', offset: 'offset', cursor: 'cursor' }[sent];
  const param = new RegExp(`(\\w+): next(?:Cursor|Page|Offset),`).exec(
    next.replace(/return \{ next: nextVal.*/, ''),
  )?.[1];
  const limit = /const limit = request\?\.(\w+)/.exec(next)?.[1];
  const inputs = [[param ?? sent, type], ...(limit === undefined ? [] : [[limit, 'limit']])].map(([input, is]) => ({ ...onWire(input, text, name), type: is })); // prettier-ignore
  const declared = { type: type === 'cursor' ? 'cursor' : 'offsetLimit', inputs, outputs };
  if (outputs.results !== undefined) return declared;
  // The extension need not say where the items are; the model of the answer does.
  const schema = /M\.json\(\s*2\d\d,\s*(?:\w+\.)?(\w+)\$inboundSchema(?:,\s*\{\s*key:\s*"(\w+)")?/.exec(text);
  const lists = listsIn(models, schema?.[1] ?? '', schema?.[2]);
  const depth = (path) => path.split('.').length;
  const [first, second] = lists.sort((a, b) => depth(a) - depth(b));
  const isClear = first !== undefined && (second === undefined || depth(first) < depth(second));
  return { ...declared, ...(isClear ? { list: first } : { no_list: true }) };
}

/** `dlv(responseData, "data.next")` and its like as a JSONPath. */
function pathOf(expression) {
  if (expression === undefined) return undefined;
  if (expression.trim() === 'responseData') return '$';
  const [, queried] = /jpQuery\(responseData as JsonValue, "([^"]+)"\)/.exec(expression) ?? [];
  if (queried !== undefined) return queried;
  const [, dotted] = /dlv\(responseData, "([^"]+)"\)/.exec(expression) ?? [];
  return `$.${dotted ?? /\)(?:\?)?\.([\w?. ]+)$/.exec(expression)[1].replaceAll(/[? ]/g, '')}`;
}

/** An input under the name that the request has for it. */
function onWire(input, text, name) {
  const query = [...text.matchAll(/encodeFormQuery\(\{([^}]*)\}/g)].map(([, members]) => members).join('\n');
  const alike = (each) => each.replaceAll(/[_-]/g, '').toLowerCase();
  const wire = [...query.matchAll(/"([^"]+)":/g)].map(([, each]) => each).find((each) => alike(each) === alike(input));
  if (wire === undefined) throw new Error(`${name}: ${input} is not in the query`);
  return { name: wire, in: 'parameters' };
}

/** The members of every model that answers are read by. */
function modelsIn(folder) {
  const models = new Map();
  if (!existsSync(folder)) return models;
  for (const file of readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.ts')))
    for (const [, name, members] of readFileSync(join(folder, file), 'utf8').matchAll(/export const (\w+)\$inboundSchema:[^=]*?=\s*(?:collectExtraKeys\$\(\s*)?z\s*\.object\(\{([^]*?)\n\s*\}\)/g)) // prettier-ignore
      models.set(name, [...members.matchAll(/^\s+"?([\w$.]+)"?:\s*([^]*?),$/gm)].map(([, member, type]) => ({ member, type }))); // prettier-ignore
  return models;
}

/** Paths of the lists in an answer. */
function listsIn(models, model, key, depth = 0) {
  return (models.get(model) ?? []).flatMap(({ member, type }) => {
    if (key !== undefined && member !== key) return [];
    const own = key === undefined ? member : '.';
    if (/\b(z|types)\.array\(/.test(type)) return [own];
    const inner = /(\w+)\$inboundSchema/.exec(type)?.[1];
    if (inner === undefined || depth > 3) return [];
    return listsIn(models, inner, undefined, depth + 1).map((path) => (own === '.' ? path : `${own}.${path}`));
  });
}
