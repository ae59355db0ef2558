import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { program } from '../../lib/cli/flags/program.js';
import { flagNames, inFlags } from '../../lib/cli/terminal/in-flags.js';
import { describe as describeValue } from '../../lib/values/describe.js';
import { repository } from './pagewise.js';

const lib = join(repository, 'lib');
const cache = new Map<string, ts.SourceFile>();
function parsed(file: string): ts.SourceFile {
  const source = cache.get(file) ?? ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  cache.set(file, source);
  return source;
}

/** Calls `visit` for each node below a node. */
function each(node: ts.Node, visit: (node: ts.Node) => void): void {
  ts.forEachChild(node, (child) => {
    visit(child);
    each(child, visit);
  });
}

/** The files of the library that the command loads, by their imports. */
function loaded(): readonly string[] {
  const files = new Set([join(lib, 'cli/main.ts')]);
  for (const file of files)
    each(parsed(file), (node) => {
      const from = ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword ? node.arguments[0] : undefined; // prettier-ignore
      if (!from || !ts.isStringLiteral(from) || !from.text.startsWith('.')) return;
      const path = resolve(dirname(file), from.text.replace(/\.js$/, '.ts'));
      if (existsSync(path)) files.add(path);
    });
  return [...files].filter((file) => !relative(lib, file).startsWith('cli'));
}

/** The options of the library, and its functions: names that mean nothing on a command line. */
function names(): ReadonlySet<string> {
  const found = new Set<string>();
  const files = readdirSync(lib, { recursive: true, encoding: 'utf8' }).filter((file) => /^(?!cli|testing|angular).*\.ts$/.test(file)); // prettier-ignore
  for (const file of files)
    each(parsed(join(lib, file)), (node) => {
      if (ts.isInterfaceDeclaration(node) && node.name.text.endsWith('Options'))
        for (const member of node.members) if (member.name && ts.isIdentifier(member.name)) found.add(member.name.text);
      if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer && ts.isArrowFunction(node.initializer) && node.parent.parent.getText().startsWith('export')) found.add(node.name.text); // prettier-ignore
      if (ts.isFunctionDeclaration(node) && node.name && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) found.add(node.name.text); // prettier-ignore
    });
  // Other names are words of English too; where they are code, the second pattern finds them.
  return new Set([...found].filter((name) => /[A-Z]/.test(name)));
}

/** The texts in code, with § for what is put into them. */
function texts(file: string): readonly string[] {
  const found: string[] = [];
  each(parsed(file), (node) => {
    const text = ts.isTemplateExpression(node)
      ? node.head.text + node.templateSpans.map(({ literal }) => `§${literal.text}`).join('')
      : ts.isStringLiteralLike(node)
        ? node.text
        : '';
    if (/[a-z] |: '/.test(text)) found.push(text);
  });
  return found;
}

/** The same, of any length. */
function allTexts(file: string): readonly string[] {
  const found: string[] = [];
  each(parsed(file), (node) => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) found.push(node.text); // prettier-ignore
  });
  return found;
}

