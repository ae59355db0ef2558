import { describe, expect, it, jest } from '@jest/globals';
import { json, numbered, rows, serve, serveRaw, until } from '../support/server.js';
import { kinds, run, start, transports } from './run.js';

jest.setTimeout(60_000);

const strategy = "pagewise.pageNumber({ items: 'items', size: 10 })";
/** Exits with 9 if a stream has neither completed nor failed, which 0 would hide. */
const verdict = `process.exitCode = 9;
  const watch = (pages) => pages.subscribe({
    error: (error) => { console.log(error.name); process.exitCode = 3; },
    complete: () => { console.log('complete'); process.exitCode = 0; },
  });`;

describe.each(kinds)('E12 a process (%s) never exits with a stream that has neither completed nor failed', (kind) => {
  it.each(transports)('whatever the server does, with %s', async (_name, make) => {
    const answers: Record<string, string> = {
      complete: 'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"items":[]}',
      'cut off': 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"items":[1]}',
      'cut off in a chunk': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"items":[1]}',
      'close-delimited': 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"items":[]}',
      'no answer': '',
      'half a head': 'HTTP/1.1 200 OK\r\nConten',
    };
    for (const [what, answer] of Object.entries(answers)) {
      const server = await serveRaw((socket) => socket.end(answer));
      const script = `${verdict}
        const transport = ${make('{ attemptTimeout: 500 }')};
        const policy = pagewise.retryRequests({ retries: 1, base: 1 });
        watch(pagewise.paginate({ url: '${server.url}' }, ${strategy}, { transport, policy }));`;
      const { code, out } = await run(script, kind);
      const whole = what === 'complete' || what === 'close-delimited';
      expect([what, code]).toEqual([what, whole ? 0 : 3]);
      expect(out).toMatch(whole ? /^complete\n$/ : /^(Transport|AttemptTimeout)Error\n$/);
    }
  });

  it('a silent server, with nothing but the attempt to wait for', async () => {
    const server = await serveRaw(() => {});
    const script = `${verdict}
      const transport = pagewise.fetchTransport({ attemptTimeout: 300 });
      watch(pagewise.paginate({ url: '${server.url}' }, ${strategy}, { transport, policy: (source) => source }));`;
    expect(await run(script, kind)).toMatchObject({ code: 3, out: 'AttemptTimeoutError\n' });
  });

  it.each([
    ['a wait for another attempt', 'pagewise.retryRequests({ base: 50 })'],
    ['the wait of a throttle', 'rxjs.pipe(pagewise.throttleRequests({ limit: 1, interval: 300 }), pagewise.retryRequests({ base: 1 }))'],
  ])('%s keeps it alive', async (_what, policy) => {
    const server = await serve((seen, response, index) =>
      index === 0 ? json(response, {}, 503, { connection: 'close' }) : (response.setHeader('connection', 'close'), numbered(15)(seen, response)),
    );
    const script = `${verdict}
      watch(pagewise.paginate({ url: '${server.url}' }, ${strategy}, { policy: ${policy} }));`;
    expect(await run(script, kind)).toMatchObject({ code: 0, out: 'complete\n' });
    expect(server.seen).toHaveLength(4);
  }); // prettier-ignore

  it.each([
    ['a transport that never settles', '() => new Promise(() => {})'],
    ['an Observable that never emits', '() => rxjs.NEVER'],
  ])('%s keeps it alive', async (_what, transport) => {
    const script = `${verdict}
      watch(pagewise.paginate({ url: 'http://127.0.0.1/' }, ${strategy}, { transport: ${transport} }));
      setTimeout(() => { console.log('held'); process.exit(4); }, 300).unref();`;
    expect(await run(script, kind)).toMatchObject({ code: 4, out: 'held\n' });
  });

  it('nor with a loop that waits for a page', async () => {
    const server = await serveRaw(() => {});
    const script = `process.exitCode = 9;
      const transport = pagewise.fetchTransport({ attemptTimeout: 300 });
      (async () => {
        try { for await (const page of pagewise.paginate({ url: '${server.url}' }, ${strategy}, { transport, policy: (source) => source })); }
        catch (error) { console.log(error.name); process.exitCode = 3; }
      })();`;
    expect(await run(script, kind)).toMatchObject({ code: 3, out: 'AttemptTimeoutError\n' });
  });

  it('an error that nobody handles does not exit with 0', async () => {
    const server = await serve((_seen, response) => json(response, {}, 404));
    const script = `pagewise.paginate({ url: '${server.url}' }, ${strategy}).subscribe();`;
    const { code, out } = await run(script, kind);
    expect(code).toBe(1);
    expect(out).toContain('HttpError: Page 1 failed: 404 Not Found');
  });
});

