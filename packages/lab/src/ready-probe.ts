/** Tells whether a process does its work yet; each try is short, the caller repeats it. */
import { open, stat } from 'node:fs/promises';
import { createConnection, type NetConnectOpts } from 'node:net';
import { commandTry } from './exec.ts';
import type { ProcessSpec, ReadyProbe } from './supervisor-protocol.ts';

function connects(options: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(options);
    const done = (value: boolean) => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(2000, () => done(false));
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}

async function logHas(file: string, fromByte: number, text: string): Promise<boolean> {
  const size = (await stat(file)).size;
  const from = size < fromByte ? 0 : fromByte;
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.alloc(Math.min(size - from, 4 * 1024 * 1024));
    await handle.read(buffer, 0, buffer.length, from);
    return buffer.includes(text);
  } finally {
    await handle.close();
  }
}

/** One try. `logFrom` is the size of the log when the process was started. */
export async function readyProbeTry(
  probe: ReadyProbe,
  spec: ProcessSpec,
  pid: number,
  log: string,
  logFrom: number,
): Promise<boolean> {
  switch (probe.kind) {
    case 'socket':
      // /proc/PID/root is the process's own view of the file system, whatever its mount namespace.
      return connects({ path: spec.wrap.length > 0 ? `/proc/${pid}/root${probe.path}` : probe.path });
    case 'tcp':
      return connects({ host: probe.host, port: probe.port });
    case 'http': {
      const response = await fetch(probe.url, { signal: AbortSignal.timeout(3000) });
      await response.arrayBuffer();
      return response.ok;
    }
    case 'command':
      return (await commandTry([...spec.wrap, ...probe.argv], { timeoutMs: 15_000, env: spec.env })).code === 0;
    case 'log':
      return logHas(log, logFrom, probe.text);
  }
}
