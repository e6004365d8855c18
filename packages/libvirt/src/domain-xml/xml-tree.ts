/**
 * A small ordered XML tree over fast-xml-parser. XML is only ever made here, by its builder, which encodes text;
 * what XML cannot carry at all is refused before it gets there.
 */
import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';

export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
}

export class DomainXmlError extends Error {
  override readonly name = 'DomainXmlError';
}

type Attribute = string | number | null | undefined;

// Not expressible in XML 1.0, escaped or not; the last alternative is half a surrogate pair.
const IMPOSSIBLE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
// Readers turn these into spaces inside an attribute, and carriage returns into line feeds everywhere.
const BLANKED = /[\t\n\r]/;

const textCheck = (where: string, value: string, blanks: RegExp): string => {
  const found = IMPOSSIBLE.exec(value) ?? blanks.exec(value);
  if (found === null) return value;
  const code = found[0].charCodeAt(0).toString(16).padStart(4, '0');
  throw new DomainXmlError(`${where} contains U+${code.toUpperCase()}, which XML cannot carry there`);
};

const NAME = /^[A-Za-z_][\w.-]*(:[A-Za-z_][\w.-]*)?$/;

const nameCheck = (name: string): string => {
  if (!NAME.test(name)) throw new DomainXmlError(`not an XML name: ${JSON.stringify(name)}`);
  return name;
};

/** An element; attributes that are null are left out, children that are null or false too. */
export const element = (
  name: string,
  attributes: Record<string, Attribute> = {},
  content: readonly (XmlElement | null | false)[] | string = [],
): XmlElement => {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    kept[nameCheck(key)] = textCheck(`attribute ${key} of <${name}>`, String(value), BLANKED);
  }
  return {
    name: nameCheck(name),
    attributes: kept,
    children: typeof content === 'string' ? [] : content.filter((child) => child !== null && child !== false),
    text: typeof content === 'string' ? textCheck(`text of <${name}>`, content, /\r/) : '',
  };
};

type Ordered = Record<string, unknown>;

const toOrdered = ({ name, attributes, children, text }: XmlElement): Ordered => ({
  [name]: text === '' ? children.map(toOrdered) : [{ '#text': text }],
  ':@': attributes,
});

const builder = new XMLBuilder({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  suppressEmptyNode: true,
  suppressBooleanAttributes: false,
  processEntities: true,
});

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: true,
});

/** The element as XML text, without declaration. */
export const xmlBuild = (root: XmlElement): string => String(builder.build([toOrdered(root)]));

const isOrdered = (value: unknown): value is Ordered => typeof value === 'object' && value !== null;

const fromOrdered = (node: Ordered): XmlElement | null => {
  const name = Object.keys(node).find((key) => key !== ':@');
  if (name === undefined || name === '#text' || name.startsWith('?')) return null;
  const content = Array.isArray(node[name]) ? node[name].filter(isOrdered) : [];
  const attributes: Record<string, string> = {};
  for (const [key, value] of Object.entries(isOrdered(node[':@']) ? node[':@'] : {})) attributes[key] = String(value);
  const text = content.map((child) => (typeof child['#text'] === 'string' ? child['#text'] : '')).join('');
  const children = content.map(fromOrdered).filter((child) => child !== null);
  return { name, attributes, children, text: children.length > 0 ? '' : text };
};

/** The root element of a document. Throws DomainXmlError when it is not well formed. */
export const xmlParse = (xml: string): XmlElement => {
  const verdict = XMLValidator.validate(xml);
  if (verdict !== true) throw new DomainXmlError(`not well-formed XML: ${verdict.err.msg} (line ${verdict.err.line})`);
  const parsed: unknown = parser.parse(xml);
  const roots = (Array.isArray(parsed) ? parsed.filter(isOrdered) : [])
    .map(fromOrdered)
    .filter((node) => node !== null);
  const [root] = roots;
  if (root === undefined || roots.length > 1) throw new DomainXmlError('not one XML document');
  return root;
};

/** First child of that name. */
export const childOf = (parent: XmlElement | null, name: string): XmlElement | null =>
  parent?.children.find((child) => child.name === name) ?? null;

export const childrenOf = (parent: XmlElement | null, name: string): XmlElement[] =>
  parent?.children.filter((child) => child.name === name) ?? [];

export const attributeOf = (node: XmlElement | null, name: string): string | null => node?.attributes[name] ?? null;

/** A whole number from text; null when there is none. Throws on anything else. */
export const integerOf = (text: string | null): number | null => {
  if (text === null || text.trim() === '') return null;
  const value = Number(text.trim());
  if (!Number.isSafeInteger(value)) throw new DomainXmlError(`not a whole number: ${JSON.stringify(text)}`);
  return value;
};

/** `text` if it is one of `allowed`, else `otherwise`; without `otherwise` it throws. */
export const oneOf = <T extends string>(text: string | null, allowed: readonly T[], otherwise?: T): T => {
  const found = allowed.find((value) => value === text) ?? otherwise;
  if (found === undefined) throw new DomainXmlError(`${JSON.stringify(text)} is none of ${allowed.join(', ')}`);
  return found;
};
