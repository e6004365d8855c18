/**
 * Ids are UUIDv7 in lower case and one type per kind, so that a VM's id cannot be passed where a disk's is meant.
 * Names are for people; everything that is stored or sent refers by id. The region's key is the one exception: a short
 * stable word chosen at installation, because it stands in URLs.
 */
import { z } from 'zod';

const uuid = <B extends string>(_kind: B) => z.uuid().toLowerCase().brand<B>();

export const accountId = uuid('AccountId');
export const sessionId = uuid('SessionId');
export const accountGroupId = uuid('AccountGroupId');
export const roleId = uuid('RoleId');
export const bindingId = uuid('BindingId');
export const apiKeyId = uuid('ApiKeyId');
export const notificationGroupId = uuid('NotificationGroupId');
export const logRuleId = uuid('LogRuleId');
export const webhookId = uuid('WebhookId');
export const clusterId = uuid('ClusterId');
export const storageClusterId = uuid('StorageClusterId');
export const hostId = uuid('HostId');
export const imageId = uuid('ImageId');
export const flavorId = uuid('FlavorId');
export const networkId = uuid('NetworkId');
export const subnetId = uuid('SubnetId');
export const vmId = uuid('VmId');
export const diskId = uuid('DiskId');
export const nicId = uuid('NicId');
export const taskId = uuid('TaskId');
export const operationId = uuid('OperationId');
export const requestToken = uuid('RequestToken');

export type AccountId = z.infer<typeof accountId>;
export type SessionId = z.infer<typeof sessionId>;
export type AccountGroupId = z.infer<typeof accountGroupId>;
export type RoleId = z.infer<typeof roleId>;
export type BindingId = z.infer<typeof bindingId>;
export type ApiKeyId = z.infer<typeof apiKeyId>;
export type NotificationGroupId = z.infer<typeof notificationGroupId>;
export type LogRuleId = z.infer<typeof logRuleId>;
export type WebhookId = z.infer<typeof webhookId>;
export type ClusterId = z.infer<typeof clusterId>;
export type StorageClusterId = z.infer<typeof storageClusterId>;
export type HostId = z.infer<typeof hostId>;
export type ImageId = z.infer<typeof imageId>;
export type FlavorId = z.infer<typeof flavorId>;
export type NetworkId = z.infer<typeof networkId>;
export type SubnetId = z.infer<typeof subnetId>;
export type VmId = z.infer<typeof vmId>;
export type DiskId = z.infer<typeof diskId>;
export type NicId = z.infer<typeof nicId>;
export type TaskId = z.infer<typeof taskId>;
export type OperationId = z.infer<typeof operationId>;
export type RequestToken = z.infer<typeof requestToken>;

export const regionKey = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/u)
  .brand<'RegionKey'>();
export type RegionKey = z.infer<typeof regionKey>;
