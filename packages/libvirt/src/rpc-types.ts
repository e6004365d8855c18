/** What operations need of a connection, so that they neither know nor care which one carries them. */
import type { Procedure } from './procedure.ts';
import type { LibvirtStream } from './stream.ts';

/** Which of a host's connections a call belongs on, see `LibvirtHost`. */
export type Lane = 'control' | 'jobs' | 'agent';

export interface CallOptions {
  /** Milliseconds until the caller is told `timeout`; libvirt goes on with the work. Default 30 s. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
  lane?: Lane;
}

export interface StreamReply<R> {
  ret: R;
  stream: LibvirtStream;
}

export interface Caller {
  /** One call. Throws LibvirtError. */
  call<A, R>(procedure: Procedure<A, R>, args: A, options?: CallOptions): Promise<R>;
  /** A call that opens a stream; the deadline is for opening it. Throws LibvirtError. */
  stream<A, R>(procedure: Procedure<A, R>, args: A, options?: CallOptions): Promise<StreamReply<R>>;
}

export const DEFAULT_TIMEOUT_MS = 30_000;
