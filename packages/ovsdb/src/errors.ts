/** What went wrong, as a closed set the caller can switch on. */
export type OvsdbErrorKind =
  /** No endpoint could be reached, or none was acceptable (not the leader, not in sync with the cluster). */
  | 'unreachable'
  /** The deadline passed or the caller aborted. The request may still have been applied if `sent` is true. */
  | 'timeout'
  /** The connection went away, or the client was closed, while the call was pending. */
  | 'closed'
  /** The peer sent something that is not OVSDB: bad JSON, too large a message, a malformed reply. */
  | 'protocol'
  /** The server answered the JSON-RPC call itself with an error (unknown method, unknown database …). */
  | 'rpc'
  /** An operation of a transaction failed; nothing of the transaction was applied. */
  | 'transaction'
  /** A row the operation needs (the port's switch, its DHCP options) does not exist. */
  | 'not-found';

/** Details that only some kinds carry. */
export interface OvsdbErrorDetail {
  /** OVSDB's own error word, e.g. `constraint violation`, `timed out`, `referential integrity violation`. */
  readonly code?: string;
  /** Index of the failing operation; equals the number of operations when the commit itself failed. */
  readonly operation?: number;
  /** True when the request had left this process: it may have been applied although no answer came. */
  readonly sent?: boolean;
  readonly cause?: unknown;
}

/** Every failure of this package's client is one of these; values refused before sending are `InvalidValueError`. */
export class OvsdbError extends Error {
  override readonly name = 'OvsdbError';
  readonly kind: OvsdbErrorKind;
  readonly code: string | undefined;
  readonly operation: number | undefined;
  readonly sent: boolean;

  constructor(kind: OvsdbErrorKind, message: string, detail: OvsdbErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.kind = kind;
    this.code = detail.code;
    this.operation = detail.operation;
    this.sent = detail.sent ?? false;
  }

  /** True when a `wait` operation of the transaction did not hold: somebody else changed the rows in between. */
  get isConflict(): boolean {
    return this.kind === 'transaction' && (this.code === 'timed out' || this.code === 'constraint violation');
  }
}

/** A value that OVN would have swallowed silently and that this package refuses to write. */
export class InvalidValueError extends Error {
  override readonly name = 'InvalidValueError';
  /** Where the value was to go, e.g. `cidr`, `port`, `dns[1]`. */
  readonly field: string;
  readonly reason: string;

  constructor(field: string, reason: string, value: unknown) {
    super(`${field}: ${reason} (got ${JSON.stringify(value)?.slice(0, 120) ?? typeof value})`);
    this.field = field;
    this.reason = reason;
  }
}
