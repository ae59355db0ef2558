import { createSign, generateKeyPairSync } from 'node:crypto';

/** A certificate for localhost that signs itself, in PEM; created for each use, since keys don't belong in a repository. */
export function selfSigned(): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const name = sequence(set(sequence(oid(0x55, 0x04, 0x03), tlv(0x0c, Buffer.from('localhost')))));
  const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
  const time = (ms: number) => tlv(0x18, Buffer.from(new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '')));
  const day = 86_400_000;
  const extension = (id: Buffer, value: Buffer) => sequence(id, tlv(0x04, value));
  const extensions = sequence(
    extension(oid(0x55, 0x1d, 0x13), sequence(tlv(0x01, Buffer.from([0xff])))), // basicConstraints: CA
    extension(oid(0x55, 0x1d, 0x11), sequence(tlv(0x82, Buffer.from('localhost')))), // subjectAltName
  );
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))), // v3
    tlv(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    sequence(time(Date.now() - day), time(Date.now() + day)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, extensions),
  );
  const signature = createSign('sha256').update(body).sign(privateKey);
  const der = sequence(body, ecdsaWithSha256, tlv(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = der.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

/** DER: tag, length, value. */
function tlv(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const head =
    length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), value]);
}

const sequence = (...values: Buffer[]): Buffer => tlv(0x30, Buffer.concat(values));
const set = (...values: Buffer[]): Buffer => tlv(0x31, Buffer.concat(values));
const oid = (...bytes: number[]): Buffer => tlv(0x06, Buffer.from(bytes));
