import { logger, onShutdown } from '@basalt/service';
import { gatewayEnv } from './env.ts';
import { gatewayStart } from './gateway.ts';

const env = gatewayEnv();
const log = logger('gateway', env.logLevel);
const gateway = await gatewayStart(env, log);
log.info({ origin: env.publicOrigins[0], port: gateway.port }, 'the door is open');
onShutdown(log, gateway.close);
