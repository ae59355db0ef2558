// A Stryker plugin: does not mutate the texts of errors. Words on the wire, headers, codes and names of options stay
// mutated, and so does a single word within an error's arguments, such as the field of an ExtractError.
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

const isErrorArgument = (path) =>
  path.findParent((each) => each.isNewExpression() && /Error$/.test(each.node.callee.name ?? '')) !== null;

const isText = (path) => path.isTemplateLiteral() || (path.isStringLiteral() && path.node.value.includes(' '));

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'texts', {
    shouldIgnore: (path) => (isText(path) && isErrorArgument(path) ? 'the text of an error' : undefined),
  }),
];