/** Messages that no run of the command can print, and why. */
const unreachable: readonly (readonly [message: RegExp, why: string])[] = [
  [/use the original one, or start over without `resumeFrom`/, 'errors of tokens are worded by their reason'],
  [
    /^checkpoint: the (store|Keyv)|^must be left out, since this store has none/,
    'the store is the own one of the command',
  ],
  [/^§: whenDone says what a run does|^paginate: sync and skipFailedPages/, 'conflicts of flags are refused before'],
  [/the first argument (is §; give a strategy|must be the strategy of each part)/, 'the command passes strategies'],
  [/^paginate: (§ can't continue this walk|checkpoint and resumeFrom|adaptiveSize|nextWhen|skipFailedPages$)/, 'conflicts of flags are refused before, and there are no flags for the others'], // prettier-ignore
  [/keep its digits with `fetchTransport/, 'the command keeps all digits'],
  [/adaptiveSize needs a size/, 'there is no flag for it'],
  [/^recordRun: no file is given/, 'it is called with a file'],
  [/^(fetchTransport|undiciTransport): /, 'there are no flags for agents and dispatchers'],
  [/parseJson and decode both read the body/, 'there is no flag for them'],
  [/^§: (the names in next|repeatable must be|endTokens must be|dropParams must be|endStatuses must be|advanceBy must be|start must be|stopOnShortPage needs)/, 'flags give no other values'], // prettier-ignore
  [
    /^(items size|maxPages maxItems|transport policy|retries maxRetries|throttle rate|timeout attemptTimeout|fetch agent|whenDone lease)/,
    'names of options that a caller of functions may confuse',
  ],
  [/the transport returned a function/, 'the transport is the own one of the command'],
  // Advice for callers of functions: the command calls them with what they take.
  [
    /^; name the option, as in|^(Set|Write|The name is) |add the parentheses|itself is passed/,
    'the command calls functions with what they take',
  ],
  [
    /^fetchTransport\(\{ … \}\)|^retryRequests\(\{ … \}\)|^afterPages\(3\)|^failIf\('error'\)|^\(page\) => timer/,
    'examples of what functions take',
  ],
  [
    /; call the function|; write \{ url|the request comes first|request\$\.pipe|pass these options|not fetch; give|pages\.to|for await/,
    'the command passes requests, strategies and sinks',
  ],
  [/^(\{ name, first, place|; is a placement missing its parentheses)/, 'flags give no other values'],
  [/^the strategy's place loses the headers/, "the command's strategies write with the library's placements"],
  [
    /^eachPartition: the source must be|^§: § is not a key; partitions|^§: walk must return/,
    'the command passes a list, and walks it writes itself',
  ],
  [/^paginate: pages with a checkpoint can't be subscribed to/, 'the command iterates'],
];

/** Data of APIs that looks like an option. */
const data: readonly string[] = ['pageInfo'];

describe('H6 what a message advises can be done where the message appears', () => {
  const all = names();
  const messages = loaded()
    .filter((file) => !file.includes('report'))
    .flatMap((file) => texts(file).map((text) => ({ file: relative(lib, file), text })))
    .filter(({ text }) => ![...unreachable].some(([message]) => message.test(text)));
  const named = (text: string) => [
    ...(text.match(/(?<![-\w.])[a-z]+[A-Z]\w*(?!\w|\(\) of the library)/g) ?? []).filter(
      (name) => all.has(name) && !data.includes(name),
    ),
    ...(text.match(/\b(?:set|raise) [a-z]\w*: /g) ?? []),
  ];
  const withNames = messages.filter(({ text }) => named(text).length > 0);

  it('H6 the messages of the library that name options are found', () => {
    expect(withNames.length).toBeGreaterThan(20);
    for (const name of ['allowOrigins', 'missingItems', 'maxResponseBytes', 'onSameToken', 'onExpired'])
      expect(withNames.map(({ text }) => named(text)).flat()).toContain(name);
  });

  it.each(withNames.map(({ file, text }) => [file, text] as const))('H6 %s: %s', (_file, text) => {
    expect(named(inFlags(text))).toEqual([]);
  });

  it("H6 code becomes flags, and an API's words stay as they are, also with backticks", () => {
    const words = "Use `size: 5` or `missingItems: 'empty'`";
    const keys = describeValue({ '`items`': [], '`size: 1`': 2, plain: 3 });
    for (const text of [
      `items at a: found ${describeValue(words)}`,
      `found ${keys}`,
      "arrays are at '`items`', 'a.`size`'",
    ])
      expect(inFlags(text)).toBe(text);
    expect(inFlags(`${words}. ${words}; set \`size: 5\`, or (\`maxRedirects\`)`, words)).toBe(
      `${words}. ${words}; set --size 5, or (--max-redirects)`,
    );
    expect(inFlags("with the check `okIf('error', 'no')`. Use `inBody()`, or `pageNumber`?")).toBe(
      'with the check --ok-if error=no. Use --in body, or --paging page?',
    );
  });

  it('H6 each flag that a message of the command names exists', () => {
    const { options } = program([]);
    const flags = new Set(options.flatMap(({ long, short }) => [long, short]));
    const known = new Set(['--help', '--version', '--max-http-header-size', '--expose-gc']);
    const files = readdirSync(lib, { recursive: true, encoding: 'utf8' }).filter((file) => file.startsWith('cli') && file.endsWith('.ts')); // prettier-ignore
    const said = [...loaded().filter((file) => !file.includes('report/')), ...files.map((file) => join(lib, file))].flatMap((file) =>
      allTexts(file).flatMap((text) => [...inFlags(text).matchAll(/(?<![\w-])--[a-z][a-z-]*[a-z](?![\w-])/g)].map(([flag]) => ({ file, flag }))),
    ); // prettier-ignore
    expect(said.length).toBeGreaterThan(200);
    expect(said.filter(({ flag }) => !flags.has(flag) && !known.has(flag))).toEqual([]);
    for (const flag of Object.values(flagNames)) expect([...flags]).toContain(flag);
  });

  it('H6 each message that is left out exists', () => {
    const every = loaded().flatMap(texts);
    expect(unreachable.filter(([message]) => !every.some((text) => message.test(text)))).toEqual([]);
  });
});
