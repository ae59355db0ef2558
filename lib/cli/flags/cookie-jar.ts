import { replaceFile } from '../../node/files.js';
import type { Cookies } from '../../node/with-cookies.js';
import { UsageError } from './arguments.js';
import { readInput } from './read-input.js';

/** What a jar serializes of a cookie. */
interface SerializedCookie {
  readonly key: string;
  readonly value: string;
  readonly domain: string;
  readonly path?: string;
  readonly secure?: boolean;
  readonly httpOnly?: boolean;
  readonly hostOnly?: boolean;
  readonly expires?: string;
}

/** The cookies of `-b FILE` and `-c FILE`, in the format of Netscape's browser, as curl has them. */
export interface CookieFile extends Cookies {
  /** Writes `-c FILE`, readable by its owner only. @throws errors of the file system */
  save(file: string): Promise<void>;
}

/** @param files those that `-b` names @throws UsageError */
export async function cookieJar(files: readonly string[], signal: AbortSignal): Promise<CookieFile> {
  const { Cookie, CookieJar } = await import('tough-cookie');
  const jar = new CookieJar(undefined, { looseMode: true });
  for (const file of files) {
    for (const line of (await textOf(file, signal)).split(/\r?\n/)) {
      const [domain = '', wide, path, secure, expires, key, value] = line.replace(/^#HttpOnly_/, '').split('\t');
      if (line.trim() === '' || (line.startsWith('#') && !line.startsWith('#HttpOnly_'))) continue;
      if (value === undefined)
        throw new UsageError(`-b ${file}: the file is no file of cookies; give cookies as 'a=1; b=2', or a file that -c or curl wrote`); // prettier-ignore
      const host = domain.replace(/^\./, '');
      const cookie = new Cookie({
        key: key ?? '',
        value,
        path: path ?? '/',
        secure: secure === 'TRUE',
        httpOnly: line.startsWith('#'),
        expires: expires === '0' ? 'Infinity' : new Date(Number(expires) * 1000),
        ...(wide === 'TRUE' ? { domain: host } : {}),
      });
      await jar.setCookie(cookie, `http${secure === 'TRUE' ? 's' : ''}://${host}${path ?? '/'}`, { ignoreError: true });
    }
  }
  return {
    getCookieString: (url) => jar.getCookieString(url),
    setCookie: (cookie, url) => jar.setCookie(cookie, url, { ignoreError: true }),
    async save(file) {
      const written = (jar.serializeSync()?.cookies ?? []).filter(({ key, value }) => !/[\t\r\n]/.test(`${String(key)}${String(value)}`)); // prettier-ignore
      const lines = written.map((each) => {
        const { key, value, domain, path, secure, httpOnly, hostOnly, expires } = each as unknown as SerializedCookie;
        const until = expires !== undefined && expires !== 'Infinity' ? Math.floor(Date.parse(expires) / 1000) : 0;
        const fields = [`${hostOnly ? '' : '.'}${domain}`, hostOnly ? 'FALSE' : 'TRUE', path ?? '/', secure ? 'TRUE' : 'FALSE', until, key, value]; // prettier-ignore
        return `${httpOnly ? '#HttpOnly_' : ''}${fields.join('\t')}`;
      });
      await replaceFile(file, ['# Netscape HTTP Cookie File', ...lines, ''].join('\n'));
    },
  };
}

async function textOf(file: string, signal: AbortSignal): Promise<string> {
  try {
    return (await readInput(file, signal)).toString('utf8');
  } catch (error) {
    throw new UsageError(`-b ${file}: can't read the file (${(error as { code?: string }).code ?? ''}); give cookies as 'a=1; b=2', or a file of cookies`); // prettier-ignore
  }
}
