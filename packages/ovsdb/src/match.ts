/**
 * OVN match expressions that are right by construction. OVN accepts any string into the database and drops the flow of
 * a bad one with a line in a host's log, so nothing but this builder makes a `Match`, it checks every value, and every
 * compound is parenthesised (OVN refuses `&&` mixed with `||`).
 */
import { InvalidValueError } from './errors.ts';
import {
  checkAddress,
  checkCidr,
  checkIdentifier,
  checkInteger,
  checkL4Port,
  checkMac,
  checkName,
  type Family,
} from './values.ts';

const passport = Symbol('match builder');

/** An expression made by `match`. Cannot be constructed otherwise. */
export class Match {
  readonly #text: string;
  readonly #operator: '' | '&&' | '||';
  /**
   * False when a nominal field or protocol predicate is in it: OVN tests those for equality only ("taking enclosing
   * `!' operators into account"), so `!(inport == "a")` and `!(ip4)` are errors there.
   */
  readonly negatable: boolean;

  constructor(key: typeof passport, text: string, negatable: boolean, operator: '' | '&&' | '||' = '') {
    if (key !== passport) throw new TypeError('a Match is made by the match builder only');
    this.#text = text;
    this.#operator = operator;
    this.negatable = negatable;
  }

  /** True for real ones, also when the value comes from untyped code. */
  static isMatch(value: unknown): value is Match {
    return typeof value === 'object' && value !== null && #text in value;
  }

  /** The expression as OVN reads it. */
  toString(): string {
    return this.#text;
  }

  /** @internal */
  static join(operator: '&&' | '||', matches: readonly Match[]): Match {
    const [first] = matches;
    if (first === undefined) throw new InvalidValueError('match', 'needs at least one operand', matches);
    for (const match of matches) if (!Match.isMatch(match)) throw new InvalidValueError('match', 'not a Match', match);
    if (matches.length === 1) return first;
    const parts = matches.map((match) =>
      match.#operator === '' || match.#operator === operator ? match.#text : `(${match.#text})`,
    );
    const negatable = matches.every((match) => match.negatable);
    return new Match(passport, parts.join(` ${operator} `), negatable, operator);
  }
}

/** A comparison of an ordinal field. */
const term = (text: string): Match => new Match(passport, text, true);
/** A comparison of a nominal field, or a protocol. */
const nominal = (text: string): Match => new Match(passport, text, false);
const list = (values: readonly (string | number)[]): string =>
  values.length === 1 ? String(values[0]) : `{${values.join(', ')}}`;
const some = <T>(values: readonly T[], field: string): readonly T[] => {
  if (values.length === 0) throw new InvalidValueError(field, 'needs at least one value', values);
  return values;
};

function addressField(field: string, family: Family) {
  return {
    /** Within any of these networks or equal to any of these addresses. */
    in: (...networks: readonly string[]): Match => {
      const all = some(networks, field).map((text) =>
        typeof text === 'string' && text.includes('/')
          ? checkCidr(text, field, family)
          : checkAddress(text, field, family),
      );
      // An empty mask constrains nothing; what is meant is "any address of this family".
      if (all.some((text) => text.endsWith('/0'))) return nominal(`ip${family}`);
      return term(`${field} == ${list(all)}`);
    },
    eq: (address: string): Match => term(`${field} == ${checkAddress(address, field, family)}`),
    /** In an address set, by its name without `$`. The set must exist: OVN does not say when it does not. */
    inSet: (name: string): Match => term(`${field} == $${checkIdentifier(name, field)}`),
    /** Equal to an address of a member of a port group (OVN keeps these sets itself). */
    inGroup: (name: string): Match => term(`${field} == $${checkIdentifier(name, field)}_ip${family}`),
  };
}

function portField(field: string) {
  return {
    eq: (port: number): Match => term(`${field} == ${checkL4Port(port, field)}`),
    in: (...ports: readonly number[]): Match =>
      term(`${field} == ${list(some(ports, field).map((port) => checkL4Port(port, field)))}`),
    /** Both ends included. */
    range: (from: number, to: number): Match => {
      const [low, high] = [checkL4Port(from, field), checkL4Port(to, field)];
      if (low > high) throw new InvalidValueError(field, 'range ends before it begins', [from, to]);
      if (low === high) return term(`${field} == ${low}`);
      return Match.join('&&', [term(`${field} >= ${low}`), term(`${field} <= ${high}`)]);
    },
  };
}

