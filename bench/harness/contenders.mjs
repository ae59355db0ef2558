import { readdirSync } from 'node:fs';

const folder = new URL('../contenders/', import.meta.url);
const missing = new Set(['ERR_MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED']);

/** The address of a contender; `undici#again` is `undici` once more, in a separate process. */
export const contenderFile = (id) => new URL(`${id.split('#')[0]}.mjs`, folder);

/**
 * What each contender can do: its name and kinds by id. One whose package or export is missing is left out, and
 * `onSkip` gets the reason.
 * @param only the wanted ids; all of them if omitted
 */
export async function loadContenders(onSkip, only) {
  const loaded = new Map();
  for (const file of readdirSync(folder)) {
    const id = file.replace(/\.mjs$/, '');
    if (only && !only.includes(id)) continue;
    try {
      const { name, names, walks } = (await import(contenderFile(id))).default;
      loaded.set(id, { name, names, kinds: Object.keys(walks) });
    } catch (error) {
      if (!missing.has(error.code)) throw error;
      onSkip(id, error.message.replace(/ imported from .*/s, '').replace(/ in \/.*/s, ''));
    }
  }
  return loaded;
}
