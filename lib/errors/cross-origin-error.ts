import { PagewiseError } from './pagewise-error.js';

/**
 * A next URL or redirect leads to another origin than the request template's; nothing was sent there, but by a browser
 * that follows redirects.
 */
export class CrossOriginError extends PagewiseError {
  constructor(
    /** The origin of the request template. */
    readonly from: string,
    /** The origin that would have been asked. */
    readonly to: string,
    way: 'redirect' | 'followed' | 'next',
  ) {
    super(
      way !== 'next'
        ? `a redirect leads from ${from} to ${to}, another origin; ${way === 'followed' ? 'a browser follows it unseen' : 'nothing was sent there'}. If that server is meant, use its URL in the request`
        : `the next page is at ${to}, another origin than ${from}; nothing was sent there. If that server is meant, allow it with allowOrigins: ['${to}']`,
    );
  }

  override get name(): string {
    return 'CrossOriginError';
  }
}
