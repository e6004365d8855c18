/** The platform's own public API, as any program would use it, with a session that the machine's administrator may make. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { clientBuild, type Client } from '@basalt/rpc';
import { BasaltError, procedures, type Procedures } from '@basalt/contract';
import type { Instance } from '@basalt/lab';
import { gatewayEnvironment, gatewayUrl, serviceCommand } from './processes.ts';

const run = promisify(execFile);

export interface PlatformApi {
  readonly call: Client<Procedures>;
  /** Sends the content of an announced image in chunks. */
  readonly upload: (
    region: string,
    imageId: string,
    content: Buffer,
    onProgress?: (share: number) => void,
  ) => Promise<void>;
}

/** Runs a command of the gateway's own command line and gives what it printed. */
export async function gatewayCli(instance: Instance, ...args: string[]): Promise<string> {
  const [file = '', ...argv] = serviceCommand('gateway', 'cli.ts', ...args);
  const { stdout } = await run(file, argv, {
    env: { ...process.env, ...gatewayEnvironment(instance) },
    timeout: 60_000,
  });
  return stdout.trim();
}

const CHUNK = 8 * 1024 * 1024;

export function platformApi(instance: Instance, session: string): PlatformApi {
  const origin = gatewayUrl(instance);
  const headers = { cookie: `basalt_session=${session}`, origin, 'accept-language': 'en-US' };
  return {
    call: clientBuild(procedures, {
      url: `${origin}/api/trpc`,
      fetch: (url, init) => fetch(url, init),
      headers: () => headers,
      deadline: () => 60_000,
      unreachable: (timedOut, seconds, cause) =>
        new BasaltError(timedOut ? 'timedOut' : 'unavailable', { seconds }, { cause }),
    }),
    async upload(region, imageId, content, onProgress) {
      const size = content.length;
      for (let offset = 0; offset < size; offset += CHUNK) {
        const end = Math.min(offset + CHUNK, size);
        const answer = await fetch(`${origin}/api/v1/regions/${region}/images/${imageId}/content?offset=${offset}`, {
          method: 'PUT',
          headers: { ...headers, 'content-type': 'application/octet-stream' },
          body: new Uint8Array(content.subarray(offset, end)),
        });
        if (!answer.ok)
          throw new Error(`the image was not taken at ${offset}: ${answer.status} ${await answer.text()}`);
        onProgress?.(end / size);
      }
    },
  };
}

/** A session for set-up work on this machine, without a password; the operation log says so. */
export async function platformApiOpen(instance: Instance, account: string, reason: string): Promise<PlatformApi> {
  const token = await gatewayCli(instance, 'session-issue', '--email', account, '--minutes', '30', '--reason', reason);
  return platformApi(instance, token.split('\n').at(-1) ?? '');
}
