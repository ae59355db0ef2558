/** The origin of a URL, resolved against the document where there is one; `undefined` for what is no URL. */
export function originOf(url: string): string | undefined {
  try {
    const { protocol, host } = new URL(url, documentUrl());
    return `${protocol}//${host}`;
  } catch {
    return undefined;
  }
}

/** What relative URLs are resolved against: the document in browsers, nothing elsewhere. */
export const documentUrl = (): string | undefined => (globalThis as { location?: { href?: string } }).location?.href;

/** The origin of the page or worker; `undefined` where there is neither, 'null' for files and sandboxes. */
export const ownOrigin = (): string | undefined => (globalThis as { location?: { origin?: string } }).location?.origin;

/** Whether a URL is of another origin than the page or worker is; `false` where there is neither. */
export const isElsewhere = (url: string): boolean => ![undefined, originOf(url)].includes(ownOrigin());

/** What a failure may be of which a browser says nothing, since another origin was asked; '' elsewhere. */
export const corsHint = (url: string): string =>
  isElsewhere(url)
    ? ` (in a browser: ${originOf(url) ?? url} can't be reached, or does not allow ${ownOrigin() ?? ''} by ` +
      'Access-Control-Allow-Origin, -Methods and -Headers, in the answer to OPTIONS too; its console tells which)'
    : '';
