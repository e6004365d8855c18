/** What comes as a stream: pictures of the screen, serial consoles. Each on a connection of its own. */
import { type DomainRef, domainOf, flagBits } from '../domain-ref.ts';
import { virDomainConsoleFlags } from '../gen/enums.ts';
import { remote } from '../gen/remote.ts';
import { type CallOptions, type Caller, DEFAULT_TIMEOUT_MS } from '../rpc-types.ts';
import { type LibvirtStream, streamCollect } from '../stream.ts';

export interface Screenshot {
  /** `image/png` or `image/x-portable-pixmap`. */
  mime: string;
  data: Buffer;
}

const SCREENSHOT_MAX_BYTES = 64 * 1024 * 1024;

export const streamOperations = (caller: Caller) => ({
  domainScreenshot: async (dom: DomainRef, screen = 0, options: CallOptions = {}): Promise<Screenshot> => {
    const args = { dom: domainOf(dom), screen, flags: 0 };
    const { ret, stream } = await caller.stream(remote.domainScreenshot, args, options);
    const data = await streamCollect(stream, SCREENSHOT_MAX_BYTES, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    return { mime: ret.mime ?? 'application/octet-stream', data };
  },

  /** Both ways. `force` takes the console away from whoever has it. */
  domainOpenConsole: async (
    dom: DomainRef,
    flags: { device?: string; force?: boolean } = {},
    options?: CallOptions,
  ): Promise<LibvirtStream> => {
    const bits = flagBits({ force: flags.force ?? false }, { force: virDomainConsoleFlags.VIR_DOMAIN_CONSOLE_FORCE });
    const args = { dom: domainOf(dom), dev_name: flags.device ?? null, flags: bits };
    return (await caller.stream(remote.domainOpenConsole, args, options)).stream;
  },
});
