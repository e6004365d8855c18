/**
 * Reads the subset of the XDR language that libvirt's protocol files use: const, typedef, enum, struct and one
 * union. Anything else is an error, so that a new construct is noticed and not silently dropped.
 */

export type XType =
  | { kind: 'name'; name: string }
  | { kind: 'string'; max: string }
  | { kind: 'opaque'; max: string }
  | { kind: 'opaqueFixed'; length: string }
  | { kind: 'array'; item: XType; max: string }
  | { kind: 'arrayFixed'; item: XType; length: string }
  | { kind: 'optional'; item: XType };

export interface XField {
  name: string;
  type: XType;
}

export type XDefinition =
  | { kind: 'const'; name: string; value: string }
  | { kind: 'typedef'; name: string; type: XType }
  | { kind: 'enum'; name: string; members: { name: string; value: string; stream: 'none' | 'read' | 'write' }[] }
  | { kind: 'struct'; name: string; fields: XField[] }
  | { kind: 'union'; name: string; arms: { tag: string; field: XField }[] };

interface Token {
  text: string;
  line: number;
  /** The comment right before it: enum members carry their stream direction there. */
  comment: string;
}

const TOKEN = /\/\*[\s\S]*?\*\/|%[^\n]*|\s+|[A-Za-z_]\w*|-?0x[0-9a-fA-F]+|-?\d+|[{}[\]<>()=;:,*]/y;

const tokenize = (source: string): Token[] => {
  const tokens: Token[] = [];
  let line = 1;
  let comment = '';
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const text = TOKEN.exec(source)?.[0];
    if (text === undefined) throw new Error(`line ${line}: cannot read ${JSON.stringify(source.slice(at, at + 20))}`);
    if (text.startsWith('/*')) comment = text;
    else if (!text.startsWith('%') && text.trim() !== '') {
      tokens.push({ text, line, comment });
      comment = '';
    }
    line += text.split('\n').length - 1;
  }
  return tokens;
};

class Parser {
  readonly #tokens: Token[];
  #at = 0;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  next(): Token {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new Error('unexpected end of file');
    return token;
  }

  peek(text: string): boolean {
    return this.#tokens[this.#at]?.text === text;
  }

  accept(text: string): boolean {
    const found = this.peek(text);
    if (found) this.#at++;
    return found;
  }

  expect(text: string): void {
    const token = this.next();
    if (token.text !== text) throw new Error(`line ${token.line}: expected ${text}, found ${token.text}`);
  }

  word(): string {
    const token = this.next();
    if (!/^[A-Za-z_]\w*$/.test(token.text)) throw new Error(`line ${token.line}: expected a name, found ${token.text}`);
    return token.text;
  }

  #base(): string {
    const first = this.word();
    if (first === 'struct' || first === 'enum') return this.word();
    if (first !== 'unsigned') return first;
    for (const wide of ['int', 'hyper', 'char', 'short', 'long']) if (this.accept(wide)) return `unsigned ${wide}`;
    return 'unsigned int';
  }

  #bound(close: string): string {
    if (this.accept(close)) return '4294967295';
    const bound = this.next().text;
    this.expect(close);
    return bound;
  }

  field(): XField {
    const base = this.#base();
    const pointer = this.accept('*');
    const name = this.word();
    const type = this.#suffix(base);
    this.expect(';');
    return { name, type: pointer ? { kind: 'optional', item: type } : type };
  }

  #suffix(base: string): XType {
    if (this.accept('<')) {
      const max = this.#bound('>');
      if (base === 'string') return { kind: 'string', max };
      if (base === 'opaque') return { kind: 'opaque', max };
      return { kind: 'array', item: { kind: 'name', name: base }, max };
    }
    if (this.accept('[')) {
      const length = this.#bound(']');
      if (base === 'opaque') return { kind: 'opaqueFixed', length };
      return { kind: 'arrayFixed', item: { kind: 'name', name: base }, length };
    }
    if (base === 'string' || base === 'opaque') throw new Error(`${base} without a bound`);
    return { kind: 'name', name: base };
  }

  definition(): XDefinition {
    const token = this.next();
    switch (token.text) {
      case 'const': {
        const name = this.word();
        this.expect('=');
        const value = this.next().text;
        this.expect(';');
        return { kind: 'const', name, value };
      }
      case 'typedef': {
        const { name, type } = this.field();
        return { kind: 'typedef', name, type };
      }
      case 'enum':
        return this.#enum();
      case 'struct': {
        const name = this.word();
        this.expect('{');
        const fields: XField[] = [];
        while (!this.accept('}')) fields.push(this.field());
        this.expect(';');
        return { kind: 'struct', name, fields };
      }
      case 'union':
        return this.#union();
      default:
        throw new Error(`line ${token.line}: unknown definition ${token.text}`);
    }
  }

  #enum(): XDefinition {
    const name = this.word();
    this.expect('{');
    const members: Extract<XDefinition, { kind: 'enum' }>['members'] = [];
    while (!this.accept('}')) {
      const token = this.next();
      this.expect('=');
      const value = this.next().text;
      const stream = /@readstream:/.test(token.comment)
        ? 'read'
        : /@writestream:/.test(token.comment)
          ? 'write'
          : 'none';
      members.push({ name: token.text, value, stream });
      if (!this.accept(',') && !this.peek('}')) throw new Error(`line ${token.line}: expected , or }`);
    }
    this.expect(';');
    return { kind: 'enum', name, members };
  }

  #union(): XDefinition {
    const name = this.word();
    for (const text of ['switch', '(', 'int']) this.expect(text);
    this.word();
    this.expect(')');
    this.expect('{');
    const arms: { tag: string; field: XField }[] = [];
    while (!this.accept('}')) {
      this.expect('case');
      const tag = this.next().text;
      this.expect(':');
      arms.push({ tag, field: this.field() });
    }
    this.expect(';');
    return { kind: 'union', name, arms };
  }
}

/** All definitions of one file, in its order. Throws with a line number at the first construct it does not know. */
export const protocolParse = (source: string): XDefinition[] => {
  const parser = new Parser(tokenize(source));
  const definitions: XDefinition[] = [];
  while (!parser.done) definitions.push(parser.definition());
  return definitions;
};
