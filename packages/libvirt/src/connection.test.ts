import { mkdtemp, rm } from 'node:fs/promises';
import { type Server, type Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LibvirtConnection, connectionOpen } from './connection.ts';
import { type Frame, FrameSplitter, frameEncode } from './frame.ts';
import { remote } from './gen/remote.ts';
import type { Procedure } from './procedure.ts';
import { encode } from './xdr.ts';

/** A daemon on a unix socket that knows the handshake and one question. */
describe('a connection that comes back', () => {
  let dir: string;
  let path: string;
  let server: Server;
  let sockets: Socket[];
  let authTypes: number[];

  const answer = <A, R>(socket: Socket, frame: Frame, procedure: Procedure<A, R>, value: R): boolean =>
    socket.write(frameEncode({ ...frame, type: 1 }, encode(procedure.ret, value)));

  const serve = (socket: Socket): void => {
    sockets.push(socket);
    const splitter = new FrameSplitter();
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      for (const frame of splitter.push(chunk)) {
        const { number } = { number: frame.procedure };
        if (number === remote.authList.number) answer(socket, frame, remote.authList, { types: authTypes });
        else if (number === remote.connectSupportsFeature.number) {
          answer(socket, frame, remote.connectSupportsFeature, { supported: 0 });
        } else if (number === remote.connectOpen.number) answer(socket, frame, remote.connectOpen, undefined);
        else if (number === remote.connectGetHostname.number) {
          answer(socket, frame, remote.connectGetHostname, { hostname: `h${sockets.length}` });
        }
      }
    });
  };

  const listen = async (): Promise<void> => {
    server = createServer(serve);
    await new Promise<void>((resolve) => void server.listen(path, resolve));
  };

  const hangUp = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'libvirt-connection-'));
    path = join(dir, 'sock');
    sockets = [];
    authTypes = [0];
    await listen();
  });

  afterEach(async () => {
    await hangUp();
    await rm(dir, { recursive: true });
  });

  const options = () => ({ target: { kind: 'unix' as const, path }, backoffMs: { min: 5, max: 20 } });
  const ask = (connection: LibvirtConnection, timeoutMs = 2_000) =>
    connection.call(remote.connectGetHostname, undefined, { timeoutMs }).then(({ hostname }) => hostname);

  test('[HOST-01] asks on a new socket after the old one is lost', async () => {
    const [up, down] = [vi.fn(), vi.fn()];
    const connection = new LibvirtConnection(options(), { onUp: up, onDown: down });
    expect(await ask(connection)).toBe('h1');
    sockets[0]?.destroy();
    await vi.waitFor(() => expect(down).toHaveBeenCalledWith(expect.objectContaining({ kind: 'closed' })));
    expect(await ask(connection)).toBe('h2');
    expect(up).toHaveBeenCalledTimes(2);
    await connection.close();
  });

  test('[HOST-01] waits for a daemon that is not there yet, and says so when time is up', async () => {
    await hangUp();
    const connection = new LibvirtConnection(options());
    await expect(ask(connection, 50)).rejects.toMatchObject({
      kind: 'connect',
      message: expect.stringContaining('ENOENT'),
    });
    const waiting = ask(connection);
    await listen();
    expect(await waiting).toMatch(/^h\d$/);
    await connection.close();
  });

  test('[HOST-01] does not let calls through before what must come first is done', async () => {
    const gate = Promise.withResolvers<void>();
    const connection = new LibvirtConnection(options(), { onOpen: () => gate.promise });
    await expect(ask(connection, 50)).rejects.toMatchObject({ kind: 'connect' });
    gate.resolve();
    expect(await ask(connection)).toBe('h1');
    await connection.close();
  });

  test('[HOST-01] lets everyone go when it is closed here', async () => {
    const connection = new LibvirtConnection(options(), { onOpen: () => new Promise(() => undefined) });
    const waiting = ask(connection);
    await vi.waitFor(() => expect(sockets).toHaveLength(1));
    const closing = connection.close();
    await expect(waiting).rejects.toMatchObject({ kind: 'closed' });
    await expect(ask(connection)).rejects.toMatchObject({ kind: 'closed' });
    await closing;
  });

  test('[HOST-02] refuses a daemon that wants SASL', async () => {
    authTypes = [1];
    await expect(connectionOpen(options())).rejects.toMatchObject({
      kind: 'connect',
      message: expect.stringContaining('SASL'),
    });
  });

  test('[HOST-02] gives up connecting at once when told to', async () => {
    await expect(connectionOpen(options(), AbortSignal.abort())).rejects.toMatchObject({ kind: 'aborted' });
  });
});
