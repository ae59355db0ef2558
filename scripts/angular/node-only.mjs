/** Files that have no place in what browsers load. @param {string[]} files that a bundler has taken in */
export const nodeFiles = (files) =>
  files.filter((file) => /cross-fetch|node-fetch|undici|pagewise\/dist\/node\/|^dist\/node\/|^node:/.test(file));

/** What only Node has, in code of browsers. @param {string} code minified */
export const nodeWords = (code) =>
  code.match(/["'`]node:\w+|\bBuffer\.|\bprocess\.(?:env|versions|on|exit|nextTick)\b/g) ?? [];
