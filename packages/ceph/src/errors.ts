/** What went wrong, as a closed set the caller can switch on. */
export type CephErrorKind =
  | 'not-found'
  /** The image has watchers, the snapshot has clones or is protected, the trash entry is not expired. */
  | 'busy'
  | 'exists'
  /** The deadline passed; the operation may still happen. Ask before deciding. */
  | 'timeout'
  | 'aborted'
  /** Pool or cluster full, or a quota reached. */
  | 'no-space'
  | 'permission'
  /** A name, size or option that this package or Ceph refuses. */
  | 'invalid'
  /** No monitor answers, or the keyring or configuration file is missing. */
  | 'unreachable'
  /** This client has been blocklisted (fenced). */
  | 'blocklisted'
  /** The operation is not possible in this state (e.g. shrinking, unprotected parent). */
  | 'refused'
  /** An answer that does not have the shape it should have. */
  | 'protocol'
  /** The helper process or the command line tool could not be run or died. */
  | 'crashed'
  | 'failed';

export interface CephErrorDetail {
  /** Errno as Ceph reports it (positive), or the exit code of the tool. */
  readonly code?: number;
  /** What the tool wrote to stderr, shortened. Never shown to users. */
  readonly stderr?: string;
  readonly cause?: unknown;
}

/** Every failure of this package is one of these; refused images are values (see ImageRefusal). */
export class CephError extends Error {
  override readonly name = 'CephError';
  readonly kind: CephErrorKind;
  readonly code: number | undefined;
  readonly stderr: string | undefined;

  constructor(kind: CephErrorKind, message: string, detail: CephErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.kind = kind;
    this.code = detail.code;
    this.stderr = detail.stderr;
  }
}

const KIND_OF_ERRNO: Readonly<Record<number, CephErrorKind>> = {
  1: 'permission',
  2: 'not-found',
  13: 'permission',
  16: 'busy',
  17: 'exists',
  22: 'invalid',
  28: 'no-space',
  30: 'busy',
  34: 'invalid',
  36: 'invalid',
  39: 'busy',
  108: 'blocklisted',
  110: 'timeout',
  122: 'no-space',
};

/** Kind for an errno, `failed` when it says nothing useful. */
export function kindOfErrno(errno: number): CephErrorKind {
  return KIND_OF_ERRNO[Math.abs(errno)] ?? 'failed';
}
