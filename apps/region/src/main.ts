import { logger, onShutdown } from '@basalt/service';
import { regionEnv } from './env.ts';
import { memorySettleWhenIdle } from './memory-settle.ts';
import { regionStart } from './region.ts';

const env = regionEnv();
const log = logger('region', env.LOG_LEVEL);
const region = await regionStart(env, log);
onShutdown(log, () => region.stop());
log.info(
  { region: env.REGION_KEY, host: env.LISTEN_HOST, port: env.LISTEN_PORT, drivers: env.DRIVERS },
  'region ready',
);
memorySettleWhenIdle();
