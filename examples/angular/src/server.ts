import { AngularAppEngine, createRequestHandler } from '@angular/ssr';

const engine = new AngularAppEngine({ allowedHosts: ['127.0.0.1', 'localhost'] });

/** Renders a page; for serve.mjs. */
export const reqHandler = createRequestHandler((request) => engine.handle(request));
