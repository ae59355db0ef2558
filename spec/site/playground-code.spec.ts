import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { address, FakeApi } from '../../site/playground/api.js';
import { handCode, pagewiseCode } from '../../site/playground/code.js';
import { effective, initial, type Knobs, writeKnobs } from '../../site/playground/knobs.js';
import { serve } from '../support/server.js';
import { realTime, run, start } from './sessions.js';

/** Walks that the code is made for: each kind of paging, and each knob. */
const coded: Partial<Knobs>[] = [
  {},
  { retries: 2, fail: 4 },
  { poison: '500', retries: 0, skip: 1, throttle: 20 },
  { paging: 'offset', concurrency: 3, cap: 5 },
  { paging: 'offset', moves: 'insert', throttle: 50 },
  { paging: 'cursor', consume: 'loop', prefetch: 2, work: 20 },
  { paging: 'keyset', consume: 'loop', work: 0, take: 2 },
  { paging: 'link', concurrency: 3 },
  { paging: 'link', consume: 'manual', take: 3 },
  { paging: 'next', take: 2, poison: 'json' },
];

/** In the project, so that `pagewise` is found by its own name. */
const folder = 'spec/site/.code';

describe('the code beside the lanes', () => {
  const cases = coded.map((set, index) => {
    const used = { ...initial, latency: 5, ...set };
    return { title: writeKnobs({ ...initial, ...set }) || 'as at first', used, file: join(folder, `walk-${index}`) };
  });

  it('compiles, strictly', () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const files = cases.flatMap(({ used, file }) => {
      writeFileSync(`${file}.mts`, `${pagewiseCode(used)}export {};\n`);
      writeFileSync(`${file}-hand.mts`, `${handCode(used)}export {};\n`);
      return [`${file}.mts`, `${file}-hand.mts`];
    });
    const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile) as { config: { compilerOptions: object } };
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, process.cwd());
    const found = ts.getPreEmitDiagnostics(ts.createProgram(files, options));
    expect(
      found.map(({ file, messageText }) => `${file?.fileName} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`),
    ).toEqual([]);
  }, 120_000);

  it.each(cases)(
    'sends the same requests to a real server as the walk on the page, with Pagewise and by hand: $title',
    async ({ used, file }) => {
      const { pagewise, hand } = await run(used);
      realTime();
      if (used.consume === 'manual') {
        const session = start(used);
        for (; !session.state.ended; session.more()) await session.finish();
        realTime();
        expect(await sent(pagewiseCode(used), used, file)).toEqual(session.pagewise.seen.map(({ url }) => pathOf(url)));
        return;
      }
      const [byPagewise, byHand] = await Promise.all([
        sent(pagewiseCode(used), used, file),
        sent(handCode(used), used, `${file}-hand`),
      ]);
      const onThePage = pagewise.seen.map(({ url }) => pathOf(url));
      // Those in flight at the same time arrive in any order.
      if (used.concurrency > 1) expect(new Set(byPagewise)).toEqual(new Set(onThePage));
      else expect(byPagewise).toEqual(onThePage);
      expect(byHand).toEqual(hand?.seen.map(({ url }) => pathOf(url)));
    },
    60_000,
  );
});

const pathOf = (url: string) => new URL(url).search;

/** Runs code on a real server with the same API, and returns what that was asked. */
async function sent(code: string, set: Knobs, file: string): Promise<string[]> {
  const api = new FakeApi(effective(set));
  const server = await serve((seen, response) => {
    const { status, headers, body } = api.answer(new URL(seen.target, server.origin), performance.now());
    setTimeout(
      () => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body),
      set.latency,
    );
  });
  const { outputText } = ts.transpileModule(code.replaceAll(new URL(address).origin, server.origin), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  // A button that is pressed all the time.
  const button =
    'const button = new EventTarget();\nconst pressing = setInterval(() => button.dispatchEvent(new Event("click")), 5);\npressing.unref();\nglobalThis.document = { querySelector: () => button };\n';
  writeFileSync(`${file}.mjs`, `${button}${outputText}`);
  const child = spawn(process.execPath, [resolve(`${file}.mjs`)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdout.resume();
  await new Promise((done) => child.on('close', done));
  if (/SyntaxError: The requested module|ConfigError|ReferenceError/.test(said)) throw new Error(said);
  return server.seen.map(({ target }) => pathOf(`http://host${target}`));
}
