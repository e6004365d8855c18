/** Emits names, numbers and types of one protocol file as TypeScript; nothing else of the file is carried over. */
import type { XDefinition, XType } from './x-parser.ts';

export interface GeneratorInput {
  /** Program name without suffix: `remote`, `qemu`; also the prefix that is dropped from every name. */
  program: string;
  definitions: XDefinition[];
  /** Where the definitions come from; repeated in the header. */
  source: { file: string; version: string; sha256: string };
  /** Values of identifiers that the file takes from C headers. */
  externals: Readonly<Record<string, number>>;
  /** Names defined by another generated file, by module. */
  imports?: Readonly<Record<string, XDefinition[]>>;
}

const PRIMITIVES: Readonly<Record<string, { codec: string; type: string }>> = {
  int: { codec: 'x.int', type: 'number' },
  short: { codec: 'x.int', type: 'number' },
  char: { codec: 'x.int', type: 'number' },
  'unsigned int': { codec: 'x.uint', type: 'number' },
  'unsigned short': { codec: 'x.uint', type: 'number' },
  'unsigned char': { codec: 'x.uint', type: 'number' },
  hyper: { codec: 'x.hyper', type: 'bigint' },
  'unsigned hyper': { codec: 'x.uhyper', type: 'bigint' },
  double: { codec: 'x.double', type: 'number' },
  bool: { codec: 'x.bool', type: 'boolean' },
};

