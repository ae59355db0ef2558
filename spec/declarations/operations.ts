import { awsLists, type AwsPaginator } from './aws.js';
import type { MsPageable } from './auto-rest.js';
import { type Operation, stepsOf, type Way } from './imitation.js';
import type { SpeakeasyPagination } from './speakeasy.js';
import type { StainlessScheme } from './stainless.js';

// What each declaration says of the wire, for the servers that imitate it.

export function awsOperation({ operation, protocol, paginator, wire, result }: AwsPaginator): Operation {
  const isXml = ['query', 'ec2', 'rest-xml'].includes(protocol);
  const document: Way = protocol === 'query' ? [`${operation}Result`] : [];
  const at = (path: string): Way => [...document, ...stepsOf(path)];
  const member = (path: string) => (wire.members?.[path] ?? path).split(' || ').map(at);
  const parameter = (name: string) => wire.parameters?.[name] ?? name;
  const outputs = [paginator.output_token ?? []].flat();
  const inputs = [paginator.input_token ?? []].flat();
  const { more_results: more, limit_key: limit } = paginator;
  return {
    by: outputs.length === 0 ? 'nothing' : 'token',
    in: wire.in ?? (protocol === 'query' || protocol === 'ec2' ? 'form' : 'body'),
    position: inputs.map((name, n) => ({ param: parameter(name), at: member(outputs[n] ?? '') })),
    token: wire.token,
    lists: Object.values(awsLists(result) ?? {}).map(at),
    ...(limit !== undefined && { limit: parameter(limit) }),
    ...(more !== undefined && { more: member(more)[0] }),
    ...(isXml && { root: protocol === 'rest-xml' ? 'Answer' : `${operation}Response` }),
  };
}

export function stainlessOperation(scheme: StainlessScheme): Operation {
  const { type, param = '', items, limit, next, next_url, key, has_next_page, total, total_pages } = scheme;
  const by = ({ page_number: 'page', offset: 'offset', cursor: 'token', cursor_id: 'key', cursor_url: 'url', fake_page: 'nothing' } as const)[type]; // prettier-ignore
  const header = next?.startsWith('header:') === true ? next.slice('header:'.length) : undefined;
  const at = next_url ?? key ?? (header === undefined ? next : undefined);
  const pages = total_pages === undefined ? undefined : stepsOf(total_pages);
  return {
    by,
    in: scheme.in ?? 'query',
    position: [{ param, ...(at !== undefined && { at: [stepsOf(at)] }) }],
    header,
    lists: [stepsOf(items)],
    ...((by === 'token' || by === 'url') &&
      has_next_page === undefined &&
      !scheme.continue_on_empty && { endless: true }),
    ...(scheme.start !== undefined && { start: scheme.start }),
    ...(limit !== undefined && { limit }),
    ...(by !== 'nothing' && has_next_page !== undefined && { more: stepsOf(has_next_page) }),
    ...(total !== undefined && { total: stepsOf(total) }),
    ...(pages !== undefined && { pages }),
  };
}

export function speakeasyOperation({ type, inputs, outputs, list }: SpeakeasyPagination): Operation {
  const steps = (jsonPath: string) => stepsOf(jsonPath.replace('[(@.length-1)]', '[-1]').replace(/^\$\.?/, '') || '.');
  const position = inputs.find((input) => input.type !== 'limit');
  const limit = inputs.find((input) => input.type === 'limit' && input.in === position?.in)?.name;
  const next = outputs.nextCursor ?? outputs.nextUrl;
  return {
    by: type === 'url' ? 'url' : type === 'cursor' ? 'token' : position?.type === 'page' ? 'page' : 'offset',
    in: position?.in === 'requestBody' ? 'body' : 'query',
    position: [{ param: position?.name ?? '', ...(next !== undefined && { at: [steps(next)] }) }],
    lists: [outputs.results === undefined ? stepsOf(list ?? '.') : steps(outputs.results)],
    ...(limit !== undefined && { limit }),
    ...(outputs.numPages !== undefined && { pages: steps(outputs.numPages) }),
  };
}

export const autoRestOperation = ({ nextLinkName, itemName = 'value', method }: MsPageable): Operation => ({
  by: nextLinkName === null ? 'nothing' : 'url',
  // The name of a member, whatever it looks like.
  position: [{ param: '', at: [[nextLinkName ?? '']] }],
  lists: [[itemName]],
  ...(method !== undefined && { later: 'GET' }),
});
