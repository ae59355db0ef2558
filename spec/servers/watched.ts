import { fetchTransport, type FetchTransportOptions, type PageRequest, type Transport } from 'pagewise';

/** The default transport, and every request that it was given. */
export function watchedTransport(options: FetchTransportOptions = {}) {
  const requests: PageRequest[] = [];
  const send = fetchTransport(options);
  const transport: Transport = (request, attempt) => {
    requests.push(request);
    return send(request, attempt);
  };
  return { requests, transport };
}
