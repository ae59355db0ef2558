import '@angular/compiler';
import {
  provideHttpClient,
  withInterceptors,
  type HttpFeature,
  type HttpFeatureKind,
  type HttpInterceptorFn,
} from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { provideZonelessChangeDetection, type EnvironmentProviders, type Provider } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { BrowserTestingModule, platformBrowserTesting } from '@angular/platform-browser/testing';
import { afterEach, beforeAll } from '@jest/globals';

beforeAll(() => void TestBed.initTestEnvironment(BrowserTestingModule, platformBrowserTesting()));
afterEach(() => void TestBed.resetTestingModule());

/** An application without zones whose HttpClient is answered by the test. */
export function application(
  providers: (Provider | EnvironmentProviders)[] = [],
  interceptors: HttpInterceptorFn[] = [],
  features: HttpFeature<HttpFeatureKind>[] = [],
) {
  TestBed.configureTestingModule({
    providers: [
      provideZonelessChangeDetection(),
      provideHttpClient(withInterceptors(interceptors), ...features),
      provideHttpClientTesting(),
      ...providers,
    ],
  });
  return TestBed.inject(HttpTestingController);
}

export const inContext = <T>(run: () => T): T => TestBed.runInInjectionContext(run);

/** Runs effects and pending promises. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    TestBed.tick();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
