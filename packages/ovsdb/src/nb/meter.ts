/** Meters bound how often rules may log. A rule that names a meter made after it logs an error and no more. */
import { namedUuid } from '../schema.ts';
import { checkInteger, checkName } from '../values.ts';
import {
  difference,
  type Ensured,
  insertedUuid,
  marked,
  marks,
  type Northbound,
  retried,
  rowSelect,
  stillAbsent,
  stillThere,
  transact,
  updateOf,
} from './context.ts';

export interface MeterSpec {
  readonly id: string;
  /** Unique in the database; rules name the meter by it. */
  readonly name: string;
  readonly unit: 'kbps' | 'pktps';
  readonly rate: number;
  /** 0 = no burst. */
  readonly burst?: number;
  /** Give every rule its own allowance. */
  readonly fair?: boolean;
}

/** Makes the meter exist with one band that drops above the rate. */
export async function meterEnsure(nb: Northbound, spec: MeterSpec): Promise<Ensured> {
  const { ops } = nb.client;
  const want = {
    name: checkName(spec.name),
    unit: spec.unit,
    fair: spec.fair ?? false,
    external_ids: marks(nb, spec.id),
  } as const;
  const band = {
    action: 'drop',
    rate: checkInteger(spec.rate, 1, 4_294_967_295, 'rate'),
    burst_size: checkInteger(spec.burst ?? 0, 0, 4_294_967_295, 'burst'),
  } as const;
  return retried(async () => {
    const [selected] = await transact(nb, [rowSelect(nb, 'Meter', spec.id)]);
    const meter = ops.rows('Meter', selected)[0];
    const name = namedUuid('band');
    if (meter === undefined) {
      const results = await transact(nb, [
        stillAbsent(nb, 'Meter', spec.id),
        ops.insert('Meter', { ...want, bands: [name] }),
        ops.insert('Meter_Band', band, name),
      ]);
      return { uuid: insertedUuid(results[1]), created: true, changed: true };
    }
    const bands = await transact(
      nb,
      meter.bands.map((uuid) => ops.select('Meter_Band', [['_uuid', '==', uuid]])),
    );
    const held = bands.flatMap((result) => ops.rows('Meter_Band', result));
    const sameBand = held.length === 1 && held[0]?.rate === band.rate && held[0].burst_size === band.burst_size;
    const changes = difference('Meter', meter, want);
    if (sameBand && Object.keys(changes).length === 0) return { uuid: meter._uuid, created: false, changed: false };
    await transact(nb, [
      stillThere('Meter', meter._uuid),
      ...(Object.keys(changes).length > 0 ? [updateOf('Meter', meter._uuid, changes)] : []),
      ...(sameBand
        ? []
        : [
            ops.insert('Meter_Band', band, name),
            ops.update('Meter', [['_uuid', '==', meter._uuid]], { bands: [name] }),
          ]),
    ]);
    return { uuid: meter._uuid, created: false, changed: true };
  });
}

/** Removes the meter. True when there was one. */
export async function meterDelete(nb: Northbound, id: string): Promise<boolean> {
  const [result] = await transact(nb, [nb.client.ops.delete('Meter', [marked(nb, id)])]);
  return (result?.count ?? 0) > 0;
}
