/** @jest-environment jsdom */
import { application, settled } from './test-bed.js';
import { HttpClient } from '@angular/common/http';
import { describe, expect, it } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { linkHeader, paginate, type Page } from 'pagewise';
import { httpClientTransport } from 'pagewise/angular';

function walk(url: string) {
  const http = application();
  const transport = httpClientTransport(TestBed.inject(HttpClient));
  const pages: Page<number>[] = [];
  let failure: unknown;
  paginate({ url }, linkHeader<number>(), { transport, policy: (source) => source }).subscribe({
    next: (page) => pages.push(page),
    error: (error: unknown) => (failure = error),
  });
  return { http, pages, failure: () => failure };
}

describe('httpClientTransport and headers that a browser may hide', () => {
  it('a first page of another origin without a Link header is an error', async () => {
    const { http, pages, failure } = walk('https://api.test/items');
    await settled();
    http.expectOne(() => true).flush([1, 2]);
    await settled();
    expect(pages).toEqual([]);
    expect(failure()).toMatchObject({ name: 'ExtractError', path: 'header Link' });
  });

  it('a later one is the last page', async () => {
    const { http, pages, failure } = walk('https://api.test/items');
    await settled();
    http.expectOne(() => true).flush([1], { headers: { Link: '</items?page=2>; rel="next"' } });
    await settled();
    http.expectOne(() => true).flush([2]);
    await settled();
    expect(failure()).toBeUndefined();
    expect(pages.map(({ items, next }) => [items, next])).toEqual([
      [[1], { url: 'https://api.test/items?page=2' }],
      [[2], undefined],
    ]);
  });

  it.each(['/items', `${location.origin}/items`])('on its own origin nothing is hidden: %s', async (url) => {
    const { http, pages, failure } = walk(url);
    await settled();
    http.expectOne(() => true).flush([1, 2]);
    await settled();
    expect(failure()).toBeUndefined();
    expect(pages.map(({ items }) => items)).toEqual([[1, 2]]);
  });

  it('says what a missing answer from another origin may mean', async () => {
    const { http, failure } = walk('https://api.test/items');
    await settled();
    http.expectOne(() => true).error(new ProgressEvent('error'));
    await settled();
    expect((failure() as Error).message).toContain(
      `does not allow ${location.origin} with Access-Control-Allow-Origin`,
    );
  });
});
