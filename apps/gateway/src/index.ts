export { gatewayEnv, type GatewayEnv } from './env.ts';
export { gatewayStart, type Gateway } from './gateway.ts';
export { securityDefaults, type SecuritySettings } from './identity/security-settings.ts';
