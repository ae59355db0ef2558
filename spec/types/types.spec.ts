import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

describe('the public types', () => {
  it.each(['public-types', 'resource-types'])(
    'hold what spec/types/%s.ts expects',
    (name) => {
      const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile) as { config: { compilerOptions: object } };
      const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, process.cwd());
      const program = ts.createProgram([`spec/types/${name}.ts`], options);
      const found = ts.getPreEmitDiagnostics(program).map(({ messageText, file, start = 0 }) => {
        const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
        return `${file?.fileName ?? ''}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
      });
      expect(found).toEqual([]);
    },
    120_000,
  );
});
