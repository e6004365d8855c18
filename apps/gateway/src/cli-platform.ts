/** Commands about the operation log and the platform key. Each tells how it went by its exit code too. */
import type { OperationKey } from '@basalt/contract';
import { newId } from '@basalt/service';
import { stateEnv } from './env.ts';
import { headsOpen } from './log/heads.ts';
import { verdictTold } from './log/verdict-text.ts';
import { operationLogVerify } from './log/verify.ts';
import { platformKeyRotate } from './platform-key.ts';
import type { Database } from './store/database.ts';
import { operationLogAdd } from './store/operation-log-store.ts';

export const platformUsage = `  operation-log-verify                                 walks the chain and compares it with the signed heads; exit code 3: bad
  platform-key-rotate                                  exchanges the platform key; may be interrupted and repeated`;

/** What was looked at is not as it should be; 1 is for commands that could not be done. */
const BAD = 3;

const entry = (operation: OperationKey, detail: Readonly<Record<string, unknown>>) =>
  ({
    operation,
    accountName: 'local administrator',
    address: 'local',
    client: 'command line',
    via: 'machine',
    requestId: newId(),
    result: 'succeeded',
    detail,
  }) as const;

async function verify(db: Database): Promise<number> {
  const verdict = await operationLogVerify(db, headsOpen(stateEnv().stateDirectory));
  const { ok, entries, heads, head, firstBad } = verdictTold(verdict, 'en-US');
  console.log(`${entries} entries, ${heads} signed heads, last ${head ? `${head.sequence} ${head.hash}` : 'none'}`);
  console.log(firstBad ? `bad: ${firstBad.sequence}: ${firstBad.why}` : 'ok');
  await operationLogAdd(db, entry('operationLog.verify', { ok, entries, firstBad: verdict.firstBad }));
  return ok ? 0 : BAD;
}

async function rotate(db: Database): Promise<number> {
  const { key, resealed, lost, removed } = await platformKeyRotate({
    db,
    stateDirectory: stateEnv().stateDirectory,
    say: (line) => console.log(line),
  });
  await operationLogAdd(db, entry('setting.rotatePlatformKey', { keyId: key, resealed, lost, removed }));
  console.log(
    removed.length > 0
      ? `key ${key} seals everything; removed: ${removed.join(', ')}`
      : `key ${key} seals; older keys stay, because ${lost} values cannot be opened or somebody still uses them: repeat it`,
  );
  return removed.length > 0 ? 0 : BAD;
}

/** By name; each answers its exit code. */
export const platformCommands: Readonly<Record<string, (db: Database) => Promise<number>>> = {
  'operation-log-verify': verify,
  'platform-key-rotate': rotate,
};
