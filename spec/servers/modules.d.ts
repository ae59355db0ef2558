// The parts that these tests use of packages without types.

declare module 'json-server' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

  type Request = IncomingMessage & { query: Record<string, string | undefined> };
  type Middleware = (request: Request, response: ServerResponse, next: () => void) => void;
  type App = RequestListener & { use(middleware: Middleware | Middleware[]): void };

  const jsonServer: {
    create(): App;
    defaults(options: { logger: boolean; noCors: boolean }): Middleware[];
    router(tables: object): Middleware;
  };
  export default jsonServer;
}

declare module 'dynalite' {
  import type { Server } from 'node:http';

  export default function dynalite(options: { createTableMs: number }): Server;
}

declare module 's3rver' {
  export default class S3rver {
    constructor(options: {
      address: string;
      port: number;
      directory: string;
      silent: boolean;
      configureBuckets: readonly { name: string }[];
    });
    run(): Promise<{ port: number }>;
    close(): Promise<void>;
  }
}
