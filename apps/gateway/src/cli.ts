/** Commands for whoever administers the gateway's own machine. Each needs the database only; the log tells of each. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { builtInRoles, email, type BuiltInRole, type OperationKey } from '@basalt/contract';
import { differences, logger, newId } from '@basalt/service';
import { platformCommands, platformUsage } from './cli-platform.ts';
import { commandEnv } from './env.ts';
import { accountCreate, BUILT_IN_ADMINISTRATOR, type AccountWish } from './identity/account-create.ts';
import { passwordHash } from './identity/password-hash.ts';
import { passwordGenerate } from './identity/password-policy.ts';
import { limitsOf } from './identity/signed-in.ts';
import { tokenCreate, tokenHash } from './identity/token.ts';
import { accountByEmail, accountChange, accountLinksVoid, type AccountRow } from './store/account-store.ts';
import { databaseOpen, type Database, type Executor } from './store/database.ts';
import { noticeSend } from './store/notices.ts';
import { operationLogAdd } from './store/operation-log-store.ts';
import { rightsLock, rolesHeld } from './store/role-store.ts';
import { sessionAdd, sessionEndOthers } from './store/session-store.ts';
import { signInFailuresForget, signInLockedUntil } from './store/sign-in-guard-store.ts';

const usage = `gateway <command>
  account-bootstrap [--email E]                        makes the first administrator once; prints its password once
  account-create --email E --role R [--name N] [--regions a,b] [--password P] [--no-change]
  password-reset --email E                             prints a new password, to be changed at the next sign-in
  account-rescue --email E                             lifts limits of addresses and hours, freeze and lock of an account
  session-issue --email E --minutes N --reason R       prints the token of a short session for set-up
${platformUsage}
roles: ${Object.keys(builtInRoles).join(', ')}`;

const options = {
  email: { type: 'string' },
  name: { type: 'string' },
  role: { type: 'string' },
  regions: { type: 'string' },
  password: { type: 'string' },
  'no-change': { type: 'boolean' },
  minutes: { type: 'string' },
  reason: { type: 'string' },
} as const;

type Named = Pick<AccountRow, 'id' | 'name'>;
type Given = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

/** Who acts is whoever is root here, or the account for which a session is made; `about`: whom it is done to. */
const entry = (
  operation: OperationKey,
  detail: Readonly<Record<string, unknown>>,
  { actor, about }: { readonly actor?: Named; readonly about?: Named },
) =>
  ({
    operation,
    accountId: actor?.id ?? null,
    accountName: actor?.name ?? 'local administrator',
    resources: about ? [{ kind: 'account', id: about.id, name: about.name }] : [],
    address: 'local',
    client: 'command line',
    via: 'machine',
    requestId: newId(),
    result: 'succeeded',
    detail,
  }) as const;

async function accountOrThrow(db: Executor, address: string): Promise<AccountRow> {
  const account = await accountByEmail(db, address);
  if (!account) throw new Error(`no account has the e-mail address ${address}`);
  return account;
}

const given = (value: string | undefined, option: string): string => {
  if (!value) throw new Error(`--${option} is missing`);
  return value;
};

/** Adds the account and tells of it, or neither; null when its address is taken. */
const accountAddLogged = (db: Database, wish: AccountWish): Promise<string | null> =>
  db.transaction(async (tx) => {
    await rightsLock(tx);
    const password = await accountCreate(tx, wish);
    const about = password === null ? null : await accountOrThrow(tx, wish.email);
    if (about) {
      const detail = { email: wish.email, roles: [wish.role], regions: wish.regions };
      await operationLogAdd(tx, entry('account.create', detail, { about }));
    }
    return password;
  });

/** The first one may have another address by now, or be gone where others administer; it is not made twice. */
async function accountBootstrap(db: Database, values: Given): Promise<void> {
  const address = email.parse(values.email ?? BUILT_IN_ADMINISTRATOR);
  const administrators = (await rolesHeld(db, null)).filter(({ role }) => role === 'systemAdmin');
  const [first] = administrators;
  const password = first
    ? null
    : await accountAddLogged(db, {
        email: address,
        name: 'Administrator',
        role: 'systemAdmin',
        regions: [],
        builtIn: true,
      });
  if (password === null) {
    const known = administrators.find((one) => one.email === address) ?? first;
    console.log(`account: ${known?.email ?? address} exists`);
    return;
  }
  console.log(`account: ${address}\npassword: ${password}`);
}

