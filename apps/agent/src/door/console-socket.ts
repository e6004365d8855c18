/**
 * `GET /v1/console/<vmId>/<vnc|serial>` as a WebSocket: bytes to and from the guest's unix socket. Each side is read only
 * as fast as the other takes it, so a stalled browser costs no memory here.
 */
import { createConnection, type Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { HostLog } from '../host.types.ts';

const HIGH_WATER = 256 * 1024;
/** Not reached or already gone; the region says which words the user sees. */
const CLOSE_NO_TARGET = 4404;
const CLOSE_TARGET_ENDED = 4410;

/** Joins the two until either ends. @param path the guest's socket, null when there is none. */
export function consoleJoin(socket: WebSocket, path: string | null, log: HostLog): void {
  if (path === null) return socket.close(CLOSE_NO_TARGET, 'no such console');
  const target: Socket = createConnection({ path, allowHalfOpen: false });
  let opened = false;
  target.once('connect', () => (opened = true));
  target.on('data', (chunk) => {
    // ws buffers without bound: its own count decides when the guest's side has to wait.
    socket.send(chunk, { binary: true }, () => {
      if (socket.bufferedAmount < HIGH_WATER / 2) target.resume();
    });
    if (socket.bufferedAmount > HIGH_WATER) target.pause();
  });
  socket.on('message', (data: Buffer) => {
    if (!target.write(data)) socket.pause();
  });
  target.on('drain', () => socket.resume());
  target.once('error', (error) => {
    if (opened) log.warn({ error, path }, 'console socket failed');
  });
  target.once('close', () => {
    socket.resume();
    socket.close(opened ? CLOSE_TARGET_ENDED : CLOSE_NO_TARGET, opened ? 'the console ended' : 'no such console');
  });
  socket.once('close', () => target.destroy());
  socket.once('error', () => target.destroy());
}
