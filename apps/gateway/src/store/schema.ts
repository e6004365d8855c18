/** Tables of the gateway: only what regions share. Migrations in drizzle/gateway are generated from this file. */
export * from './schema/identity.ts';
export * from './schema/console.ts';
export * from './schema/operation-log.ts';
export * from './schema/settings.ts';
export * from './schema/webhook.ts';