async function accountCreateCommand(db: Database, values: Given): Promise<void> {
  const address = email.parse(given(values.email, 'email'));
  const role = z.enum(Object.keys(builtInRoles) as [BuiltInRole, ...BuiltInRole[]]).parse(values.role);
  const password = await accountAddLogged(db, {
    email: address,
    name: values.name ?? address,
    role,
    regions: values.regions?.split(',').filter(Boolean) ?? [],
    mustChangePassword: !values['no-change'],
    ...(values.password ? { password: values.password } : {}),
  });
  if (password === null) throw new Error(`the e-mail address ${address} is taken`);
  console.log(`account: ${address}\npassword: ${password}`);
}

async function passwordReset(db: Database, values: Given): Promise<void> {
  const account = await accountOrThrow(db, email.parse(given(values.email, 'email')));
  const password = passwordGenerate();
  const hashed = await passwordHash(password);
  await db.transaction(async (tx) => {
    await accountChange(tx, account.id, {
      passwordHash: hashed,
      passwordChangedAt: new Date(),
      mustChangePassword: true,
    });
    await accountLinksVoid(tx, account.id);
    await sessionEndOthers(tx, account.id, null, 'passwordChanged');
    await signInFailuresForget(tx, account.email);
    await noticeSend(tx, { kind: 'account', accountId: account.id });
    await operationLogAdd(tx, entry('account.resetPassword', { email: account.email }, { about: account }));
  });
  console.log(`account: ${account.email}\npassword: ${password}`);
}

/** For whoever has been shut out, by limits, by a freeze or by wrong passwords. Password and second factor stay. */
async function accountRescue(db: Database, values: Given): Promise<void> {
  const address = email.parse(given(values.email, 'email'));
  const lifted = await db.transaction(async (tx) => {
    await rightsLock(tx);
    const account = await accountOrThrow(tx, address);
    const lockedUntil = await signInLockedUntil(tx, account.email, new Date());
    const limits = differences(limitsOf(account), { sources: [], hours: [] });
    await accountChange(tx, account.id, { frozen: false, sources: [], hours: [] });
    await signInFailuresForget(tx, account.email);
    await noticeSend(tx, { kind: 'account', accountId: account.id });
    const about = { about: account };
    const found = { frozen: account.frozen, locked: lockedUntil !== null };
    const entries = [
      ...(Object.keys(limits).length > 0 ? [entry('account.setSourceLimits', limits, about)] : []),
      ...(found.frozen || found.locked ? [entry('account.unfreeze', found, about)] : []),
    ];
    await operationLogAdd(tx, ...entries);
    return [...Object.keys(limits), ...(found.frozen ? ['freeze'] : []), ...(found.locked ? ['lock'] : [])];
  });
  console.log(
    `account: ${address}\nlifted: ${lifted.join(', ') || 'nothing; it was neither limited, frozen nor locked'}`,
  );
}

async function sessionIssue(db: Database, values: Given): Promise<void> {
  const account = await accountOrThrow(db, email.parse(given(values.email, 'email')));
  const minutes = z.coerce.number().int().min(1).max(120).parse(given(values.minutes, 'minutes'));
  const reason = z.string().max(256).parse(given(values.reason, 'reason'));
  const token = tokenCreate();
  const now = new Date();
  const id = newId();
  await db.transaction(async (tx) => {
    await sessionAdd(tx, {
      id,
      tokenHash: tokenHash(token),
      accountId: account.id,
      origin: 'machine',
      address: 'local',
      client: `command line: ${reason}`,
      lastSeenAt: now,
      absoluteEnd: new Date(now.getTime() + minutes * 60_000),
    });
    await operationLogAdd(
      tx,
      entry('session.signIn', { session: id, issued: 'command line', reason, minutes }, { actor: account }),
    );
  });
  console.log(token);
}

const commands: Readonly<Record<string, (db: Database, values: Given) => Promise<void>>> = {
  'account-bootstrap': accountBootstrap,
  'account-create': accountCreateCommand,
  'password-reset': passwordReset,
  'account-rescue': accountRescue,
  'session-issue': sessionIssue,
};

const { positionals, values } = parseArgs({ options, allowPositionals: true });
const name = positionals[0] ?? '';
const command = commands[name];
const platformCommand = platformCommands[name];
if (!command && !platformCommand) {
  console.error(usage);
  process.exitCode = 2;
} else {
  const { db, close } = await databaseOpen(commandEnv().databaseUrl, logger('gateway-cli', 'warn'), 2);
  try {
    if (platformCommand) process.exitCode = await platformCommand(db);
    await command?.(db, values);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } finally {
    await close();
  }
}
