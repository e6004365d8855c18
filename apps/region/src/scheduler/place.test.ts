import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClusterId, HostId } from '@basalt/contract';
import { placeBatch, placementTrim, type Candidate, type Demand } from './place.ts';

const GIB = 1024 ** 3;
const cluster = '018f0000-0000-7000-8000-000000000001' as ClusterId;
const options = { cause: 'create', decidedAt: new Date(0) } as const;

const candidate = (n: number, more: Partial<Candidate> = {}): Candidate => ({
  id: `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}` as HostId,
  name: `h${n}`,
  clusterId: cluster,
  clusterName: 'c',
  state: 'available',
  connected: true,
  architecture: 'x86_64',
  virtualisation: 'kvm',
  networks: ['physnet'],
  storageReachable: true,
  vcpu: { total: 8, allocated: 0 },
  memory: { total: 16 * GIB, allocated: 0 },
  ...more,
});
const demand = (more: Partial<Demand> = {}): Demand => ({
  clusterId: cluster,
  clusterName: 'c',
  architecture: 'x86_64',
  vcpu: 2,
  memory: 4 * GIB,
  networks: ['physnet'],
  ...more,
});

const candidatesArbitrary = fc
  .array(
    fc.record({
      vcpu: fc.nat(32),
      used: fc.nat(16),
      memory: fc.nat(64),
      state: fc.constantFrom('available' as const, 'locked' as const, 'unreachable' as const),
      networks: fc.constantFrom(['physnet'], []),
    }),
    { maxLength: 12 },
  )
  .map((rows) =>
    rows.map((r, n) =>
      candidate(n, {
        state: r.state,
        networks: r.networks,
        vcpu: { total: r.vcpu, allocated: Math.min(r.used, r.vcpu) },
        memory: { total: r.memory * GIB, allocated: 0 },
      }),
    ),
  );
const demandsArbitrary = fc.array(
  fc
    .record({ vcpu: fc.constantFrom(1, 2, 4), memory: fc.constantFrom(1, 2, 4, 8) })
    .map((d) => demand({ vcpu: d.vcpu, memory: d.memory * GIB })),
  { maxLength: 30 },
);

describe('placement', () => {
  test('[SCH-01] three VMs on three equal empty hosts land on three hosts', () => {
    const placed = placeBatch([candidate(3), candidate(1), candidate(2)], [demand(), demand(), demand()], options);
    expect(placed.map((p) => p.chosen?.name)).toEqual(['h1', 'h2', 'h3']);
  });

  test('[SCH-01] never over capacity, never on a host that is ruled out', () => {
    fc.assert(
      fc.property(candidatesArbitrary, demandsArbitrary, (hosts, demands) => {
        const placed = placeBatch(hosts, demands, options);
        for (const host of hosts) {
          const mine = placed.flatMap((p, i) => (p.chosen?.id === host.id ? [demands[i] ?? demand()] : []));
          const vcpu = mine.reduce((sum, d) => sum + d.vcpu, host.vcpu.allocated);
          const memory = mine.reduce((sum, d) => sum + d.memory, host.memory.allocated);
          if (mine.length > 0) {
            expect(host.state).toBe('available');
            expect(host.networks).toContain('physnet');
            expect(vcpu).toBeLessThanOrEqual(host.vcpu.total);
            expect(memory).toBeLessThanOrEqual(host.memory.total);
          }
        }
      }),
    );
  });

  test('[SCH-01] equal input gives an equal answer, in whatever order the hosts come', () => {
    fc.assert(
      fc.property(
        candidatesArbitrary.chain((hosts) =>
          fc.tuple(fc.constant(hosts), fc.shuffledSubarray(hosts, { minLength: hosts.length })),
        ),
        demandsArbitrary,
        ([hosts, shuffled], demands) => {
          expect(placeBatch(shuffled, demands, options)).toEqual(placeBatch(hosts, demands, options));
        },
      ),
    );
  });

  test('[SCH-02] what does not fit is not placed only where no host had room', () => {
    fc.assert(
      fc.property(candidatesArbitrary, demandsArbitrary, (hosts, demands) => {
        for (const p of placeBatch(hosts, demands, options)) {
          expect(p.chosen === null).toBe(p.verdicts.every((v) => !v.fits));
          for (const v of p.verdicts) {
            expect(v.fits).toBe(v.ruledOut === null);
            if (v.fits)
              expect(v.score).toBeCloseTo(
                v.parts.reduce((sum, part) => sum + part.value, 0),
                5,
              );
          }
        }
      }),
    );
  });

  test('[SCH-02] says which rule ruled a host out, with the numbers, and the nearest fix', () => {
    const [placed] = placeBatch(
      [
        candidate(1, { state: 'locked' }),
        candidate(2, { memory: { total: 16 * GIB, allocated: 14 * GIB } }),
        candidate(3, { networks: [] }),
        candidate(4, { state: 'unreachable', networks: [] }),
        candidate(5, { connected: false, networks: [] }),
      ],
      [demand()],
      options,
    );
    expect(placed?.verdicts.map((v) => v.ruledOut)).toEqual([
      { rule: 'state', needed: 'available', available: 'locked' },
      { rule: 'memory', needed: 4 * GIB, available: 2 * GIB },
      { rule: 'network', needed: 'physnet', available: '' },
      { rule: 'reachable', needed: 'available', available: 'unreachable' },
      { rule: 'reachable', needed: 'connected', available: 'connecting' },
    ]);
    expect(placed?.nearestFix).toEqual({ rule: 'memory', host: 'h2', missing: 2 * GIB });
  });

  test('[SCH-01] prefers the less loaded host', () => {
    const busy = candidate(1, { vcpu: { total: 8, allocated: 4 }, memory: { total: 16 * GIB, allocated: 8 * GIB } });
    expect(placeBatch([busy, candidate(2)], [demand()], options)[0]?.chosen?.name).toBe('h2');
  });

  test('[SCH-02] keeps the chosen host when thousands were asked', () => {
    const hosts = Array.from({ length: 500 }, (_, n) => candidate(n));
    const [placed] = placeBatch(hosts, [demand()], options);
    const kept = placed && placementTrim(placed, 50);
    expect(kept?.verdicts).toHaveLength(50);
    expect(kept?.verdicts.some((v) => v.host.id === kept.chosen?.id)).toBe(true);
  });
});
