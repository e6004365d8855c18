/**
 * One error class for everything that can go wrong between us and libvirt. `kind` says who failed: libvirt refused or
 * failed (`remote`), nobody is there (`connect`, `closed`), time ran out (`timeout`), the caller gave up (`aborted`),
 * or the other side does not speak the protocol (`protocol`).
 */
import { virErrorDomain, virErrorLevel, virErrorNumber } from './gen/enums.ts';
import type { VirNetMessageError } from './gen/net.ts';

export type LibvirtErrorKind = 'remote' | 'connect' | 'closed' | 'timeout' | 'aborted' | 'protocol';

/** libvirt's own names, `VIR_ERR_NO_DOMAIN` and so on. */
export type LibvirtErrorCode = keyof typeof virErrorNumber;

const namesByNumber = (table: Readonly<Record<string, number>>): ReadonlyMap<number, string> =>
  new Map(Object.entries(table).map(([name, number]) => [number, name]));

const CODES = namesByNumber(virErrorNumber);
const DOMAINS = namesByNumber(virErrorDomain);
const LEVELS = namesByNumber(virErrorLevel);

interface LibvirtErrorInit {
  kind: LibvirtErrorKind;
  message: string;
  /** The call that failed, where there is one. */
  procedure?: string | undefined;
  remote?: VirNetMessageError | undefined;
  cause?: unknown;
}

export class LibvirtError extends Error {
  override readonly name = 'LibvirtError';
  readonly kind: LibvirtErrorKind;
  readonly procedure: string | null;
  /** libvirt's number and its name; 0 and null unless `kind` is `remote`. */
  readonly code: number;
  readonly codeName: LibvirtErrorCode | null;
  /** The part of libvirt that failed, for example `VIR_FROM_QEMU`. */
  readonly domain: number;
  readonly domainName: string | null;
  readonly level: string | null;
  /** libvirt's free-form details; `str1` often repeats the message's pattern. */
  readonly details: {
    str1: string | null;
    str2: string | null;
    str3: string | null;
    int1: number;
    int2: number;
  } | null;

  constructor({ kind, message, procedure, remote, cause }: LibvirtErrorInit) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.procedure = procedure ?? null;
    this.code = remote?.code ?? 0;
    this.codeName = remote ? ((CODES.get(remote.code) as LibvirtErrorCode | undefined) ?? null) : null;
    this.domain = remote?.domain ?? 0;
    this.domainName = remote ? (DOMAINS.get(remote.domain) ?? null) : null;
    this.level = remote ? (LEVELS.get(remote.level) ?? null) : null;
    this.details = remote
      ? { str1: remote.str1, str2: remote.str2, str3: remote.str3, int1: remote.int1, int2: remote.int2 }
      : null;
  }

  /** True when libvirt answered with one of these codes. */
  is(...codes: LibvirtErrorCode[]): boolean {
    return this.kind === 'remote' && codes.some((code) => virErrorNumber[code] === this.code);
  }
}

/** The error libvirt sent. */
export const remoteError = (remote: VirNetMessageError, procedure?: string): LibvirtError =>
  new LibvirtError({ kind: 'remote', message: remote.message ?? 'libvirt gave no message', remote, procedure });

/** True for a LibvirtError with one of these codes, whatever was thrown. */
export const isLibvirtError = (error: unknown, ...codes: LibvirtErrorCode[]): error is LibvirtError =>
  error instanceof LibvirtError && (codes.length === 0 || error.is(...codes));
