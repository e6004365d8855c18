/** Entry of the supervisor daemon: `node supervisor-main.ts '<options as JSON>'`. */
import { z } from 'zod';
import { Supervisor } from './supervisor.ts';

const options = z
  .object({
    socket: z.string(),
    logDir: z.string(),
    record: z.string(),
    marker: z.object({ name: z.string(), value: z.string() }),
  })
  .parse(JSON.parse(process.argv[2] ?? '{}'));

// The terminal that started us may go away, and with it only the caller.
process.on('SIGHUP', () => undefined);
process.on('uncaughtException', (error) => console.error(new Date().toISOString(), error));
process.on('unhandledRejection', (error) => console.error(new Date().toISOString(), error));

const supervisor = new Supervisor(options);
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => {
    void supervisor.handle({ command: 'down' }).finally(() => process.exit(0));
  });
await supervisor.listen();
console.log(new Date().toISOString(), 'supervisor listens on', options.socket);
await supervisor.ended;
process.exit(0);
