/** Keys that libvirt hands to QEMU, for Ceph and for encrypted disks. */
import { uuidBytes, uuidText } from '../domain-ref.ts';
import { element, xmlBuild } from '../domain-xml/xml-tree.ts';
import { virSecretUsageType } from '../gen/enums.ts';
import { type NonnullSecret, remote } from '../gen/remote.ts';
import type { CallOptions, Caller } from '../rpc-types.ts';

/** libvirt finds secrets by UUID alone. */
const secretOf = (uuid: string): NonnullSecret => ({
  uuid: uuidBytes(uuid),
  usageType: virSecretUsageType.VIR_SECRET_USAGE_TYPE_CEPH,
  usageID: '',
});

/** A Ceph key: `name` is the usage, for example `client.basalt`, and unique on the host. */
export interface CephSecret {
  uuid: string;
  name: string;
  description?: string;
}

export const secretOperations = (caller: Caller) => ({
  /**
   * Defines or redefines a Ceph secret: `private`, so that libvirt never gives its value out again, and kept in memory
   * only when `ephemeral`. Throws `VIR_ERR_INTERNAL_ERROR` when the usage belongs to another UUID.
   */
  secretDefineCeph: async (
    { uuid, name, description }: CephSecret,
    flags: { ephemeral?: boolean } = {},
    options?: CallOptions,
  ): Promise<string> => {
    const xml = xmlBuild(
      element('secret', { ephemeral: flags.ephemeral ? 'yes' : 'no', private: 'yes' }, [
        element('uuid', {}, uuid),
        description !== undefined && element('description', {}, description),
        element('usage', { type: 'ceph' }, [element('name', {}, name)]),
      ]),
    );
    return uuidText((await caller.call(remote.secretDefineXml, { xml, flags: 0 }, options)).secret.uuid);
  },

  /** The value's bytes: for Ceph the decoded key, not its base64 text. */
  secretSetValue: (uuid: string, value: Buffer, options?: CallOptions): Promise<void> =>
    caller.call(remote.secretSetValue, { secret: secretOf(uuid), value, flags: 0 }, options),

  /** Throws `VIR_ERR_NO_SECRET`. */
  secretUndefine: (uuid: string, options?: CallOptions): Promise<void> =>
    caller.call(remote.secretUndefine, { secret: secretOf(uuid) }, options),

  secretExists: async (uuid: string, options?: CallOptions): Promise<boolean> => {
    const { secrets } = await caller.call(remote.connectListAllSecrets, { need_results: 1, flags: 0 }, options);
    return secrets.some((secret) => uuidText(secret.uuid) === uuid.toLowerCase());
  },
});
