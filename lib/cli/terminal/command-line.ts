import type { Option } from 'commander';
import { pagingOptions } from '../../detect/kinds.js';
import { isHarmlessHeader, redactUrl } from '../../values/redact.js';
import { hideValues } from '../flags/environment.js';
import { program } from '../flags/program.js';
import { shellQuoted } from './words.js';

const hidden = '…';

/**
 * The command as it was called, as reports show it: without values of headers, cookies, the body, the query, cursors
 * and `$ENV{…}`.
 */
export function commandLine(argv: readonly string[]): string {
  const { options } = program([]);
  const rest = [...argv];
  const shown: string[] = [];
  let onlyWords = false;
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (onlyWords || !/^-./.test(word)) shown.push(shownWord(word));
    else if (word === '--') onlyWords = true;
    else if (word.startsWith('--')) {
      const [name = '', ...value] = word.split('=');
      const option = options.find(({ long }) => long === name);
      if (value.length > 0) shown.push(`${name}=${shownValue(option, value.join('='))}`);
      else shown.push(name, ...(option?.required ? [shownValue(option, rest.shift() ?? '')] : []));
    } else shown.push(...shorts(word, options, rest));
  }
  return hideValues(['pagewise', ...shown.map(quoted)].join(' '));
}

/** Short flags may stand together, the last one with its value: `-sk`, `-HName:value`. */
function shorts(word: string, options: readonly Option[], rest: string[]): readonly string[] {
  for (let at = 1; at < word.length; at++) {
    const option = options.find(({ short }) => short === `-${word.charAt(at)}`);
    if (option === undefined) return [word.slice(0, at + 1) + hidden]; // Unknown: it may have a secret attached.
    if (!option.required) continue;
    const attached = word.slice(at + 1);
    return [word.slice(0, at + 1), shownValue(option, attached === '' ? (rest.shift() ?? '') : attached)];
  }
  return [word];
}

const shownWord = (word: string): string => (/[:/?@]/.test(word) ? redactUrl(word) : word);

/** What a body or a file of headers is read from is no secret. */
const isFile = (value: string): boolean => value.startsWith('@');

function shownValue(option: Option | undefined, value: string): string {
  const name = option?.attributeName() ?? '';
  switch (name) {
    case 'header': {
      const [, field = '', text = ''] = /^([^:;]*)[:;]?(.*)$/s.exec(value) ?? [];
      if (isFile(value) || text.trim() === '') return value;
      return isHarmlessHeader(field) ? value : `${field}: ${hidden}`;
    }
    case 'data':
    case 'dataRaw':
    case 'dataUrlencode':
    case 'dataBinary':
    case 'json':
    case 'resumeFrom':
      return isFile(value) ? value : hidden;
    case 'user':
    case 'cookie':
    case 'referer':
    case 'firstCursor':
      return hidden;
    case 'url':
    case 'proxy':
    case 'allowOrigin':
      return redactUrl(value);
    case 'in':
    case 'syncIn':
    case 'splitIn':
      return value.replace(/^(text|template):.*$/s, `$1:${hidden}`);
    case 'start':
      return /^\d{1,9}$/.test(value) ? value : hidden;
  }
  if (option === undefined) return hidden;
  const row = Object.hasOwn(pagingOptions, name) ? pagingOptions[name as keyof typeof pagingOptions] : undefined;
  return row && secretive.includes(row.means) ? hidden : value;
}

/** Kinds of values in which parameters and cursors may be. */
const secretive: readonly unknown[] = ['tokens', 'pairs', 'object'];

const quoted = (word: string): string => (/^[\w@%+=:,./…-]+$/.test(word) ? word : shellQuoted(word));
