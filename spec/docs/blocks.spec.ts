import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import * as pagewise from 'pagewise';
import { readRows } from '../shapes/table.js';
import { startDemoApi } from '../../examples/demo-api.mjs';
import { startClarifaiGrpc } from './clarifai-grpc.js';
import { startImitations } from './imitations.js';

// In the project, so that `pagewise` is found by its own name.
const folder = 'spec/docs/.blocks';
const files = ['README.md', ...readdirSync('docs', { recursive: true }).map((name) => `docs/${String(name)}`)].filter(
  (name) => name.endsWith('.md'),
);

interface Block {
  readonly file: string;
  readonly line: number;
  readonly code: string;
  readonly script: string;
}

const blocks: Block[] = files.flatMap((file) => {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^```ts\n([^]*?)^```$/gm)].map(({ 1: code = '', index }) => {
    const line = text.slice(0, index).split('\n').length;
    return { file, line, code, script: `${folder}/${file.replaceAll(/\W/g, '-')}-${line}.mts` };
  });
});

/** Run by `npm run test:postgres`, which starts a server. */
const onPostgres = ({ code }: Block) => code.includes("from 'pg'");

describe('every TypeScript block of README and docs', () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // export {}: a block is a module even if it imports nothing.
  for (const { code, script } of blocks) writeFileSync(script, `${code}export {};\n`);

  it('is found', () => {
    expect(blocks.length).toBeGreaterThan(8);
    for (const file of files) expect(readFileSync(file, 'utf8')).not.toMatch(/^```(typescript|js|javascript|tsx)$/m);
  });

  it('compiles, strictly, and so does the table of shapes', () => {
    const cells = readRows().map(({ strategy, others }) => `({ strategy: ${strategy}${others && `, ${others}`} })`);
    const used = Object.keys(pagewise).filter((name) => cells.some((cell) => new RegExp(`\\b${name}\\(|\\b${name}<`).test(cell))); // prettier-ignore
    const shapes = `import { ${used.join(', ')}, type Params } from 'pagewise';\nimport { decodeXml } from 'pagewise/xml';\n\nexport const shapes = [\n${cells.join(',\n')}\n];\n`;
    writeFileSync(`${folder}/shapes.mts`, shapes);
    const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile) as { config: { compilerOptions: object } };
    const { options } = ts.convertCompilerOptionsFromJson(
      { ...config.compilerOptions, noUnusedLocals: false, noPropertyAccessFromIndexSignature: false },
      process.cwd(),
    );
    const program = ts.createProgram([...blocks.map(({ script }) => script), `${folder}/shapes.mts`], options);
    const found = ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
      const block = blocks.find(({ script }) => file?.fileName.endsWith(script));
      const line = (block?.line ?? 0) + (file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0);
      return `${block?.file ?? file?.fileName ?? ''}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
    expect(found).toEqual([]);
  }, 120_000);

  it.each(blocks.filter((block) => !onPostgres(block)))('runs, and prints what it says: $file:$line', play, 60_000);
  (process.env['PGHOST'] === undefined ? it.skip : it).each(blocks.filter(onPostgres))(
    'runs on PostgreSQL (by npm run test:postgres): $file:$line',
    play,
    60_000,
  );
});

async function play({ code, script }: Block): Promise<void> {
  const demo = await startDemoApi();
  const started = await startImitations(code);
  const grpc = code.includes('clarifai-nodejs') ? await startClarifaiGrpc(folder) : undefined;
  const local = started.reduce(
    (text, { origin, server }) => text.replaceAll(origin, server.origin),
    code.replaceAll('https://api.clarifai.com', grpc?.url ?? demo.url),
  );
  const { outputText } = ts.transpileModule(local, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  const file = script.replace(/\.mts$/, '.mjs');
  writeFileSync(file, outputText);
  // Each block has its own folder for the files it writes.
  const cwd = mkdtempSync(join(tmpdir(), 'pagewise-docs-'));
  try {
    const { exitCode, output } = await run(process.execPath, [resolve(file)], grpc?.env, cwd);
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    for (const [, printed = ''] of code.matchAll(/\/\/ prints: (.*)$/gm)) expect(output.split('\n')).toContain(printed);
    // A block that requests pages has really sent requests.
    const servers = [...started.map(({ server }) => server), ...(grpc ? [grpc] : [])];
    const asked = servers.reduce((sum, { seen }) => sum + seen.length, demo.stats.requests);
    if (/\.subscribe\(|for await|\.to\(/.test(code)) expect(asked).toBeGreaterThan(0);
  } finally {
    await demo.close();
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** The command lines of the pages on APIs, each with the number of items that the code beside it prints. */
const commands = files
  .filter((file) => file.startsWith('docs/apis/'))
  .flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    const printed = [...text.matchAll(/\/\/ prints: (\d+)$/gm)].map(([, count]) => Number(count));
    return [...text.matchAll(/^```sh\n(pagewise [^]*?)^```$/gm)].map(([, line = '']) => ({ file, line, printed }));
  });

describe('every command line of the pages on APIs', () => {
  it('exists: one for each API', () => {
    const pages = files.filter((file) => file.startsWith('docs/apis/') && !file.endsWith('README.md'));
    expect([...new Set(commands.map(({ file }) => file))]).toEqual(pages);
  });

  it.each(commands)(
    'writes as many items as the code beside it counts: $file',
    async ({ line, printed }) => {
      const demo = await startDemoApi();
      const started = await startImitations(line);
      const local = started.reduce(
        (text, { origin, server }) => text.replaceAll(origin, server.origin),
        line.replaceAll('https://api.clarifai.com', demo.url),
      );
      const tokens = [...line.matchAll(/\$(\w+)/g)].map(([, name = '']) => [name, 'token']);
      const given = started.flatMap(({ variables }) => Object.entries(variables));
      const variables = Object.fromEntries([...tokens, ...given]) as NodeJS.ProcessEnv;
      const script = `pagewise() { "${process.execPath}" dist/node/cli/main.js "$@"; }\n${local}`;
      try {
        const { exitCode, output } = await run('/bin/sh', ['-c', script], variables);
        expect(`${exitCode} ${output}`).toMatch(/^0 /);
        const written = /^\d[\d,]* pages?, ([\d,]+) items?/m.exec(output)?.[1]?.replaceAll(',', '');
        expect(printed).toContain(Number(written));
      } finally {
        await demo.close();
      }
    },
    60_000,
  );
});

function run(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  cwd = process.cwd(),
): Promise<{ exitCode: number | null; output: string }> {
  const child = spawn(file, args, { cwd, env: { ...process.env, CLARIFAI_PAT: 'demo', ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((done) => child.on('close', (exitCode) => done({ exitCode, output })));
}
