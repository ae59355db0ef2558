import { describe, expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { ConfigError, cursor, inForm, paginate, type Params } from 'pagewise';
import { json, serve } from '../support/server.js';
import { thrown } from '../support/walks.js';

const placed = (body: unknown, params: Params) => String(inForm()({ body }, params).body);

describe('inForm', () => {
  it.each<[string, unknown, string]>([
    ['a string', 'q=dog&page=1', 'q=dog&page=2'],
    ['URLSearchParams', new URLSearchParams({ q: 'dog', page: '1' }), 'q=dog&page=2'],
    ['bytes', new TextEncoder().encode('q=dog&page=1'), 'q=dog&page=2'],
    ['a Buffer', Buffer.from('q=dog&page=1'), 'q=dog&page=2'],
    ['names in brackets', 'a[0]={x}&b=[1]', 'a%5B0%5D=%7Bx%7D&b=%5B1%5D&page=2'],
    ['nothing', undefined, 'page=2'],
    ['null', null, 'page=2'],
    ['an empty string', '', 'page=2'],
  ])('writes into %s', (_name, body, expected) => {
    expect(placed(body, { page: 2 })).toBe(expected);
  });

  it('undefined removes a field', () => {
    expect(placed('q=dog&page=1', { page: undefined })).toBe('q=dog');
  });

  it('P8 modifies no form that it is given', () => {
    const body = new URLSearchParams('page=1');
    const request = Object.freeze({ body, method: 'POST' });
    const { method, body: written } = inForm()(request, { page: 2 });
    expect(method).toBe('POST');
    expect(written).toBeInstanceOf(URLSearchParams);
    expect(written).not.toBe(body);
    expect(body.toString()).toBe('page=1');
  });

  it('is sent as a form, every field as it was', async () => {
    const nasty = 'a+b/c==&x=1%20 #é\n"😀';
    const server = await serve((_seen, response, index) =>
      json(response, { items: [index], next: index === 0 ? nasty : null }),
    );
    for (const body of [new URLSearchParams({ q: nasty }), `q=${encodeURIComponent(nasty)}`]) {
      const strategy = cursor({ items: 'items', next: 'next', place: inForm() });
      await lastValueFrom(paginate({ url: server.url, method: 'POST', body }, strategy));
    }
    for (const { headers } of server.seen.slice(0, 2))
      expect(headers['content-type']).toMatch(/^application\/x-www-form-urlencoded\b/);
    const second = new URLSearchParams(server.seen[1]?.body);
    expect([...second]).toEqual([['q', nasty], ['cursor', nasty]]); // prettier-ignore
  });

  it.each([
    [{ q: 'dog' }, 'inForm: the body is an object with q, not a form'],
    [new FormData(), 'not a form'],
    [5, 'the body is 5'],
    ['{"q":"dog"}', 'the body looks like JSON'],
    [Buffer.from(' [1]'), 'the body looks like JSON'],
    ['\n\t {"q":1}', 'the body looks like JSON'],
    ['q=caf%E9', 'holds percent-encoding that is not UTF-8, which would change on the way'],
    ['q=100%', 'holds percent-encoding that is not UTF-8'],
  ])('refuses %p', (body, message) => {
    const error = thrown(() => placed(body, { page: 2 }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(message);
  });

  it('a list is several fields of the name', () => {
    expect(placed('id=0', { id: ['a', 'b'] })).toBe('id=a&id=b');
  });

  it('refuses values that a form cannot hold', () => {
    expect(thrown(() => placed('', { a: {} })).message).toContain('inForm: parameter a is an empty object');
  });
});
