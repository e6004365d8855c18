import { logger, onShutdown } from '@basalt/service';
import { gatewayEnv } from './env.ts';
import { gatewayStart } from './gateway.ts';
import { memorySettle, memorySettleWhenIdle } from './memory-settle.ts';

const env = gatewayEnv();
const log = logger('gateway', env.logLevel);
const gateway = await gatewayStart(env, log);
onShutdown(log, gateway.close);
memorySettle();
memorySettleWhenIdle();
log.info({ origin: env.publicOrigins[0], port: gateway.port }, 'the door is open');
