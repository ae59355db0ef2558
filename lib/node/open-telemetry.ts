import type { EventListener } from '../events.js';
import { otelApi, type OtelTracer } from './telemetry/api.js';
import { WalkSpans } from './telemetry/walk-spans.js';

/**
 * A listener that makes OpenTelemetry spans, by the package `@opentelemetry/api`, which is to be installed beside: one
 * for the walk, within the span that is active when it begins; within it one for each page; within that one for each
 * attempt, with the attributes of the HTTP conventions. URLs are redacted as in errors. Use one for each walk; after its
 * end it serves the next one.
 *
 *     paginate(request, strategy, { events: openTelemetry() })
 *
 * @param tracer what makes the spans. @default the global provider's tracer `pagewise`
 * @throws ConfigError where `@opentelemetry/api` is not installed
 */
export function openTelemetry(tracer?: OtelTracer): EventListener {
  const api = otelApi();
  let spans: WalkSpans | undefined;
  return {
    next(event) {
      spans ??= new WalkSpans(api, tracer ?? api.trace.getTracer('pagewise'));
      spans.hear(event);
      if (event.type === 'end') spans = undefined;
    },
  };
}
