/** Random matches for property tests. */
import fc from 'fast-check';
import { type Match, match } from '../src/index.ts';

const port = fc.integer({ min: 0, max: 65_535 });
const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,10}$/);
const byte = fc.integer({ min: 0, max: 255 });
const mac = fc
  .array(byte, { minLength: 6, maxLength: 6 })
  .map((bytes) => bytes.map((b) => b.toString(16).padStart(2, '0')).join(':'));

const leaf: fc.Arbitrary<Match> = fc.oneof(
  fc.constantFrom(
    match.ip.any,
    match.ip4.any,
    match.ip6.any,
    match.tcp.any,
    match.udp.any,
    match.icmp4.any,
    match.arp.any,
  ),
  fc.constantFrom(
    match.nd.any,
    match.eth.mcast,
    match.eth.bcast,
    match.ip4.mcast,
    match.ip.frag,
    match.all,
    match.none,
  ),
  fc.array(fc.ipV4(), { minLength: 1, maxLength: 4 }).map((ips) => match.ip4.src.in(...ips)),
  fc.array(fc.ipV6(), { minLength: 1, maxLength: 4 }).map((ips) => match.ip6.dst.in(...ips)),
  fc
    .tuple(byte, fc.integer({ min: 0, max: 8 }))
    .map(([a, bits]) => match.ip4.dst.in(`${(a >> (8 - bits)) << (8 - bits)}.0.0.0/${bits}`)),
  fc.array(port, { minLength: 1, maxLength: 4 }).map((ports) => match.tcp.dst.in(...ports)),
  fc.tuple(port, port).map(([a, b]) => match.udp.src.range(Math.min(a, b), Math.max(a, b))),
  name.map((text) => match.inport(`@${text}`)),
  name.map((text) => match.outport(text)),
  mac.map((text) => match.eth.src.eq(text)),
  fc.tuple(byte, byte).map(([type, code]) => match.icmp4.code(type, code)),
  byte.map((type) => match.icmp6.type(type)),
  fc.integer({ min: 0x600, max: 0xffff }).map((type) => match.eth.type(type)),
);

export const arbitraryMatch: fc.Arbitrary<Match> = fc.letrec<{ any: Match }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('any'), { minLength: 1, maxLength: 3 }).map((matches) => match.and(...matches)),
    fc.array(tie('any'), { minLength: 1, maxLength: 3 }).map((matches) => match.or(...matches)),
    tie('any').map((inner) => (inner.negatable ? match.not(inner) : inner)),
  ),
})).any;
