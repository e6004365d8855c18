/** Emits the enums and string constants of libvirt's API description (libvirt-api.xml). */
import { XMLParser } from 'fast-xml-parser';
import { type GeneratorInput, headerLines } from './x-generator.ts';

type Attributes = Readonly<Record<string, string>>;

export interface ApiDescription {
  /** Members by enum type, in the order of their values. */
  enums: Map<string, { name: string; value: number }[]>;
  /** String macros: names of typed parameters. */
  strings: { name: string; value: string }[];
}

const isAttributes = (value: unknown): value is Attributes =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((v) => typeof v === 'string' || typeof v === 'object');

const elements = (document: unknown, name: string): Attributes[] => {
  if (typeof document !== 'object' || document === null || !(name in document)) return [];
  const found = (document as Record<string, unknown>)[name];
  return (Array.isArray(found) ? found : [found]).filter(isAttributes);
};

/** Reads enums and string macros; members that only mark an end (`…_LAST`) are left out. */
export const apiParse = (xml: string): ApiDescription => {
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '', parseAttributeValue: false });
  const document: unknown = parser.parse(xml);
  const symbols = (document as { api?: { symbols?: unknown } }).api?.symbols;
  const members = elements(symbols, 'enum');
  const raw = new Map(members.map(({ name, value }) => [name, value]));
  // A member may be given as the name of another one.
  const valueOf = (value: string | undefined): number => {
    if (value === undefined) throw new Error('an enum member without a value');
    return /^-?\d+$/.test(value) ? Number(value) : valueOf(raw.get(value));
  };
  const enums: ApiDescription['enums'] = new Map();
  for (const { name, type, value } of members) {
    if (!name || !type || name.endsWith('_LAST')) continue;
    const group = enums.get(type) ?? [];
    group.push({ name, value: valueOf(value) });
    enums.set(type, group);
  }
  for (const group of enums.values()) group.sort((a, b) => a.value - b.value || (a.name < b.name ? -1 : 1));
  const strings = elements(symbols, 'macro').flatMap(({ name, string }) =>
    name !== undefined && string !== undefined ? [{ name, value: string }] : [],
  );
  return { enums, strings };
};

/** The text of `enums.ts`: one object per enum, one constant per string macro. */
export const enumsGenerate = (api: ApiDescription, source: GeneratorInput['source']): string => {
  const lines = headerLines(source);
  for (const [type, members] of [...api.enums].sort(([a], [b]) => (a < b ? -1 : 1))) {
    lines.push(
      '',
      `export const ${type} = {`,
      ...members.map(({ name, value }) => `  ${name}: ${value},`),
      '} as const;',
    );
  }
  lines.push('');
  for (const { name, value } of api.strings) lines.push(`export const ${name} = ${JSON.stringify(value)};`);
  return [...lines, ''].join('\n');
};
