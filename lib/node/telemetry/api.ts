import { createRequire } from 'node:module';
import { ConfigError } from '../../errors.js';

/** The part of OpenTelemetry's Span that is used, by its shape. */
export interface OtelSpan {
  setAttributes(attributes: Record<string, string | number | boolean>): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  addEvent(name: string, attributes?: Record<string, string | number | boolean>): unknown;
  updateName(name: string): unknown;
  end(): void;
}

/** The part of OpenTelemetry's Tracer that is used, by its shape. */
export interface OtelTracer {
  startSpan(name: string, options?: { kind?: number }, context?: object): OtelSpan;
}

/** The part of the package `@opentelemetry/api` that is used. */
export interface OtelApi {
  readonly trace: {
    getTracer(name: string, version?: string): OtelTracer;
    setSpan(context: object, span: OtelSpan): object;
  };
  readonly context: { active(): object };
  readonly SpanKind: { readonly INTERNAL: number; readonly CLIENT: number };
  readonly SpanStatusCode: { readonly ERROR: number };
}

/** @throws ConfigError where the package is not installed */
export function otelApi(): OtelApi {
  try {
    return createRequire(import.meta.url)('@opentelemetry/api') as OtelApi;
  } catch (cause) {
    throw new ConfigError('openTelemetry needs the package @opentelemetry/api: npm install @opentelemetry/api', {
      cause,
    });
  }
}
