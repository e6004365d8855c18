/**
 * `GET /v1/console/<vmId>/<vnc|serial>` as a WebSocket: bytes to and from the guest's unix socket. Each side is read only
 * as fast as the other takes it, so a stalled browser costs no memory here. Frames are made and taken apart here and
 * nowhere else on the way to the browser.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createConnection } from 'node:net';
import type { Duplex } from 'node:stream';
import { ByteRelay, closeAfterWrites, readShared } from '@basalt/service/byte-relay';
import type { HostLog } from '../host.types.ts';
import { controlFrame, FRAME_ROOM, FrameError, frameHead, FrameReader, OPCODE } from './frame-reader.ts';

/** Not reached or already gone; the region says which words the user sees. */
const CLOSE_NO_TARGET = 4404;
const CLOSE_TARGET_ENDED = 4410;
/** RFC 6455, section 1.3. */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Answers the handshake. @returns false when it is none; the socket is then closed. */
export function handshakeAnswer(request: IncomingMessage, socket: Duplex): boolean {
  const { upgrade, 'sec-websocket-key': key = '', 'sec-websocket-version': version } = request.headers;
  if (upgrade?.toLowerCase() !== 'websocket' || version !== '13' || !/^[A-Za-z0-9+/]{22}==$/u.test(key)) {
    socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
    return false;
  }
  const accept = createHash('sha1')
    .update(key + ACCEPT_SUFFIX)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
  );
  return true;
}

function closeFrame(code: number, reason: string): Buffer {
  const content = Buffer.alloc(2 + Buffer.byteLength(reason));
  content.writeUInt16BE(code);
  content.write(reason, 2);
  return controlFrame(OPCODE.close, content);
}

/**
 * Joins the two until either ends.
 * @param socket after the handshake; `head` is what came with it
 * @param path the guest's socket, null when there is none
 */
export function consoleJoin(socket: Duplex, head: Buffer, path: string | null, log: HostLog): void {
  let isClosing = false;
  const close = (code: number, reason: string): void => {
    if (isClosing) return;
    isClosing = true;
    socket.write(closeFrame(code, reason));
    closeAfterWrites(socket);
  };
  if (path === null) return close(CLOSE_NO_TARGET, 'no such console');
  let opened = false;
  const target = createConnection({ path, onread: readShared((chunk) => relay.take(chunk)) });
  const relay = new ByteRelay(socket, () => target.resume(), { room: FRAME_ROOM, head: frameHead });
  const reader = new FrameReader({
    data: (content) => {
      if (!target.destroyed && !target.write(content)) socket.pause();
    },
    control: (opcode, content) => {
      if (opcode === OPCODE.ping && !isClosing) socket.write(controlFrame(OPCODE.pong, content));
      if (opcode === OPCODE.close) close(content.length >= 2 ? content.readUInt16BE() : 1000, '');
    },
  });
  const read = (chunk: Buffer): void => {
    try {
      if (!isClosing) reader.read(chunk);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      close(error.code, error.message);
    }
  };
  target.once('connect', () => (opened = true));
  target.on('drain', () => socket.resume());
  target.once('error', (error) => {
    if (opened) log.warn({ error, path }, 'console socket failed');
  });
  target.once('close', () => {
    relay.flush();
    socket.resume();
    close(opened ? CLOSE_TARGET_ENDED : CLOSE_NO_TARGET, opened ? 'the console ended' : 'no such console');
  });
  socket.on('data', read);
  socket.once('end', () => closeAfterWrites(socket));
  socket.once('close', () => target.destroy());
  socket.once('error', () => socket.destroy());
  if (head.length > 0) read(head);
}