function macField(field: string) {
  return {
    eq: (mac: string): Match => term(`${field} == ${checkMac(mac, field)}`),
    in: (...macs: readonly string[]): Match =>
      term(`${field} == ${list(some(macs, field).map((mac) => checkMac(mac, field)))}`),
  };
}

const transport = (name: 'tcp' | 'udp' | 'sctp') => ({
  any: nominal(name),
  src: portField(`${name}.src`),
  dst: portField(`${name}.dst`),
});

const icmp = (name: 'icmp4' | 'icmp6') => ({
  any: nominal(name),
  type: (type: number): Match => nominal(`${name}.type == ${checkInteger(type, 0, 255, `${name}.type`)}`),
  /** Type and code together: a code alone means nothing. */
  code: (type: number, code: number): Match =>
    Match.join('&&', [
      nominal(`${name}.type == ${checkInteger(type, 0, 255, `${name}.type`)}`),
      nominal(`${name}.code == ${checkInteger(code, 0, 255, `${name}.code`)}`),
    ]),
});

/** `inport('vm-1')` a port by name, `inport('@pg')` any port of a group. */
const portSide =
  (field: 'inport' | 'outport') =>
  (name: string): Match =>
    typeof name === 'string' && name.startsWith('@')
      ? nominal(`${field} == @${checkIdentifier(name.slice(1), field)}`)
      : nominal(`${field} == "${checkName(name, field)}"`);

const ipFields = (family: Family) => ({
  any: nominal(`ip${family}`),
  src: addressField(`ip${family}.src`, family),
  dst: addressField(`ip${family}.dst`, family),
  mcast: term(`ip${family}.mcast`),
});

/** The builder. */
export const match = {
  all: term('1'),
  none: term('0'),
  and: (...matches: readonly Match[]): Match => Match.join('&&', matches),
  or: (...matches: readonly Match[]): Match => Match.join('||', matches),
  /** Throws InvalidValueError when the operand is not negatable. */
  not: (inner: Match): Match => {
    if (!Match.isMatch(inner)) throw new InvalidValueError('match', 'not a Match', inner);
    if (!inner.negatable)
      throw new InvalidValueError('match', 'tests a port, protocol or type: OVN cannot negate it', String(inner));
    return term(`!(${inner.toString()})`);
  },
  inport: portSide('inport'),
  outport: portSide('outport'),
  ip: {
    any: nominal('ip'),
    proto: (number: number): Match => nominal(`ip.proto == ${checkInteger(number, 0, 255, 'ip.proto')}`),
    dscp: (number: number): Match => nominal(`ip.dscp == ${checkInteger(number, 0, 63, 'ip.dscp')}`),
    frag: term('ip.is_frag'),
  },
  ip4: ipFields(4),
  ip6: ipFields(6),
  tcp: transport('tcp'),
  udp: transport('udp'),
  sctp: transport('sctp'),
  icmp4: icmp('icmp4'),
  icmp6: icmp('icmp6'),
  arp: {
    any: nominal('arp'),
    op: (op: number): Match => nominal(`arp.op == ${checkInteger(op, 0, 65_535, 'arp.op')}`),
    spa: { eq: (address: string): Match => term(`arp.spa == ${checkAddress(address, 'arp.spa', 4)}`) },
    tpa: { eq: (address: string): Match => term(`arp.tpa == ${checkAddress(address, 'arp.tpa', 4)}`) },
    sha: macField('arp.sha'),
  },
  nd: { any: nominal('nd'), solicitation: nominal('nd_ns'), advertisement: nominal('nd_na') },
  routerAdvertisement: nominal('nd_ra'),
  eth: {
    src: macField('eth.src'),
    dst: macField('eth.dst'),
    type: (type: number): Match =>
      nominal(`eth.type == 0x${checkInteger(type, 0x600, 0xffff, 'eth.type').toString(16)}`),
    mcast: term('eth.mcast'),
    bcast: term('eth.bcast'),
  },
} as const;
