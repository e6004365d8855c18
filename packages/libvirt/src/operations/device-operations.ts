/** Devices of a domain: coming, going, changing. */
import { type DomainRef, domainOf } from '../domain-ref.ts';
import type { IoTune } from '../domain-xml/domain-model.ts';
import * as e from '../gen/enums.ts';
import { remote } from '../gen/remote.ts';
import { paramUint, paramUlong } from '../params.ts';
import type { CallOptions, Caller } from '../rpc-types.ts';
import { type Affect, affectBits } from './domain-operations.ts';

const IOTUNE: Readonly<Record<keyof IoTune, string>> = {
  totalBytes: e.VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_BYTES_SEC,
  readBytes: e.VIR_DOMAIN_BLOCK_IOTUNE_READ_BYTES_SEC,
  writeBytes: e.VIR_DOMAIN_BLOCK_IOTUNE_WRITE_BYTES_SEC,
  totalIops: e.VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC,
  readIops: e.VIR_DOMAIN_BLOCK_IOTUNE_READ_IOPS_SEC,
  writeIops: e.VIR_DOMAIN_BLOCK_IOTUNE_WRITE_IOPS_SEC,
  totalBytesMax: e.VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_BYTES_SEC_MAX,
  readBytesMax: e.VIR_DOMAIN_BLOCK_IOTUNE_READ_BYTES_SEC_MAX,
  writeBytesMax: e.VIR_DOMAIN_BLOCK_IOTUNE_WRITE_BYTES_SEC_MAX,
  totalIopsMax: e.VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC_MAX,
  readIopsMax: e.VIR_DOMAIN_BLOCK_IOTUNE_READ_IOPS_SEC_MAX,
  writeIopsMax: e.VIR_DOMAIN_BLOCK_IOTUNE_WRITE_IOPS_SEC_MAX,
};

/** KiB per second and KiB; 0 means unlimited. */
export interface InterfaceBandwidth {
  inbound?: { average: number; peak?: number; burst?: number };
  outbound?: { average: number; peak?: number; burst?: number };
}

export const deviceOperations = (caller: Caller) => ({
  domainAttachDevice: (dom: DomainRef, xml: string, affect?: Affect, options?: CallOptions): Promise<void> =>
    caller.call(remote.domainAttachDeviceFlags, { dom: domainOf(dom), xml, flags: affectBits(affect) }, options),

  /**
   * Asks for the device to go. With a guest that does not answer this returns without error after seconds and the
   * device stays: wait for the event `device-removed` or look at the domain's XML.
   */
  domainDetachDevice: (dom: DomainRef, xml: string, affect?: Affect, options?: CallOptions): Promise<void> =>
    caller.call(remote.domainDetachDeviceFlags, { dom: domainOf(dom), xml, flags: affectBits(affect) }, options),

  /** Changes what can change in place: CD-ROM medium, link state, VNC password. */
  domainUpdateDevice: (
    dom: DomainRef,
    xml: string,
    affect: Affect & { force?: boolean } = {},
    options?: CallOptions,
  ): Promise<void> => {
    const force = affect.force ? e.virDomainDeviceModifyFlags.VIR_DOMAIN_DEVICE_MODIFY_FORCE : 0;
    const args = { dom: domainOf(dom), xml, flags: affectBits(affect) | force };
    return caller.call(remote.domainUpdateDeviceFlags, args, options);
  },

  /** New size in bytes. It also shrinks without asking: the caller must compare with the present size. */
  domainBlockResize: (dom: DomainRef, disk: string, bytes: number, options?: CallOptions): Promise<void> => {
    const flags = e.virDomainBlockResizeFlags.VIR_DOMAIN_BLOCK_RESIZE_BYTES;
    return caller.call(remote.domainBlockResize, { dom: domainOf(dom), disk, size: BigInt(bytes), flags }, options);
  },

  /** Bytes: room the guest sees, room taken, room of the file or image. */
  domainBlockInfo: async (dom: DomainRef, disk: string, options?: CallOptions) => {
    const info = await caller.call(remote.domainGetBlockInfo, { dom: domainOf(dom), path: disk, flags: 0 }, options);
    return { capacity: Number(info.capacity), allocation: Number(info.allocation), physical: Number(info.physical) };
  },

  /** Limits of a disk; to lift one, set it and its `…Max` to 0. */
  domainSetBlockIoTune: (dom: DomainRef, disk: string, tune: IoTune, affect?: Affect, options?: CallOptions) => {
    const params = (Object.keys(IOTUNE) as (keyof IoTune)[]).flatMap((key) => {
      const value = tune[key];
      return value === undefined ? [] : [paramUlong(IOTUNE[key], value)];
    });
    return caller.call(
      remote.domainSetBlockIoTune,
      { dom: domainOf(dom), disk, params, flags: affectBits(affect) },
      options,
    );
  },

  /** `device` is the tap device or the MAC address. */
  domainSetInterfaceBandwidth: (
    dom: DomainRef,
    device: string,
    { inbound, outbound }: InterfaceBandwidth,
    affect?: Affect,
    options?: CallOptions,
  ): Promise<void> => {
    const params = [
      ...(inbound
        ? [
            paramUint(e.VIR_DOMAIN_BANDWIDTH_IN_AVERAGE, inbound.average),
            paramUint(e.VIR_DOMAIN_BANDWIDTH_IN_PEAK, inbound.peak ?? 0),
            paramUint(e.VIR_DOMAIN_BANDWIDTH_IN_BURST, inbound.burst ?? 0),
          ]
        : []),
      ...(outbound
        ? [
            paramUint(e.VIR_DOMAIN_BANDWIDTH_OUT_AVERAGE, outbound.average),
            paramUint(e.VIR_DOMAIN_BANDWIDTH_OUT_PEAK, outbound.peak ?? 0),
            paramUint(e.VIR_DOMAIN_BANDWIDTH_OUT_BURST, outbound.burst ?? 0),
          ]
        : []),
    ];
    return caller.call(
      remote.domainSetInterfaceParameters,
      { dom: domainOf(dom), device, params, flags: affectBits(affect) },
      options,
    );
  },
});
