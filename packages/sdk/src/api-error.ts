import { errorShape, type ErrorCode, type ErrorShape } from '@basalt/contract';

/** What the platform refused or failed at. `message` is in the language of the client. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly params: ErrorShape['params'];
  readonly field: string | null;
  readonly retryable: boolean;
  /** By which the platform's administrator finds the request in the log. */
  readonly requestId: string | null;
  readonly issues: readonly { readonly field: string; readonly message: string }[];
  /** Seconds after which to try again, when the platform said so. */
  readonly retryAfter: number | null;

  constructor(shape: ErrorShape, status: number, retryAfter: number | null = null) {
    super(shape.message);
    this.code = shape.code;
    this.status = status;
    this.params = shape.params;
    this.field = shape.field;
    this.retryable = shape.retryable;
    this.requestId = shape.requestId;
    this.issues = shape.issues ?? [];
    this.retryAfter = retryAfter;
  }
}

/** The platform was not reached, or what answered is not the platform. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** The error of an answer that is not 200. */
export async function answerError(answer: Response): Promise<ApiError | ConnectionError> {
  const text = await answer.text();
  const after = Number(answer.headers.get('retry-after') ?? Number.NaN);
  try {
    return new ApiError(errorShape.parse(JSON.parse(text)), answer.status, Number.isFinite(after) ? after : null);
  } catch (cause) {
    return new ConnectionError(`the server answered ${answer.status} and not as Basalt does`, { cause });
  }
}
