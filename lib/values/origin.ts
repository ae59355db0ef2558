/** The origin of a URL, resolved against the document if there is one; `undefined` if it is not a URL. */
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

/** The origin of the page or worker; `undefined` if there is neither, 'null' for files and sandboxes. */
export const ownOrigin = (): string | undefined => (globalThis as { location?: { origin?: string } }).location?.origin;

/** Whether a URL has another origin than the page or worker; `false` if there is neither. */
export const isElsewhere = (url: string): boolean => ![undefined, originOf(url)].includes(ownOrigin());

/** Why a cross-origin request may have failed, since a browser does not say; '' otherwise. */
export const corsHint = (url: string): string =>
  isElsewhere(url)
    ? ` (in a browser: ${originOf(url) ?? url} can't be reached, or does not allow ${ownOrigin() ?? ''} with ` +
      'Access-Control-Allow-Origin, -Methods and -Headers, also in the answer to OPTIONS, or is missing in connect-src of ' +
      "the page's Content-Security-Policy; the console of the browser says which)"
    : '';
