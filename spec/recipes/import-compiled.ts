import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Imports a compiled component, from a folder inside the component's own one, so that its imports resolve. */
export async function importCompiled<Component>(code: string, folder: string): Promise<Component> {
  const made = mkdtempSync(`${folder}/.compiled-`);
  try {
    const file = join(made, 'component.mjs');
    writeFileSync(file, code.replaceAll(/(?<=from ['"])\.\//g, '../'));
    return ((await import(resolve(file))) as { default: Component }).default;
  } finally {
    rmSync(made, { recursive: true });
  }
}
