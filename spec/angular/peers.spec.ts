import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';

// The peer range starts at Angular 17, the tests run with a later one: these are there from 17 on.
const inAngular17 = new Set([
  'assertInInjectionContext', 'computed', 'DestroyRef', 'effect', 'inject', 'InjectionToken', 'Provider', 'signal', 'Signal',
  'untracked', 'Injector', 'afterNextRender', 'NgZone', 'PLATFORM_ID', 'runInInjectionContext', 'HttpClient', 'HttpContext', 'HttpErrorResponse', 'HttpHeaders', 'HttpResponse',
]); // prettier-ignore

const sources = readdirSync('lib/angular').map((name) => readFileSync(`lib/angular/${name}`, 'utf8'));

describe('pagewise/angular and the first Angular of its range', () => {
  it('imports by name only what that version exports', () => {
    const names = sources.flatMap((text) =>
      [...text.matchAll(/import (?:type )?\{([^}]*)\} from '@angular\//g)].flatMap(([, list = '']) =>
        list.split(',').flatMap((name) => name.replace(/^\s*(type )?/, '').trim() || []),
      ),
    );
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !inAngular17.has(name))).toEqual([]);
    // By the namespace, what only some entries use: an unused name of an import statement stays in bundles. And what
    // only later versions have, if it is looked for.
    const members = sources.flatMap((text) => [...text.matchAll(/\bcore\.(\w+)/g)].map(([, name = '']) => name));
    expect(members).toContain('NgZone');
    expect(members.filter((name) => !inAngular17.has(name) && name !== 'PendingTasks')).toEqual([]);
  });
});
