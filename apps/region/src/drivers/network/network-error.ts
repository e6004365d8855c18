import { BasaltError } from '@basalt/contract';
import { InvalidValueError, OvsdbError } from '@basalt/ovsdb';

/** What the controller or our own checks refused, in the closed set; the cause keeps the vendor's words for the log. */
export function networkFailure(error: unknown): BasaltError {
  if (error instanceof BasaltError) return error;
  if (error instanceof InvalidValueError)
    return new BasaltError('networkFailed', { reason: `${error.field}: ${error.reason}` }, { cause: error });
  if (error instanceof OvsdbError)
    return new BasaltError('networkFailed', { reason: `OVN: ${error.kind}` }, { cause: error, detail: error.message });
  return new BasaltError('networkFailed', { reason: 'OVN' }, { cause: error });
}