const camel = (name: string): string => name.replace(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
const upperFirst = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** `remote_domain_get_info_ret` is `domainGetInfoRet`; names that are camel case already stay as they are. */
export const codecName = (name: string): string => camel(name.replace(/^(remote|qemu)_/, ''));
const typeName = (name: string): string => upperFirst(codecName(name));

class Emitter {
  readonly #definitions = new Map<string, XDefinition>();
  readonly #externals: Readonly<Record<string, number>>;

  constructor(definitions: XDefinition[], externals: Readonly<Record<string, number>>) {
    for (const definition of definitions) this.#definitions.set(definition.name, definition);
    this.#externals = externals;
  }

  number(text: string): number {
    if (/^-?(0x[0-9a-f]+|\d+)$/i.test(text)) return Number(text);
    const external = this.#externals[text];
    if (external !== undefined) return external;
    const definition = this.#definitions.get(text);
    if (definition?.kind !== 'const') throw new Error(`unknown constant ${text}`);
    return this.number(definition.value);
  }

  codec(type: XType): string {
    switch (type.kind) {
      case 'name': {
        const primitive = PRIMITIVES[type.name];
        if (primitive) return primitive.codec;
        const definition = this.#definitions.get(type.name);
        if (definition === undefined) throw new Error(`unknown type ${type.name}`);
        return definition.kind === 'enum' ? 'x.int' : codecName(type.name);
      }
      case 'string':
      case 'opaque':
        return `x.${type.kind}(${this.number(type.max)})`;
      case 'opaqueFixed':
        return `x.opaqueFixed(${this.number(type.length)})`;
      case 'array':
        return `x.array(${this.codec(type.item)}, ${this.number(type.max)})`;
      case 'arrayFixed':
        return `x.arrayFixed(${this.codec(type.item)}, ${this.number(type.length)})`;
      case 'optional':
        return `x.optional(${this.codec(type.item)})`;
    }
  }

  type(type: XType): string {
    switch (type.kind) {
      case 'name': {
        const primitive = PRIMITIVES[type.name];
        if (primitive) return primitive.type;
        const definition = this.#definitions.get(type.name);
        if (definition?.kind === 'typedef') return this.type(definition.type);
        return definition?.kind === 'enum' ? 'number' : typeName(type.name);
      }
      case 'string':
        return 'string';
      case 'opaque':
      case 'opaqueFixed':
        return 'Buffer';
      case 'array':
      case 'arrayFixed': {
        const item = this.type(type.item);
        return /[ |]/.test(item) ? `(${item})[]` : `${item}[]`;
      }
      case 'optional':
        return `${this.type(type.item)} | null`;
    }
  }

  definition(definition: XDefinition): string[] {
    switch (definition.kind) {
      case 'const':
        return [`export const ${definition.name} = ${this.number(definition.value)};`];
      case 'typedef':
        return [
          `export const ${codecName(definition.name)}: x.Codec<${this.type(definition.type)}> = ${this.codec(definition.type)};`,
        ];
      case 'enum':
        return [
          `export const ${codecName(definition.name)} = {`,
          ...definition.members.map(({ name, value }) => `  ${name}: ${this.number(value)},`),
          '} as const;',
        ];
      case 'struct': {
        const name = typeName(definition.name);
        return [
          `export interface ${name} {`,
          ...definition.fields.map((field) => `  ${field.name}: ${this.type(field.type)};`),
          '}',
          `export const ${codecName(definition.name)} = x.struct<${name}>({`,
          ...definition.fields.map((field) => `  ${field.name}: ${this.codec(field.type)},`),
          '});',
        ];
      }
      case 'union': {
        const name = typeName(definition.name);
        return [
          `export type ${name} =`,
          ...definition.arms.map(
            ({ tag, field }, i) =>
              `  | { type: ${this.number(tag)}; value: ${this.type(field.type)} }${i === definition.arms.length - 1 ? ';' : ''}`,
          ),
          `export const ${codecName(definition.name)} = x.union<${name}>({`,
          ...definition.arms.map(({ tag, field }) => `  ${this.number(tag)}: ${this.codec(field.type)},`),
          '});',
        ];
      }
    }
  }

  /** The table of calls and events, from the enum `<program>_procedure`. */
  procedures(program: string): string[] {
    const table = this.#definitions.get(`${program}_procedure`);
    if (table?.kind !== 'enum') return [];
    const upper = program.toUpperCase();
    const lines = [
      `const rpc = program(${upper}_PROGRAM, ${upper}_PROTOCOL_VERSION);`,
      '',
      `export const ${program} = {`,
    ];
    for (const { name, value, stream } of table.members) {
      const base = name.replace(`${upper}_PROC_`, '').toLowerCase();
      const key = camel(base);
      const part = (suffix: string): string =>
        this.#definitions.has(`${program}_${base}_${suffix}`) ? codecName(`${program}_${base}_${suffix}`) : 'null';
      const message = part('msg');
      if (message !== 'null') lines.push(`  ${key}: rpc.event('${key}', ${value}, ${message}),`);
      else {
        const direction = stream === 'none' ? '' : `, '${stream}'`;
        lines.push(`  ${key}: rpc.call('${key}', ${value}, ${part('args')}, ${part('ret')}${direction}),`);
      }
    }
    return [...lines, '} as const;'];
  }
}

/** The header every generated file carries; tests and regeneration read it back. */
export const headerLines = (source: GeneratorInput['source']): string[] => [
  '// Generated by tools/generate.ts: names, numbers and types of a libvirt interface definition. Do not edit.',
  '// SPDX-License-Identifier: LGPL-2.1-or-later',
  `// Source: ${source.file} of libvirt ${source.version}`,
  `// Source-SHA256: ${source.sha256}`,
];

/** The text of one generated file. */
export const protocolGenerate = (input: GeneratorInput): string => {
  const foreign = Object.entries(input.imports ?? {});
  const emitter = new Emitter([...foreign.flatMap(([, defs]) => defs), ...input.definitions], input.externals);
  const body = input.definitions.flatMap((definition) => emitter.definition(definition));
  const table = emitter.procedures(input.program);
  const text = [...body, ...table].join('\n');
  const used = foreign.map(([module, definitions]) => {
    const names = definitions.flatMap((definition) => {
      if (definition.kind === 'const' || definition.kind === 'enum') return [];
      const codec = codecName(definition.name);
      const type = typeName(definition.name);
      return [
        ...(new RegExp(`\\b${codec}\\b`).test(text) ? [codec] : []),
        ...(definition.kind !== 'typedef' && new RegExp(`\\b${type}\\b`).test(text) ? [`type ${type}`] : []),
      ];
    });
    return `import { ${names.join(', ')} } from './${module}.ts';`;
  });
  return [
    ...headerLines(input.source),
    ...(table.length > 0 ? [`import { program } from '../procedure.ts';`] : []),
    `import * as x from '../xdr-codecs.ts';`,
    ...used,
    '',
    ...body,
    '',
    ...table,
    '',
  ].join('\n');
};
