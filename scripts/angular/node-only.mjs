/** Files that must not be in what browsers load. @param {string[]} files that a bundler has taken in */
export const nodeFiles = (files) =>
  files.filter((file) => /cross-fetch|node-fetch|undici|pagewise\/dist\/node\/|^dist\/node\/|^node:/.test(file));

/** Node-only code in browser code. @param {string} code minified */
export const nodeWords = (code) =>
  code.match(/["'`]node:\w+|\bBuffer\.|\bprocess\.(?:env|versions|on|exit|nextTick)\b/g) ?? [];
