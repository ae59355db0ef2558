import { expect, it } from '@jest/globals';
import { ConfigError, paginate, ParseError, singlePage, type WalkEvent } from 'pagewise';
import { gzipSync } from 'node:zlib';
import { serve } from '../support/server.js';
import { onEachTransport } from '../support/transports.js';
import { itemsOf, rejection, thrown } from '../support/walks.js';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const answering = (bytes: Uint8Array, type = 'application/json', status = 200) =>
  serve((_seen, response) => {
    response.writeHead(status, { 'content-type': type });
    response.end(bytes);
  });

onEachTransport('text', (make) => {
  async function walk(url: string, options: object = {}) {
    const notices: string[] = [];
    const events = { next: (event: WalkEvent) => event.type === 'notice' && notices.push(event.message) };
    const pages = [];
    for await (const page of paginate({ url }, singlePage<string>(), { transport: make(options), events })) pages.push(page); // prettier-ignore
    return { items: itemsOf(pages), notices };
  }

  it.each([
    ['iso-8859-1', latin1('["café"]'), 'café'],
    ['"ISO-8859-1"', latin1('["café"]'), 'café'],
    ['windows-1252; x=y', Buffer.from([0x5b, 0x22, 0x80, 0x22, 0x5d]), '€'],
    ['Shift_JIS', Buffer.from([0x5b, 0x22, 0x93, 0xfa, 0x22, 0x5d]), '日'],
    ['utf-16le', Buffer.from('["é😀"]', 'utf16le'), 'é😀'],
    ['UTF8', Buffer.from('["é"]'), 'é'],
    ['us-ascii', Buffer.from('["e"]'), 'e'],
    ['no-such-thing', Buffer.from('["é"]'), 'é'],
  ])('D3 is decoded as declared: charset=%s', async (charset, bytes, text) => {
    const { url } = await answering(bytes, `application/json; charset=${charset}`);
    expect(await walk(url)).toEqual({ items: [text], notices: [] });
  });

  it.each([
    ['UTF-8', Buffer.from('\ufeff["é"]')],
    ['UTF-16', Buffer.from('\ufeff["é"]', 'utf16le')],
  ])('D3 a byte order mark of %s outranks what is declared', async (_name, bytes) => {
    const { url } = await answering(bytes, 'application/json; charset=latin1');
    expect((await walk(url)).items).toEqual(['é']);
  });

  it('D3 a byte order mark is no character, and U+FFFD that was sent is one', async () => {
    const { url } = await answering(Buffer.from('\ufeff["\ufffd"]'));
    expect(await walk(url)).toEqual({ items: ['\ufffd'], notices: [] });
  });

  it.each([
    ['undeclared Latin-1', latin1('["café"]'), 'application/json', 'is not valid utf-8: after 5 characters'],
    ['a character that is cut', Buffer.from('["é').subarray(0, 3), 'application/json; charset=utf-8', 'is not valid utf-8'], // prettier-ignore
    ['half a surrogate pair', Buffer.from([0x5b, 0x22, 0xed, 0xa0, 0xbd, 0x22, 0x5d]), 'application/json', 'is not valid utf-8'], // prettier-ignore
    ['an unknown charset', latin1('["é"]'), 'text/plain; charset=x-mine', 'declared as "x-mine"'],
  ])('D3 %s is an error that says what to set', async (_name, bytes, type, message) => {
    const { url } = await answering(bytes, type);
    const error = await rejection(walk(url));
    expect(error).toBeInstanceOf(ParseError);
    expect(error.message).toContain(message);
    expect(error.message).toContain('set `encoding');
  });

  it("D3 encoding decides in the place of what is declared, and invalidText: 'replace' reports once what it replaced", async () => {
    const { url } = await answering(latin1('["café"]'), 'application/json; charset=utf-8');
    expect(await walk(url, { encoding: 'latin1' })).toEqual({ items: ['café'], notices: [] });
    const { items, notices } = await walk(url, { invalidText: 'replace' });
    expect(items).toEqual(['caf\ufffd']);
    expect(notices).toEqual([
      'Page 1 holds bytes that are not valid text; they were replaced with U+FFFD; check `encoding`.',
    ]);
  });

  it('D3 compressed too', async () => {
    const server = await serve((_seen, response) => {
      response.writeHead(200, { 'content-type': 'application/json;charset=latin1', 'content-encoding': 'gzip' });
      response.end(gzipSync(latin1('["café"]')));
    });
    expect((await walk(server.url)).items).toEqual(['café']);
  });

  it('D3 of an error answer does not hide the status', async () => {
    const { url } = await answering(latin1('{"message":"défaut"}'), 'application/json', 404);
    expect(await rejection(walk(url))).toMatchObject({ status: 404 });
  });

  it('D3 decode may read the bytes themselves', async () => {
    const { url } = await answering(Buffer.from([255, 1]), 'application/octet-stream');
    const decode = (_text: string, { bytes }: { bytes: Uint8Array }) => [...bytes];
    expect(await walk(url, { decode })).toEqual({ items: [255, 1], notices: [] });
    const error = await rejection(walk(url, { decode, invalidText: 'error' }));
    expect(error).toBeInstanceOf(ParseError);
  });

  it('D3 options that can not work are refused', () => {
    expect(thrown(() => make({ encoding: 'klingon' }))).toBeInstanceOf(ConfigError);
    expect(thrown(() => make({ invalidText: 'ignore' as 'error' }))).toBeInstanceOf(ConfigError);
  });
});
