import { ExtractError } from '../../errors.js';
import type { Reader } from '../../reading/read.js';
import { scanAnswer } from '../../reading/scan-answer.js';
import type { PageResponse } from '../../request.js';
import { checkOneOf } from '../../values/options.js';
import { type AnyAnswer, isText, type Named, type Sign, signsOfMore } from './signs-of-more.js';

export interface MissingNextOptions {
  /**
   * How to treat a first page that has no next token or URL, although its answer looks as if there were more pages (the
   * same name in another spelling, a next token, page or URL elsewhere, or a has-more that is true): as an error, or as
   * the end. Null, '' and false are the end anyway, and so is an answer without such signs. In a browser this also
   * decides about a header that another origin may hide (see `Access-Control-Expose-Headers`). @default 'error'
   */
  readonly missingNext?: 'error' | 'end' | undefined;
}

interface MissingNext {
  /**
   * Called for a page that would end the walk because nothing leads to the next one.
   * @param first whether its position is the first one
   * @param hideable whether a header that is absent may just be hidden
   * @throws ExtractError
   */
  refuse(answer: AnyAnswer, first: boolean, hideable?: boolean): void;
  /** What to report about such a first page if it is not an error (see `Strategy.doubt`). */
  doubt(answer: AnyAnswer): string | undefined;
}

/** Decides for every strategy what a first page without a next one means (P13). @throws ConfigError */
export function missingNext(
  kind: string,
  { missingNext: means = 'error' }: MissingNextOptions,
  named: Named,
): MissingNext {
  checkOneOf(kind, 'missingNext', means, ['error', 'end']);
  const { from, rel } = named;
  const isNamed = from.every(({ path }) => path !== 'a function');
  /** Whether nothing is there. Null, '' and false are values: the API sent them on purpose. */
  const isAbsent = ({ body, response }: AnyAnswer) =>
    response.status !== 204 &&
    from.every((reader) => {
      const found = reader.read(body, response);
      return found === undefined || (found === null && reader.path.startsWith('header '));
    });
  const what = rel === undefined ? `there is nothing at ${from.map(({ path }) => path).join(', ')}` : 'there is no Link header'; // prettier-ignore

  return {
    refuse(answer, first, hideable = true) {
      if (means === 'end') return;
      if (hideable) for (const reader of from) checkHidden(reader, answer, "set `missingNext: 'end'`");
      if (!first || !isNamed || answer.index !== 0) return;
      if (!isAbsent(answer) && (rel === undefined || answer.response.headers.get('link') === '')) return;
      const signs = signsOfMore(answer, named);
      if (signs.length === 0) return;
      throw new ExtractError('next', from.map(({ path }) => path).join(', '), refusal(signs, named));
    },
    doubt(answer) {
      const { items, body, response } = answer;
      if (means === 'end' || items.length === 0) return undefined;
      if (!isNamed) {
        const signs = response.status === 204 ? [] : signsOfMore(answer, { ...named, from: [], params: [] });
        return signs.length === 0 ? undefined : `next returned nothing, but ${inWords(signs)}`;
      }
      if (!isAbsent(answer)) return undefined;
      if (rel !== undefined) return `${what}. If there are more pages, use another strategy`;
      const others = scanAnswer(body)
        .filter(({ path, value }) => /next|cursor|token|after|continu|marker|bookmark/i.test(path) && isText(value))
        .slice(0, 3)
        .map(({ path }) => `'${path}'`);
      return `${what}${others.length > 0 ? `, but something like a token at ${others.join(', ')}` : ''}. If there are more pages, check the value of next`;
    },
  };
}

const inWords = (signs: readonly Sign[]): string => {
  const words = [...new Set(signs.map((sign) => sign.words))].slice(0, 3);
  return words.length === 1 ? String(words[0]) : `${words.slice(0, -1).join(', ')} and ${String(words.at(-1))}`;
};

/** What was found, and what to do about it. */
function refusal(signs: readonly Sign[], { kind, rel }: Named): string {
  const { by, path } = signs.find((sign) => sign.by !== undefined) ?? {};
  const next = path === undefined ? '' : `\`next: '${path}'\``;
  const way =
    by === undefined
      ? rel === undefined
        ? 'Correct next'
        : 'Use another strategy'
      : by === kind
        ? `Set ${next}`
        : `Use \`${by}\`${next === '' ? '' : ` with ${next}`}`;
  return `found nothing, but ${inWords(signs)}, so there are probably more pages. ${way}, or set \`missingNext: 'end'\` if this is the last page`;
}

/**
 * Throws if a first page would be taken for the last one only because a header is absent, and that header may be
 * hidden. Later pages are not in doubt: that header led to them, so it is exposed.
 * @param path the header that was read
 * @param believed what to do if the header is already exposed, for the error
 * @throws ExtractError
 */
export function checkHidden(
  { path, hidden }: Reader,
  { items, response }: { readonly items: readonly unknown[]; readonly response: PageResponse },
  believed: string,
): void {
  const why = items.length === 0 ? '' : (hidden?.(response) ?? '');
  if (why !== '')
    throw new ExtractError('next', path, `there is no such header${why}. If it is exposed already, ${believed}`);
}
