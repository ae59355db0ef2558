/** @jest-environment jsdom */
import { application, settled } from './test-bed.js';
import { provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, toArray } from 'rxjs';
import { appConfig, Auth } from './app.config.js';
import { Orders } from './orders.js';

describe('the sign-in of docs/angular.md', () => {
  it('signs each attempt, and gets one new token for all pages that are refused', async () => {
    const http = application([...appConfig.providers, provideHttpClientTesting()]);
    TestBed.inject(Auth).token.set('old');
    const { open$ } = TestBed.inject(Orders);
    const both = [open$, open$].map((each) => firstValueFrom(each.pipe(toArray())));
    await settled();
    const asked = http.match(({ url }) => url.startsWith('/api/orders'));
    expect(asked.map(({ request }) => request.headers.get('authorization'))).toEqual(['Bearer old', 'Bearer old']);
    for (const each of asked) each.flush('', { status: 401, statusText: 'Unauthorized' });
    await settled();
    http.expectOne('/api/token').flush('new');
    await settled();
    const again = http.match(() => true);
    expect(again.map(({ request }) => request.headers.get('authorization'))).toEqual(['Bearer new', 'Bearer new']);
    for (const each of again) each.flush({ orders: [{ id: 1 }], total: 1 });
    expect(await Promise.all(both)).toEqual([[{ id: 1 }], [{ id: 1 }]]);
  });
});
