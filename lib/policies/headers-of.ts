/** Reads a header, whatever its case. */
export type HeaderReader = (name: string) => string | null;

/** The headers of an answer, or of the answer within an error, whichever client made it. */
export function headersOf(value: unknown): HeaderReader | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { headers, response } = value as { headers?: unknown; response?: { headers?: unknown } | null };
  const found = headers ?? response?.headers;
  if (typeof found !== 'object' || found === null) return undefined;
  if ('get' in found && typeof found.get === 'function') {
    const { get } = found as { get(name: string): unknown };
    return (name) => asText(get.call(found, name));
  }
  return (name) => asText(Object.entries(found).find(([key]) => key.toLowerCase() === name)?.[1]);
}

const asText = (value: unknown): string | null =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;
