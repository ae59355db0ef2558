/**
 * Milliseconds that a server asks to wait in `grpc-status-details-bin`: a google.rpc.Status whose details hold a
 * google.rpc.RetryInfo { Duration retry_delay }. `undefined` where there is none, or none that can be read.
 */
export function retryInfo(statusDetails: Uint8Array): number | undefined {
  for (const any of messages(statusDetails, 3)) {
    const [type] = messages(any, 1);
    if (!new TextDecoder().decode(type).endsWith('/google.rpc.RetryInfo')) continue;
    const [info] = messages(any, 2);
    const [delay] = messages(info, 1);
    if (delay === undefined) continue;
    const [seconds = 0] = numbers(delay, 1);
    const [nanos = 0] = numbers(delay, 2);
    const ms = Math.ceil(seconds * 1000 + nanos / 1e6);
    // A negative number is written as one near 2⁶⁴.
    if (seconds <= Number.MAX_SAFE_INTEGER && nanos < 1e9) return ms;
  }
  return undefined;
}

const messages = (bytes: Uint8Array | undefined, field: number): Uint8Array[] =>
  fields(bytes).flatMap(([number, value]) => (number === field && typeof value === 'object' ? [value] : []));

const numbers = (bytes: Uint8Array, field: number): number[] =>
  fields(bytes).flatMap(([number, value]) => (number === field && typeof value === 'number' ? [value] : []));

/** The fields of a protobuf message, up to where it can't be read. */
function fields(bytes: Uint8Array = new Uint8Array()): [number, number | Uint8Array][] {
  const found: [number, number | Uint8Array][] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const tag = varint();
    const [field, wireType] = [Math.floor(tag / 8), tag % 8];
    if (wireType === 0) found.push([field, varint()]);
    else if (wireType === 2) {
      const length = varint();
      if (length > bytes.length - at) break;
      found.push([field, bytes.subarray(at, (at += length))]);
    } else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else break;
  }
  return found;
}
