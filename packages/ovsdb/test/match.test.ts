import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidValueError, Match, match } from '../src/index.ts';
import { aclRow, type AclSpec } from '../src/nb/acl.ts';
import { arbitraryMatch } from './match-arbitrary.ts';

/** The whole grammar the builder may use, written down independently of it. */
function parses(text: string): boolean {
  const tokens =
    text.match(/"[A-Za-z0-9_.:-]+"|[@$][A-Za-z_][A-Za-z0-9_]*|[A-Za-z0-9_.:/]+|&&|\|\||[!=<>]=|[<>!(){},]|\S/g) ?? [];
  let at = 0;
  const eat = (token: string): boolean => tokens[at] === token && ++at > 0;
  const value = (): boolean => /^("[^"]*"|[@$]\w+|[0-9a-f.:/]+|0x[0-9a-f]+)$/.test(tokens[at] ?? '') && ++at > 0;
  const field = (): boolean => /^([a-z][a-z0-9_.]*|[01])$/.test(tokens[at] ?? '') && ++at > 0;
  const primary = (): boolean => {
    if (eat('!')) return eat('(') && expression() && eat(')');
    if (eat('(')) return expression() && eat(')');
    if (!field()) return false;
    if (!['==', '>=', '<='].some(eat)) return true;
    if (!eat('{')) return value();
    while (value()) if (!eat(',')) return eat('}');
    return false;
  };
  const expression = (): boolean => {
    if (!primary()) return false;
    const operator = tokens[at];
    if (operator !== '&&' && operator !== '||') return true;
    while (eat(operator)) if (!primary()) return false;
    return tokens[at] !== '&&' && tokens[at] !== '||';
  };
  return expression() && at === tokens.length;
}

describe('match builder', () => {
  it('[SG-02] writes what OVN reads', () => {
    const rule = match.and(
      match.outport('@sg_web'),
      match.or(match.ip4.src.in('10.0.0.0/8', '192.168.1.7'), match.ip6.src.in('fd00::/8')),
      match.tcp.dst.range(8080, 8090),
      match.not(match.ip4.dst.eq('10.0.0.9')),
    );
    expect(String(rule)).toBe(
      'outport == @sg_web && (ip4.src == {10.0.0.0/8, 192.168.1.7} || ip6.src == fd00::/8) && ' +
        'tcp.dst >= 8080 && tcp.dst <= 8090 && !(ip4.dst == 10.0.0.9)',
    );
    expect(String(match.ip4.src.in('0.0.0.0/0'))).toBe('ip4');
  });

  it('[SG-02] lets no hostile text through: it is refused or the result stays within the grammar', () => {
    const builders: ((text: string) => Match)[] = [
      match.inport,
      match.outport,
      (text) => match.inport(`@${text}`),
      match.ip4.src.in,
      match.ip6.dst.in,
      match.ip4.dst.eq,
      match.ip4.src.inSet,
      match.ip6.src.inGroup,
      match.eth.src.eq,
      match.arp.spa.eq,
    ];
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(
          fc.constantFrom(
            '"',
            '\\',
            '&&',
            '||',
            '1',
            '10.0.0.0/8',
            '@pg',
            '$as',
            '}',
            '{',
            '(',
            ')',
            '\n',
            '\0',
            ' ',
            '::',
            'x',
            '/*',
          ),
        )
        .map((parts) => parts.join('')),
      fc.ipV4().map((ip) => `${ip} || 1`),
      fc.ipV6().map((ip) => `${ip}%"`),
    );
    fc.assert(
      fc.property(fc.constantFrom(...builders), hostile, (build, text) => {
        let result: Match;
        try {
          result = build(text);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidValueError);
          return;
        }
        expect(parses(String(result)), String(result)).toBe(true);
        expect(String(result)).not.toMatch(/\|\||&&|\n|\\/);
      }),
      { numRuns: 3000 },
    );
  });

  it('[SG-02] keeps every combination within the grammar', () => {
    fc.assert(
      fc.property(arbitraryMatch, (built) => parses(String(built))),
      { numRuns: 1000 },
    );
  });

  it('[SG-02] refuses numbers out of range, networks with host bits, empty lists', () => {
    const bad = [
      () => match.tcp.dst.eq(65_536),
      () => match.tcp.dst.eq(1.5),
      () => match.tcp.dst.eq(Number.NaN),
      () => match.udp.src.range(10, 9),
      () => match.tcp.dst.in(),
      () => match.ip4.src.in('10.0.0.1/8'),
      () => match.ip4.src.in('10.1.0.0/33'),
      () => match.ip6.src.in('fe80::1/64'),
      () => match.ip4.src.in('fd00::/8'),
      () => match.icmp4.type(256),
      () => match.and(),
      () => match.not(match.and(match.inport('vm'), match.tcp.dst.eq(1))),
      () => match.not(match.ip4.any),
    ];
    for (const build of bad) expect(build, build.toString()).toThrow(InvalidValueError);
  });

  it('[SG-02] gives rules only real matches, also when types are bypassed', () => {
    const nb = { owner: 'o', timeoutMs: 1 };
    const forged: unknown = { toString: () => '1' };
    const spec = { id: 'a', direction: 'to-lport', priority: 1, match: forged, action: 'drop' } as AclSpec;
    expect(() => aclRow(nb as Parameters<typeof aclRow>[0], spec)).toThrow(InvalidValueError);
    expect(() => match.and(forged as Match)).toThrow(InvalidValueError);
    expect(() => Reflect.construct(Match, [Symbol('x'), '1', true])).toThrow(TypeError);
  });
});
