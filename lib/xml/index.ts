import { XMLParser } from 'fast-xml-parser';
import { xmlDecoder } from './xml-decoder.js';

export type { XmlOptions } from './xml-decoder.js';

/**
 * Decodes XML, for lists that are no JSON. Needs the package fast-xml-parser, version 5, beside this one.
 *
 *     <ListBucketResult><Contents><Key>a</Key></Contents><NextContinuationToken>t1</NextContinuationToken></ListBucketResult>
 *
 *     paginate(
 *       { url: 'https://bucket.example.com/?list-type=2' },
 *       cursor({
 *         items: 'ListBucketResult.Contents',
 *         missingItems: 'empty',
 *         next: 'ListBucketResult.NextContinuationToken',
 *         cursorParam: 'continuation-token',
 *       }),
 *       { transport: fetchTransport({ decode: decodeXml({ lists: ['Contents'] }) }) },
 *     )
 *
 * Elements are members; several of one name are a list, and those of `lists` always. Text stays text. `@href` is an
 * attribute, and `#text` the text of an element, whether it has attributes or not. XML that is not well-formed, that is
 * nested more than 100 levels deep, or that declares entities, is a ParseError.
 * @throws ConfigError for options that can't work
 */
export const decodeXml = xmlDecoder({ XMLParser });
