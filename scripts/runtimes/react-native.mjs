// React Native's fetch is whatwg-fetch over XMLHttpRequest: here that of jsdom, which sends real requests. It runs the
// bundle that is named first.
import { JSDOM, VirtualConsole } from 'jsdom';
import { pathToFileURL } from 'node:url';

const [bundle, polyfill, words] = process.argv.slice(2);
const { window } = new JSDOM('', { url: JSON.parse(words).home, virtualConsole: new VirtualConsole() });
// With the blobs and forms that belong to the XMLHttpRequest.
for (const name of ['XMLHttpRequest', 'Blob', 'FileReader', 'FormData']) globalThis[name] = window[name];
const { fetch, Headers, Request, Response } = await import(pathToFileURL(polyfill));
Object.assign(globalThis, { fetch, Headers, Request, Response });
await import(pathToFileURL(bundle));
await globalThis.allChecked;
window.close();
