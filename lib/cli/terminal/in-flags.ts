import { kindNames, kinds } from '../../detect/kinds.js';
import { flagsByCode } from '../flags/paging-flags.js';

/** The flags by the options of the library that they set. */
export const flagNames: Readonly<Record<string, string>> = {
  ...flagsByCode,
  fields: '--fields',
  columns: '--fields',
  distinct: '--distinct',
  allowOrigins: '--allow-origin',
  skipFailedPages: '--skip-failed-pages',
  concurrency: '--concurrency',
  prefetch: '--prefetch',
  retries: '--retries',
  encoding: '--encoding',
  invalidText: '--invalid-text',
  report: '--report',
  trace: '--trace',
  har: '--har',
};

const words = new Map<string, string>(kindNames.map((kind) => [kinds[kind].typescript, kind]));

/** The text of the library as advice for the command: `missingNext: 'end'` is `--missing-next end` there. */
export const inFlags = (text: string): string =>
  text
    .replace(/\b(?:(?:the strategy|cursor)'s )?(\w+): '([^']*)'/g, (all, name: string, value: string) => {
      const flag = Object.hasOwn(flagNames, name) ? flagNames[name] : undefined;
      return flag === undefined ? all : `${flag} ${value}`;
    })
    .replace(
      /\bthe check (ok|fail)If\('([^']*)'(?:, '([^']*)')?\)/g,
      (_all, word: string, path: string, value?: string) =>
        `--${word}-if ${value === undefined ? path : `${path}=${value}`}`,
    )
    .replace(/\b(Use|use) (\w+)\b/g, (all, use: string, name: string) => {
      const kind = words.get(name);
      return kind === undefined ? all : `${use} --paging ${kind}`;
    });