describe.each(kinds)('E7 at its end nothing keeps a process (%s) alive', (kind) => {
  // A leak shows in what holds the event loop, and in the exit: with a kept timer it would take at least 30 s.
  const left = `setImmediate(() => setImmediate(() => {
    const held = process.getActiveResourcesInfo().filter((name) => !/^(Pipe|TTY|Immediate|CloseReq|WriteWrap|FS)/.test(name));
    console.log(JSON.stringify(held));
    setTimeout(() => { console.log('HELD', process.getActiveResourcesInfo()); process.exit(7); }, 10_000).unref();
  }));`;
  const endings: [string, (url: string, options: string) => string, (page: string | null) => boolean][] = [
    ['after the last page', (url, options) =>
      `pagewise.paginate({ url: '${url}' }, ${strategy}, ${options}).subscribe({ complete: () => { ${left} } });`, () => false],
    ['after an error', (url, options) =>
      `pagewise.paginate({ url: '${url}' }, ${strategy}, ${options}).subscribe({ error: () => { ${left} } });`, (page) => page === '2'],
    ['after take(2)', (url, options) =>
      `pagewise.paginate({ url: '${url}' }, ${strategy}, ${options}).pipe(rxjs.take(2)).subscribe({ complete: () => { ${left} } });`, () => false],
    ['after a break', (url, options) =>
      `(async () => { for await (const page of pagewise.paginate({ url: '${url}' }, ${strategy}, ${options})) break; ${left} })();`, () => false],
  ]; // prettier-ignore

  it.each(transports)('with %s', async (_name, make) => {
    for (const [what, script, fails] of endings) {
      const server = await serve((seen, response) =>
        fails(seen.url.searchParams.get('page')) ? json(response, {}, 404) : numbered(35)(seen, response),
      );
      const options = `{ transport: ${make()} }`;
      const { code, out } = await run(script(server.url, options), kind);
      expect([what, code, out]).toEqual([what, 0, '[]\n']);
    }
  });
});

describe.each(kinds)('SIGINT in the middle of a page (%s)', (kind) => {
  /** Answers two pages, and holds the third back until it is released. */
  const holding = async () => {
    const hold = { third: true };
    const server = await serve((seen, response) => {
      if (hold.third && seen.url.searchParams.get('page') === '3') response.write('{"items":[');
      else numbered(50)(seen, response);
    });
    return { server, hold };
  };

  it('E7 P10 aborts the request, and the walk resumes from the token', async () => {
    const { server, hold } = await holding();
    const script = (resumeFrom: string) => `
      const controller = new AbortController();
      process.once('SIGINT', () => controller.abort(new Error('interrupted')));
      let resume;
      const options = { signal: controller.signal, resumeFrom: ${resumeFrom} };
      pagewise.paginate({ url: '${server.url}' }, ${strategy}, options).subscribe({
        next: (page) => { resume = page.resume; console.log(JSON.stringify(page.items)); },
        error: (error) => { console.log(error.message); console.log(JSON.stringify(resume)); process.exitCode = 130; },
      });`;
    const { child, ended } = start(script('undefined'), kind);
    await until('page 3 is requested', () => server.seen.length === 3);
    child.kill('SIGINT');
    const { code, out } = await ended;
    const [first, second, message, token = ''] = out.split('\n');
    expect([code, message]).toEqual([130, 'interrupted']);
    await until('the server sees it', () => server.aborted() === 1);

    hold.third = false;
    const rest = await run(script(token), kind);
    const lines = [first, second, ...rest.out.trim().split('\n')].map((line) => JSON.parse(line ?? '') as number[]);
    expect(rest.code).toBe(0);
    expect(lines.flat()).toEqual(rows(50));
  });

  it('E12 without a listener ends the process by the signal, and the server sees it', async () => {
    const { server } = await holding();
    const { child, ended } = start(`pagewise.paginate({ url: '${server.url}' }, ${strategy}).subscribe();`, kind);
    await until('page 3 is requested', () => server.seen.length === 3);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: null, signal: 'SIGINT' });
    await until('the server sees it', () => server.aborted() === 1);
  });
});
