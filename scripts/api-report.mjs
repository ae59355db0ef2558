// The public types of each entry as one text, spec/api/*.api.md, which a review of a change reads first.
//
//   npm run api              fails if a text is out of date, and shows what has changed
//   npm run api -- --write   writes them
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countChecks } from './count-checks.mjs';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const isWriting = process.argv.includes('--write');
const { exports } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
const entries = Object.keys(exports).filter((entry) => !entry.endsWith('.json')).map((entry) => entry.slice(2)); // prettier-ignore

const folder = mkdtempSync(join(tmpdir(), 'pagewise-api-'));
const { check, end } = countChecks();
try {
  execFileSync(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', at('tsconfig.build.json'), '--outDir', folder], { stdio: 'inherit' }); // prettier-ignore
  mkdirSync(at('spec/api'), { recursive: true });
  for (const entry of entries) {
    const name = entry === '' ? 'pagewise' : entry;
    await check(`spec/api/${name}.api.md is what pagewise${entry && '/'}${entry} exports`, () => report(name, join(folder, entry, 'index.d.ts'))); // prettier-ignore
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
end();

function report(name, mainEntryPointFilePath) {
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: at('.'),
      mainEntryPointFilePath,
      apiReport: { enabled: true, reportFileName: name, reportFolder: at('spec/api'), reportTempFolder: folder },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            module: 'nodenext',
            lib: ['es2023', 'dom'],
            types: ['node'],
            strict: true,
            skipLibCheck: true,
          },
          files: [mainEntryPointFilePath],
        },
      },
      messages: {
        extractorMessageReporting: {
          default: { logLevel: 'none' },
        },
        tsdocMessageReporting: { default: { logLevel: 'none' } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: at('package.json'),
  });
  const { apiReportChanged } = Extractor.invoke(config, {
    localBuild: isWriting,
    messageCallback: (message) => {
      message.handled = message.logLevel !== ExtractorLogLevel.Error;
    },
  });
  if (apiReportChanged && !isWriting) throw new Error(difference(at(`spec/api/${name}.api.md`), join(folder, `${name}.api.md`))); // prettier-ignore
}

function difference(before, after) {
  try {
    execFileSync('diff', ['-u', before, after], { encoding: 'utf8' });
    return 'another text';
  } catch ({ stdout }) {
    return `npm run api -- --write would change:\n${stdout}`;
  }
}
