import { partitionName } from '../../operators/partitions/known-keys.js';
import { isPipe } from '../../node/files.js';
import { fingerprint } from '../../values/compare.js';
import { describe } from '../../values/describe.js';
import { type Arguments, UsageError } from '../flags/arguments.js';
import { draftRequest } from '../flags/draft-request.js';
import { checkExtension, formatName, toStdout } from '../output/job-output.js';

/** The values of one partition, by name. */
export type Values = Readonly<Record<string, string>>;

/** A job whose texts have placeholders: `{name}`, or `{+name}`, which keeps slashes. */
export interface Template {
  readonly names: readonly string[];
  readonly args: Arguments;
  /** Whether each partition has an output of its own. */
  readonly ownOutput: boolean;
}

const placeholder = (names: readonly string[]) => new RegExp(`\\{(\\+?)(${names.join('|')})\\}`, 'g');

/** Options in which placeholders are filled in, and files that each partition writes anew. */
const filled = ['url', 'header', 'data', 'json', 'output', 'addFields'] as const;
const files = ['cookieJar', 'report', 'trace', 'har'] as const;

/**
 * Reads what a job's flags name (`@FILE`), since it may have placeholders too, and checks where they are.
 * @param location the file and the job, for messages
 * @throws UsageError
 */
export async function templateOf(
  names: readonly string[],
  args: Arguments,
  location: string,
  signal: AbortSignal,
): Promise<Template> {
  const refuse = (problem: string) => new UsageError(`${location}: ${problem}`);
  const texts = await withTexts(names, args, signal);
  const pattern = placeholder(names);
  const used = (value: unknown) =>
    new Set([...(JSON.stringify(value) ?? '').matchAll(pattern)].map(([, , name = '']) => name));
  const { url, header = [], data = [], json = [], output = '-', resumeFrom, distinct } = texts;
  for (const [option, value] of Object.entries(texts)) {
    if ([...filled, ...files].includes(option as (typeof filled)[number])) continue;
    const [name] = used(value);
    if (name !== undefined)
      throw refuse(
        `{${name}} is not filled in within "${option}", only in url, header, the body, output and addFields`,
      );
  }
  if (!/^https?:\/\//i.test(url)) throw refuse('"url" must begin with https:// or http://, and a host');
  const [host = ''] = hostOf.exec(url) ?? [];
  for (const { 0: found, 1: plus, index } of host.matchAll(pattern))
    if (plus === '+' || host[index + found.length] !== '.')
      throw refuse(
        `${found} in the host of "url" would let a value name another host; a placeholder there has no + and comes before a dot, as in https://{tenant}.example.com`,
      );
  const inName = header.find((line) => used(line.split(':', 1)[0]).size > 0);
  if (inName !== undefined) throw refuse('the name of a header can not have a placeholder');
  const asked = used([url, header, data, json]);
  const idle = names.find((name) => !asked.has(name));
  if (idle !== undefined)
    throw refuse(`{${idle}} is neither in url nor in a header or the body, so all partitions would ask for the same`);
  const recordings = (['report', 'trace', 'har'] as const).filter((file) => texts[file] !== undefined);
  const inAll = (file: 'report' | 'trace' | 'har') => [...used(texts[file])].sort().join();
  const [first] = recordings;
  const other = first && recordings.find((file) => inAll(file) !== inAll(first));
  if (first && other)
    throw refuse(`"${first}" and "${other}" have different placeholders; put the same into both, or none, for one of all partitions`); // prettier-ignore
  for (const file of files) {
    if (file !== 'cookieJar' && !isPipe(texts[file] ?? '')) continue;
    if (texts[file] !== undefined && used(texts[file]).size < names.length)
      throw refuse(`"${file}": each partition would overwrite the file; put ${shown(names)} into its name`);
  }
  if (resumeFrom !== undefined) throw refuse('"resumeFrom" continues one walk; partitions resume by their checkpoints');
  const inOutput = used(output);
  const ownOutput = inOutput.size > 0;
  if (ownOutput && inOutput.size < names.length)
    throw refuse(
      `"output" has not all of ${shown(names)}, so several partitions would overwrite one file; name all of them or none`,
    );
  if (ownOutput && output.endsWith('}'))
    throw refuse(`"output" must end with what the file is, as in ${output}.ndjson`);
  if (!ownOutput && texts.checkpoint === false && !toStdout(texts))
    throw refuse(
      `without a checkpoint, which says where the common output ends, each partition would overwrite it; put ${shown(names)} into "output", or remove --no-checkpoint`,
    );
  if (!ownOutput && distinct !== undefined)
    throw refuse(`"distinct" needs an output for each partition; put ${shown(names)} into "output"`);
  if (!ownOutput && texts.whenDone === 'restart' && !toStdout(texts))
    throw refuse('"whenDone": "restart" needs an output for each partition; or delete the output and its checkpoints');
  if (!ownOutput && toStdout(texts) && formatName(texts) !== 'ndjson')
    throw refuse(`partitions write NDJSON to stdout, not ${formatName(texts)}; add "output"`);
  checkExtension(texts, `${location}: `);
  // Not by the value at its end.
  return { names, args: { ...texts, format: formatName(texts) }, ownOutput };
}

const shown = (names: readonly string[]): string => names.map((name) => `{${name}}`).join(' and ');

/** The arguments with the texts of their files, and no more than one text for the body. */
async function withTexts(names: readonly string[], args: Arguments, signal: AbortSignal): Promise<Arguments> {
  const { data = [], json = [], header: lines = [], get: inQuery, ...rest } = args;
  const texts = { data, json, header: lines };
  // The flags of the body have the same list under their own names too.
  for (const flag of ['dataRaw', 'dataUrlencode', 'dataBinary']) Reflect.deleteProperty(rest, flag);
  // A URL with placeholders need not be one yet.
  const { body, header } = await draftRequest({ url: 'https://x', request: 'POST', ...texts }, signal);
  const given = { ...rest, ...(inQuery && { get: inQuery }), json: [], ...(header.length > 0 && { header }) };
  if (!body) return { ...given, data: [] };
  if (body.kind === 'json' && body.text.startsWith('@')) throw new UsageError('--json: the body is not JSON');
  if (body.kind === 'json') return { ...given, data: [], json: [body.text] };
  const encoded = new RegExp(`%7B((?:%2B)?)(${names.join('|')})%7D`, 'g');
  const text = data.some(({ kind }) => kind === 'urlencode')
    ? body.text.replace(encoded, (_, plus: string, name: string) => `{${plus === '' ? '' : '+'}${name}}`)
    : body.text;
  return { ...given, data: [{ kind: 'raw', text }] };
}

/** The arguments of one partition. @throws UsageError for a value that can't stand where its placeholder is */
export function fillIn({ names, args, ownOutput }: Template, values: Values): Arguments {
  const pattern = placeholder(names);
  const put = (text: string, write: (value: string, name: string, plus: boolean, at: number) => string) =>
    text.replace(pattern, (_, plus: string, name: string, at: number) =>
      write(values[name] ?? '', name, plus !== '', at),
    );
  const { url, header, data, json, output, addFields } = args;
  const file = (path: string, option: string) => fillFile(path, option, put);
  return {
    ...args,
    url: fillUrl(url, put),
    ...(header && { header: header.map((line) => put(line, inHeader)) }),
    ...(data && { data: data.map((piece) => ({ ...piece, text: fillData(piece.text, put) })) }),
    ...(json && { json: json.map((text) => fillJson(text, put)) }),
    ...(output !== undefined && ownOutput && { output: file(output, 'output') }),
    ...Object.fromEntries(files.flatMap((name) => (args[name] === undefined ? [] : [[name, file(args[name], name)]]))),
    ...(addFields && {
      addFields: Object.fromEntries(
        Object.entries(addFields).map(([name, value]) => [
          name,
          typeof value === 'string' ? put(value, (text) => text) : value,
        ]),
      ),
    }),
  };
}

type Put = (text: string, write: (value: string, name: string, plus: boolean, at: number) => string) => string;

/** Scheme, host and port. */
const hostOf = /^[^:/?#]*:\/\/[^/?#\\]*/;

function fillUrl(template: string, put: Put): string {
  const [host = ''] = hostOf.exec(template) ?? [];
  const [, path = '', rest = ''] = /^([^?#]*)(.*)$/s.exec(template.slice(host.length)) ?? [];
  const filledHost = put(host, (value, name) => {
    if (/^[a-z\d]([a-z\d-]*[a-z\d])?$/i.test(value)) return value;
    throw cannot(name, value, 'be a part of a host name: only letters, digits and hyphens can');
  });
  const filledPath = put(path, (value, _name, plus) =>
    plus ? reserved(value).replaceAll('?', '%3F') : segment(value),
  );
  if (dots(filledPath) > dots(path))
    throw new UsageError(
      `the value of a placeholder makes a . or .. in the path of the URL, which would lead elsewhere: ${describe(filledPath)}`,
    );
  return filledHost + filledPath + put(rest, (value, _name, plus) => (plus ? reserved(value) : segment(value)));
}

/** One path segment or query value. */
const segment = (value: string): string =>
  encodeURIComponent(value).replaceAll(/[!'()*]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`);

/** As in RFC 6570, but a fragment would end the URL, and a percent sign is none of an encoding. */
const reserved = (value: string): string => encodeURI(value).replaceAll('#', '%23');

/** Segments that lead elsewhere. */
const dots = (path: string): number => path.split('/').filter((each) => /^(\.|%2e){1,2}$/i.test(each)).length;

function inHeader(value: string, name: string): string {
  if (/^[\x20-\x7e\x80-\xff]*$/.test(value) && value.trim() === value) return value;
  throw cannot(
    name,
    value,
    'be sent in a header: it holds a line break, another character that no header can carry, or spaces at its ends',
  );
}

/** A form is percent-encoded, and JSON is escaped. */
function fillData(template: string, put: Put): string {
  return isJson(template)
    ? fillJson(template, put)
    : put(template, (value, _name, plus) => (plus ? reserved(value) : segment(value)));
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

/** In a string, its characters; elsewhere only a number, which can't be more than one value. */
function fillJson(template: string, put: Put): string {
  return put(template, (value, name, _plus, at) => {
    if (isInString(template, at)) return JSON.stringify(value).slice(1, -1);
    if (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(value)) return value;
    throw cannot(name, value, `stand in JSON outside a string; write "{${name}}" in quotes`);
  });
}

function isInString(json: string, end: number): boolean {
  let inside = false;
  for (let at = 0; at < end; at++) {
    if (json[at] === '\\' && inside) at++;
    else if (json[at] === '"') inside = !inside;
  }
  return inside;
}

/** A file within the folder that the template names before its first placeholder. */
function fillFile(template: string, option: string, put: Put): string {
  const path = put(template, (value, name, plus) => {
    if (!plus) return partitionName(value);
    const parts = value.split('/');
    if (parts.some((part) => part === '' || /^\.+$/.test(part)))
      throw cannot(name, value, `be in "${option}": its parts between slashes must be names, neither empty nor dots`);
    return parts.map(partitionName).join('/');
  });
  return path === '-' ? './-' : path;
}

const cannot = (name: string, value: string, what: string): UsageError =>
  new UsageError(`{${name}}: ${describe(value)} can't ${what}`);

/** What a partition is called in the names of files. */
export function keyOf(names: readonly string[], values: Values): string {
  const key = names.map((name) => partitionName(values[name] ?? '')).join(',');
  return key.length <= 200 ? key : `${key.slice(0, 160).replace(/%[\dA-F]?$/, '')}~${fingerprint(key)}`;
}
