import { mergeApplicationConfig } from '@angular/core';
import { provideServerRendering, RenderMode, withRoutes, type ServerRoute } from '@angular/ssr';
import { retryRequests } from 'pagewise';
import { providePagewise } from 'pagewise/angular';
import { config } from './app.config';

const serverRoutes: ServerRoute[] = [
  { path: 'all', renderMode: RenderMode.Client }, // A server does not know which books are visible.
  { path: 'busy', renderMode: RenderMode.Client }, // Nobody would see the countdown.
  { path: '**', renderMode: RenderMode.Server },
];

export const serverConfig = mergeApplicationConfig(config, {
  providers: [
    provideServerRendering(withRoutes(serverRoutes)),
    // Rendering does not wait for an API that is slow or down: the browser asks it again.
    providePagewise({ policy: retryRequests({ retries: 0 }), totalTimeout: 2000 }),
  ],
});
