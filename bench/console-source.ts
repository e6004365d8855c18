/** What stands for a guest's VNC server: told `F` it sends without end, told `E` it gives back what comes, else it is silent. */
import { createServer, type Socket } from 'node:net';

const CHUNK = Buffer.alloc(64 * 1024, 0x5a);

function flood(socket: Socket): void {
  while (!socket.destroyed && socket.write(CHUNK));
}

createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.once('data', (first) => {
    if (first[0] === 0x46) {
      socket.on('drain', () => flood(socket));
      flood(socket);
    } else if (first[0] === 0x45) {
      if (first.length > 1) socket.write(first.subarray(1));
      socket.on('data', (chunk) => void socket.write(chunk));
    }
  });
}).listen(process.argv[2]);
