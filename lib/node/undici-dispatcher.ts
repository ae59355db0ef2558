/** The part of undici's Dispatcher that is used, by its shape: an Agent, a Pool, a ProxyAgent or a MockAgent of yours fits. */
export interface UndiciDispatcher {
  dispatch(options: UndiciRequest, handler: UndiciHandler): boolean;
}

export interface UndiciRequest {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
  readonly idempotent: boolean;
  readonly blocking: boolean;
  readonly headersTimeout: number;
  readonly bodyTimeout: number;
}

export type UndiciHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** What undici tells of one request. */
export interface UndiciHandler {
  onRequestStart(controller: UndiciController, context: unknown): void;
  onResponseStart(controller: UndiciController, status: number, headers: UndiciHeaders): void;
  onResponseData(controller: UndiciController, chunk: Uint8Array): void;
  onResponseEnd(controller: UndiciController, trailers: unknown): void;
  onResponseError(controller: UndiciController | null, error: Error): void;
}

export interface UndiciController {
  abort(reason: Error): void;
  pause(): void;
  resume(): void;
}
