// Stands in for sidecar.py: says it is ready, then does to each call what the method's name asks for.
import { createInterface } from 'node:readline';

const config = JSON.parse(process.argv.at(-1));
if (config.user === 'nobindings') process.exit(3);
const send = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
send({ ready: true });
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { id, method } = JSON.parse(line);
    if (method === 'crash') process.exit(1);
    else if (method === 'garbage') process.stdout.write('not json\n');
    else if (method === 'enoent') send({ id, error: { errno: 2, message: 'no such image' } });
    else if (method === 'echo') send({ id, result: 'echo' });
  })
  .on('close', () => process.exit(0));
