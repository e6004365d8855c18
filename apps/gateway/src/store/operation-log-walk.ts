/**
 * Whole rows of the operation log in the chain's order. Past the query builder, which maps and checks each of a row's values:
 * walking a long chain would take twice as long.
 */
import type { Database } from './database.ts';
import type { LogRow } from './operation-log-store.ts';

type Values = [
  sequence: string,
  at: Date,
  recordedAt: Date,
  region: string | null,
  regionSequence: string | null,
  about: string | null,
  operation: string,
  module: string,
  resources: LogRow['resources'],
  accountId: string | null,
  accountName: string,
  via: LogRow['via'],
  apiKeyId: string | null,
  address: string,
  client: string,
  requestId: string,
  taskId: string | null,
  result: LogRow['result'],
  error: string | null,
  errorParams: LogRow['errorParams'],
  detail: LogRow['detail'],
  hash: Buffer,
];
const columns =
  'sequence, at, recorded_at, region, region_sequence, about, operation, module, resources, account_id, account_name, via, api_key_id, address, client, request_id, task_id, result, error, error_params, detail, hash';

const number = (text: string | null): number | null => (text === null ? null : Number(text));

const rowOf = (values: Values): LogRow => ({
  sequence: Number(values[0]),
  at: values[1],
  recordedAt: values[2],
  region: values[3],
  regionSequence: number(values[4]),
  about: number(values[5]),
  operation: values[6],
  module: values[7],
  resources: values[8],
  accountId: values[9],
  accountName: values[10],
  via: values[11],
  apiKeyId: values[12],
  address: values[13],
  client: values[14],
  requestId: values[15],
  taskId: values[16],
  result: values[17],
  error: values[18],
  errorParams: values[19],
  detail: values[20],
  hash: values[21],
});

/** The next `limit` rows after a place. */
export async function operationLogAfter(db: Database, sequence: number, limit: number): Promise<LogRow[]> {
  const { rows } = await db.$client.query<Values>({
    text: `select ${columns} from operation_log where sequence > $1 order by sequence limit $2`,
    values: [sequence, limit],
    rowMode: 'array',
  });
  return rows.map(rowOf);
}
