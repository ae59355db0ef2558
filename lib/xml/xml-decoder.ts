import type { Decode } from '../transports/decode-body.js';
import { checkNames, checkOptions } from '../values/options.js';

export interface XmlOptions {
  /** Elements that are always a list, even if there is only one: `['Contents', 'CommonPrefixes']`. @default [] */
  readonly lists?: readonly string[] | undefined;
}

/** The part of fast-xml-parser that is used. */
export interface XmlLibrary {
  readonly XMLParser: new (options: object) => { parse(text: string, validate: boolean): unknown };
}

/**
 * Makes `decodeXml` over the parser that is given: the command brings its own.
 *
 * Elements are members, in the order of the document; several of one name are a list. Text stays text: a number may be an
 * id. What is beside it has names of its own: `@href` is an attribute, `#text` the text of an element that has attributes.
 */
export const xmlDecoder =
  ({ XMLParser }: XmlLibrary) =>
  (options: XmlOptions = {}): Decode => {
    checkOptions('decodeXml', options, ['lists']);
    const { lists = [] } = options;
    checkNames('decodeXml', 'lists', lists);
    const names = new Set(lists);
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '@',
      parseTagValue: false,
      parseAttributeValue: false,
      ignoreDeclaration: true,
      ignorePiTags: true,
      isArray: (name: string) => names.has(name),
    });
    return (text) => {
      const root = text.search(/<[A-Za-z_]/);
      if (text.slice(0, Math.max(0, root)).includes('<!ENTITY'))
        throw new Error('the document declares entities, which may be a bomb; no API needs them');
      // Validated, since a body that was cut off would lose items silently.
      return parser.parse(text, true);
    };
  };
