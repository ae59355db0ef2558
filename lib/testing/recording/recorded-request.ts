import type { PageRequest } from '../../request.js';
import { fingerprint } from '../../values/fingerprint.js';
import { redactHeaders } from '../../values/redact.js';
import type { RecordedRequest } from './recording.js';
import { recordedUrl } from './recorded-url.js';

/** Changes a body that is recorded or compared. */
export type RedactBody = (body: unknown) => unknown;

export function recordedRequest(request: PageRequest, redact: RedactBody): RecordedRequest {
  const { method = 'GET', url, headers, body } = request;
  return {
    method: method.toUpperCase(),
    ...(url === undefined ? {} : { url: recordedUrl(url) }),
    headers: typeof headers === 'object' ? redactHeaders(headers, headers) : {},
    ...(body === undefined || body === null ? {} : { body: fingerprint(redact(body)) }),
  };
}
