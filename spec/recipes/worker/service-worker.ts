interface FetchEvent extends Event {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

addEventListener('fetch', (event) => {
  const { request, respondWith } = event as FetchEvent;
  const isPage = request.method === 'GET' && new URL(request.url).pathname.startsWith('/api/');
  if (isPage) respondWith.call(event, answer(request));
});

/** A page from the network, or as it was last seen if there is none. */
async function answer(request: Request): Promise<Response> {
  const pages = await caches.open('pages');
  try {
    const response = await fetch(request);
    if (response.ok) await pages.put(request, response.clone());
    return response;
  } catch (failure) {
    const seen = await pages.match(request);
    if (seen) return seen;
    throw failure; // The walk gets it as a network failure, and waits or retries.
  }
}
